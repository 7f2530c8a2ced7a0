using System.Text.Json;
using System.Text.Json.Nodes;
using DrOrchestrator.Plans;
using Microsoft.Extensions.Logging;

namespace DrOrchestrator.Drills;

/// <summary>
/// Carries one step: intent durable before the effect, outcome durable before the next step. A crash is no failed step: an open intent is observed, and only
/// "happened" and "cannot happen any more" are acted on. Unknown is never retried.
/// </summary>
public sealed class StepRunner(StepKinds kinds, ILogger<StepRunner> logger)
{
    private static readonly TimeSpan ObserveAgain = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestBackoff = TimeSpan.FromSeconds(10);

    /// <summary>How often a step may be tried: once, its retries, and once more for each time that a person said to try again.</summary>
    internal static int AttemptsOf(RunSession run, PlanStep step) =>
        1 + step.Retries + Retried(run, step);

    private static int Retried(RunSession run, PlanStep step) =>
        run.State.Questions.Count(question => question.Kind == Aftermath.Retry && question.Step == step.Name && run.State.Settled(question) is true);

    internal async Task<StageResult> RunAsync(RunSession run, PlanStep step, CancellationToken cancellationToken)
    {
        var kind = kinds.Find(step.Kind);
        while (true)
        {
            var progress = run.State.Step(step.Name);
            if (progress.State is StepState.Done)
            {
                var looked = await StepChecks.AskAsync(run, step, cancellationToken).ConfigureAwait(false);
                return looked is StageResult.Failed wrong ? FailureOf(step, wrong.Reason) : looked;
            }

            if (progress.State is StepState.Failed && progress.Attempts >= AttemptsOf(run, step))
            {
                var reason = progress.Reason ?? "failed";
                return await Unfenced.PassOverAsync(run, step, reason, cancellationToken).ConfigureAwait(false) ?? FailureOf(step, reason);
            }

            if (await MayAsync(run, step, cancellationToken).ConfigureAwait(false) is { } notYet)
            {
                return notYet;
            }

            if (progress.State is StepState.Failed)
            {
                await Task.Delay(Backoff(progress.Attempts), run.Time, cancellationToken).ConfigureAwait(false);
            }

            var result = progress.State switch
            {
                StepState.Open => await ResumeAsync(run, step, kind, cancellationToken).ConfigureAwait(false),
                StepState.Unknown => await ObserveAsync(run, step, kind, cancellationToken).ConfigureAwait(false),
                _ => await BeginAsync(run, step, kind, cancellationToken).ConfigureAwait(false),
            };
            if (result is not null)
            {
                return result;
            }
        }
    }

    /// <summary>A point of no return needs a person's word for this step of this run, given beforehand or now.</summary>
    private static async Task<StageResult?> MayAsync(RunSession run, PlanStep step, CancellationToken cancellationToken)
    {
        // Asked once more after each "try again": what was refused before was about the world before.
        if (!step.PointOfNoReturn || run.State.Questions.Any(question => question.PointsOfNoReturn.Contains(step.Name) && run.State.Settled(question) is true))
        {
            return null;
        }

        var text = $"Step '{step.Name}' ({step.Kind}) cannot be taken back. May it run now?";
        return await Questions.AskAsync(run, "step-approval", Questions.Item($"approve:{step.Name}", 1 + Retried(run, step)), step.Name, "approver", 1, text, TimeSpan.FromHours(1), cancellationToken, [step.Name])
            .ConfigureAwait(false) is var answer and not StageResult.Done
            ? answer is StageResult.Failed refused ? refused with { Then = FailurePolicy.Rollback, Step = step.Name } : answer
            : null;
    }

    private async Task<StageResult?> BeginAsync(RunSession run, PlanStep step, IStepKind kind, CancellationToken cancellationToken)
    {
        var attempt = run.State.Step(step.Name).Attempts + 1;
        StepContext context;
        JsonObject intent;
        var unfenced = false;
        try
        {
            context = run.ContextOf(step, attempt);
            if (await FenceRefusalAsync(run, step, attempt, cancellationToken).ConfigureAwait(false) is { } refusal)
            {
                if (await Unfenced.PermitAsync(run, step, refusal, cancellationToken).ConfigureAwait(false) is var permit and not StageResult.Done)
                {
                    return permit is StageResult.Failed refused ? await EndFailedAsync(run, step, attempt, refused.Reason, cancellationToken).ConfigureAwait(false) : permit;
                }

                unfenced = true;
            }

            intent = await Timed(run, step, token => kind.PrepareAsync(context, token), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failed) when (failed is not OperationCanceledException and not StaleEpochException || !cancellationToken.IsCancellationRequested && failed is not StaleEpochException)
        {
            var reason = failed is StepFailedException ? failed.Message : $"could not be prepared: {failed.Message}";
            await EndAsync(run, step, attempt, new StepOutcome.Failed(reason), cancellationToken).ConfigureAwait(false);
            return null;
        }

        var meant = new JsonObject { ["kind"] = step.Kind, ["site"] = step.Site, ["intent"] = intent.DeepClone() };
        if (unfenced)
        {
            // On record before the effect: promoted without a fence, by the word of two people.
            meant["unfenced"] = true;
        }

        await run.WriteAsync(new JournalDraft(JournalKinds.Intent, "system", meant, step.Name, attempt), cancellationToken).ConfigureAwait(false);
        return await ExecuteAsync(run, step, kind, context, run.State.Step(step.Name).Intent!, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>An intent without outcome: the process died, or the step waits for a person.</summary>
    private async Task<StageResult?> ResumeAsync(RunSession run, PlanStep step, IStepKind kind, CancellationToken cancellationToken)
    {
        var progress = run.State.Step(step.Name);
        var context = run.ContextOf(step, progress.Attempts);
        var intent = progress.Intent ?? [];
        return kind.Shape.Effect is StepEffect.None
            ? await ExecuteAsync(run, step, kind, context, intent, cancellationToken).ConfigureAwait(false)
            : await ObserveAsync(run, step, kind, cancellationToken).ConfigureAwait(false);
    }

    private async Task<StageResult?> ObserveAsync(RunSession run, PlanStep step, IStepKind kind, CancellationToken cancellationToken)
    {
        var progress = run.State.Step(step.Name);
        var context = run.ContextOf(step, progress.Attempts);
        var intent = progress.Intent ?? [];
        var began = run.Time.GetTimestamp();
        while (true)
        {
            var observation = await LookAsync(run, step, kind, context, intent, cancellationToken).ConfigureAwait(false);
            var patience = run.Time.GetElapsedTime(began) < step.Timeout;
            if (observation.Answer is ObservedAnswer.StillMay && patience)
            {
                await Task.Delay(ObserveAgain, run.Time, cancellationToken).ConfigureAwait(false);
                continue;
            }

            var observed = new JsonObject { ["answer"] = Word(observation.Answer), ["detail"] = observation.Detail };
            await run.WriteAsync(new JournalDraft(JournalKinds.Observed, "system", observed, step.Name, progress.Attempts), cancellationToken).ConfigureAwait(false);
            switch (observation.Answer)
            {
                case ObservedAnswer.Happened:
                    await EndAsync(run, step, progress.Attempts, new StepOutcome.Done(observation.Outputs ?? [], observation.Objects), cancellationToken).ConfigureAwait(false);
                    return StageResult.Passed;
                case ObservedAnswer.CannotHappenAnyMore when observation.OnlyByRepeating && progress.Unknowns > 1 + step.Retries:
                    return await AskWhatHappenedAsync(run, step, progress.Attempts, $"{observation.Detail}, and {progress.Unknowns} requests got no clear answer", cancellationToken)
                        .ConfigureAwait(false);
                case ObservedAnswer.CannotHappenAnyMore when progress.State is StepState.Unknown && !observation.OnlyByRepeating:
                    // The attempt ended without effect after all: retries and back-off decide, as after any failure.
                    await EndAsync(run, step, progress.Attempts, new StepOutcome.Failed(observation.Detail, observation.Objects), cancellationToken).ConfigureAwait(false);
                    return null;
                case ObservedAnswer.CannotHappenAnyMore:
                    return await FenceRefusalAsync(run, step, progress.Attempts, cancellationToken).ConfigureAwait(false) is { } refusal && !progress.Unfenced
                        ? await EndFailedAsync(run, step, progress.Attempts, refusal, cancellationToken, observation.OnlyByRepeating).ConfigureAwait(false)
                        : await ExecuteAsync(run, step, kind, context, intent, cancellationToken).ConfigureAwait(false);
                default:
                    return await AskWhatHappenedAsync(run, step, progress.Attempts, observation.Detail, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task<StageResult?> ExecuteAsync(RunSession run, PlanStep step, IStepKind kind, StepContext context, JsonObject intent, CancellationToken cancellationToken)
    {
        StepOutcome outcome;
        try
        {
            outcome = await Timed(run, step, token => kind.ExecuteAsync(context, intent, token), cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            outcome = Undecided(kind, $"no end within {Durations.Format(step.Timeout)}");
        }
        catch (Exception bug) when (bug is not OperationCanceledException and not StaleEpochException)
        {
            Log.KindThrew(logger, run.Run, step.Name, bug);
            outcome = Undecided(kind, bug.Message);
        }

        if (outcome is StepOutcome.Waiting waiting)
        {
            // The question is the step's own; its timeout is the deadline, and the answer brings the run back.
            var asked = new QuestionDraft(step.Kind, Questions.Item(step.Name, context.Attempt), step.Name, waiting.Role, 1, waiting.Reason, step.Timeout) { Owner = waiting.Owner, Due = waiting.Due, Attachment = waiting.Attachment };
            var answer = await Questions.AskAsync(run, asked, cancellationToken).ConfigureAwait(false);
            return answer switch
            {
                StageResult.Waits => answer,
                StageResult.Failed refused => await EndFailedAsync(run, step, context.Attempt, refused.Reason, cancellationToken).ConfigureAwait(false),
                _ => null,
            };
        }

        await EndAsync(run, step, context.Attempt, outcome, cancellationToken).ConfigureAwait(false);
        return outcome is StepOutcome.Done ? StageResult.Passed : null;
    }

    private async Task EndAsync(RunSession run, PlanStep step, int attempt, StepOutcome outcome, CancellationToken cancellationToken)
    {
        var (word, reason, outputs, objects) = outcome switch
        {
            StepOutcome.Done done => ("done", null, done.Outputs, done.Objects),
            StepOutcome.Failed failed => ("failed", failed.Reason, (JsonObject?)null, failed.Objects),
            StepOutcome.Unknown unknown => ("unknown", unknown.Reason, null, null),
            _ => throw new InvalidOperationException("a waiting step has no outcome"),
        };
        var data = new JsonObject { ["outcome"] = word, ["kind"] = step.Kind };
        if (reason is not null)
        {
            data["reason"] = reason;
        }

        if (outcome is StepOutcome.Failed { MayActLate: true })
        {
            data["mayActLate"] = true;
        }

        if (outputs is not null)
        {
            data["outputs"] = outputs.DeepClone();
        }

        var serving = outcome is StepOutcome.Done ? ServingAfter(step) : null;
        Log.StepEnded(logger, run.Run, step.Name, attempt, word, reason ?? "");
        await run.WriteAsync(new JournalDraft(JournalKinds.Outcome, "system", data, step.Name, attempt, objects, serving), cancellationToken).ConfigureAwait(false);
    }

    private async Task<StageResult> EndFailedAsync(
        RunSession run, PlanStep step, int attempt, string reason, CancellationToken cancellationToken, bool mayActLate = false)
    {
        await EndAsync(run, step, attempt, new StepOutcome.Failed(reason, MayActLate: mayActLate), cancellationToken).ConfigureAwait(false);
        return FailureOf(step, reason);
    }

    /// <summary>A promotion needs its fence proved at this very moment; null when it is (or the step promotes nothing).</summary>
    private async Task<string?> FenceRefusalAsync(RunSession run, PlanStep step, int attempt, CancellationToken cancellationToken)
    {
        if (step.Promotes is not { } promotion)
        {
            return null;
        }

        var fenceStep = run.Plan.AllSteps.First(other => other.Name == promotion.FencedBy);
        var fence = run.State.Step(fenceStep.Name);
        var proof = fence is { State: StepState.Done, Intent: { } intent } && kinds.Find(fenceStep.Kind) is IFenceKind kind
            ? await kind.ProveAsync(run.ContextOf(fenceStep, fence.Attempts), intent, cancellationToken).ConfigureAwait(false)
            : new FenceProof(false, [], [$"step '{fenceStep.Name}' is not done"]);
        var data = new JsonObject
        {
            ["fence"] = fenceStep.Name,
            ["proved"] = proof.Proved,
            ["facts"] = JournalJson.Array(proof.Facts),
            ["missing"] = JournalJson.Array(proof.Missing),
        };
        await run.WriteAsync(new JournalDraft(JournalKinds.FenceProof, "system", data, step.Name, attempt), cancellationToken).ConfigureAwait(false);
        return proof.Proved ? null : $"promotion refused: the fence '{fenceStep.Name}' is not proved: {string.Join("; ", proof.Missing)}";
    }

    /// <summary>A person looks. Outputs that later steps build on come with the word, as the note: without them "it happened" would only fail the next step.</summary>
    private static async Task<StageResult?> AskWhatHappenedAsync(RunSession run, PlanStep step, int attempt, string detail, CancellationToken cancellationToken)
    {
        var needed = StepReferences.To(step.Name, run.Plan.AllSteps);
        var text = $"Nobody can tell whether step '{step.Name}' happened: {detail}. Look at {step.Site ?? "its target"}; confirm = it happened, refuse = it did not and cannot any more."
            + (needed.Count == 0 ? "" : $" Later steps need {string.Join(", ", needed)} of it: confirm with them as the note, in JSON, e.g. {{\"{needed[0]}\": \"...\"}}.");
        for (var asked = 1; ; asked++)
        {
            var item = Questions.Item($"observe:{step.Name}:{attempt}", asked);
            var answer = await Questions.AskAsync(run, "step-observation", item, step.Name, "operator", 1, text, null, cancellationToken).ConfigureAwait(false);
            if (answer is StageResult.Waits)
            {
                return answer;
            }

            var data = new JsonObject { ["outcome"] = "failed", ["kind"] = step.Kind, ["reason"] = "a person says it did not happen", ["byWordOf"] = "operator" };
            if (answer is StageResult.Done)
            {
                if (Outputs(run.State.AnswersTo(item).Last().Note, needed) is not { } outputs)
                {
                    continue;
                }

                data = new JsonObject { ["outcome"] = "done", ["kind"] = step.Kind, ["outputs"] = outputs, ["byWordOf"] = "operator" };
            }

            var serving = answer is StageResult.Done ? ServingAfter(step) : null;
            await run.WriteAsync(new JournalDraft(JournalKinds.Outcome, "system", data, step.Name, attempt, Serving: serving), cancellationToken).ConfigureAwait(false);
            return null;
        }
    }

    /// <summary>The outputs in a note; null when one that is needed is not there.</summary>
    private static JsonObject? Outputs(string? note, IReadOnlyList<string> needed)
    {
        JsonObject? outputs = null;
        try
        {
            outputs = JsonNode.Parse(note ?? "") as JsonObject;
        }
        catch (JsonException)
        {
            // A note in words.
        }

        return needed.All(name => outputs?[name] is JsonValue) ? outputs ?? [] : null;
    }

    private static ServingChange? ServingAfter(PlanStep step) => step.Promotes is { } promotion ? new ServingChange(promotion.System, step.Site!) : null;

    private async Task<Observation> LookAsync(RunSession run, PlanStep step, IStepKind kind, StepContext context, JsonObject intent, CancellationToken cancellationToken)
    {
        try
        {
            return await Timed(run, step, token => kind.ObserveAsync(context, intent, token), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failed) when (!cancellationToken.IsCancellationRequested)
        {
            // A target that cannot be read has told nothing; it may answer the next look.
            Log.KindThrew(logger, run.Run, step.Name, failed);
            return new Observation(ObservedAnswer.StillMay, $"the target could not be read: {failed.Message}");
        }
    }

    private static async Task<T> Timed<T>(RunSession run, PlanStep step, Func<CancellationToken, Task<T>> act, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(step.Timeout, run.Time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        return await act(both.Token).ConfigureAwait(false);
    }

    private static StepOutcome Undecided(IStepKind kind, string reason) =>
        kind.Shape.Effect is StepEffect.None ? new StepOutcome.Failed(reason) : new StepOutcome.Unknown(reason);

    private static StageResult.Failed FailureOf(PlanStep step, string reason) =>
        new($"step '{step.Name}' failed: {reason}", RunOutcome.Failed, step.OnFailure is OnFailure.Stop or OnFailure.Continue ? FailurePolicy.Close : FailurePolicy.Rollback, step.Name);

    private static string Word(ObservedAnswer answer) => answer switch
    {
        ObservedAnswer.Happened => "happened",
        ObservedAnswer.CannotHappenAnyMore => "cannot-happen-any-more",
        ObservedAnswer.StillMay => "still-may",
        _ => "cannot-tell",
    };

    private static TimeSpan Backoff(int attempts)
    {
        var seconds = Math.Min(LongestBackoff.TotalSeconds, 0.25 * Math.Pow(2, attempts - 1));
        return TimeSpan.FromSeconds(seconds * (0.5 + (Random.Shared.NextDouble() / 2)));
    }
}
