using System.Text.Json.Nodes;
using DrOrchestrator.Drills.Duties;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Drills.People;
using DrOrchestrator.Drills.Results;
using DrOrchestrator.Drills.Steps;
using DrOrchestrator.Drills.Stops;
using DrOrchestrator.Plans;
using Microsoft.Extensions.Logging;

namespace DrOrchestrator.Drills.Carrying;

/// <summary>
/// Carries one step: intent durable before the effect, outcome durable before the next step. A crash is no failed step: an open intent is observed, and only
/// "happened" and "cannot happen any more" are acted on. Unknown is never retried. A stop is heard at every point at which something could begin, also between intent
/// and effect; calls in flight are cancelled, and what became of them is not known until it is observed.
/// </summary>
public sealed class StepRunner(StepKinds kinds, StepObserver observer, StepVerifier verifier, FenceCheck fences, LossNow loss, ILogger<StepRunner> logger)
{
    private static readonly TimeSpan LongestBackoff = TimeSpan.FromSeconds(10);

    /// <summary>Failed, and nothing is left of what it may try: once, its retries, and once more for each time that a person said to try again, or that the old side has begun to answer.</summary>
    internal static bool IsSpent(RunSession run, PlanStep step) => run.State.Step(step.Name) is { State: StepState.Failed } failed
        && (failed.HadEffect ? failed.EffectFailures > Granted(run, step) : failed.Attempts - failed.NotCounted >= 1 + step.Retries + Granted(run, step));

    internal static int Granted(RunSession run, PlanStep step) => Granted(run.State, step);

    internal static int Granted(DrillRun run, PlanStep step) =>
        run.Step(step.Name).TimesAnswered + run.Questions.Count(question => question.Step == step.Name && run.Settled(question) is true && (question.Kind == Aftermath.Retry || StopDecision.GrantsAgain(question)));

    internal async Task<StageResult> RunAsync(RunSession run, PlanStep step, CancellationToken cancellationToken)
    {
        var kind = kinds.Find(run.State.Mode, step);
        while (true)
        {
            if (run.State.IsHalted)
            {
                return StageResult.Stopped;
            }

            var progress = run.State.Step(step.Name);
            if (progress.State is StepState.Done)
            {
                var looked = await StepChecks.AskAsync(run, step, cancellationToken).ConfigureAwait(false);
                return looked is StageResult.Failed wrong ? StepRecords.FailureOf(run, step, wrong.Reason) : looked;
            }

            if (IsSpent(run, step))
            {
                var reason = progress.Reason ?? "failed";
                return await Unfenced.PassOverAsync(run, step, reason, cancellationToken).ConfigureAwait(false) ?? StepRecords.FailureOf(run, step, reason);
            }

            if (run.State.Mode is RunMode.Rehearsal && step.Rehearsal is { Skip: true })
            {
                await StepRecords.SkippedAsync(run, step, cancellationToken).ConfigureAwait(false);
                continue;
            }

            if (await MayAsync(run, step, cancellationToken).ConfigureAwait(false) is { } notYet)
            {
                return notYet;
            }

            if (progress is { State: StepState.Failed, HadEffect: false } && !await run.WaitAsync(Backoff(progress.Attempts), cancellationToken).ConfigureAwait(false))
            {
                return StageResult.Stopped;
            }

            var result = progress.State switch
            {
                StepState.Open => await ResumeAsync(run, step, kind, cancellationToken).ConfigureAwait(false),
                StepState.Unknown => await ObserveAsync(run, step, kind, cancellationToken).ConfigureAwait(false),
                StepState.Failed when progress.HadEffect => await ObserveAsync(run, step, kind, cancellationToken).ConfigureAwait(false),
                _ => await BeginAsync(run, step, kind, cancellationToken).ConfigureAwait(false),
            };
            if (result is not null)
            {
                return result;
            }
        }
    }

    /// <summary>A point of no return needs a person's word for this step of this run, given beforehand or now.</summary>
    private async Task<StageResult?> MayAsync(RunSession run, PlanStep step, CancellationToken cancellationToken)
    {
        // Asked once more after each "try again": what was refused before was about the world before.
        if (!step.PointOfNoReturn || run.State.Questions.Any(question => question.PointsOfNoReturn.Contains(step.Name) && run.State.Settled(question) is true))
        {
            return null;
        }

        var text = $"Step '{step.Name}' ({step.Kind}) cannot be taken back. May it run now?";
        var item = Questions.Item($"approve:{step.Name}", 1 + Granted(run, step));
        text = step.Promotes is null || run.State.QuestionOf(item) is not null ? text : loss.With(text, run.Plan, run.State.Mode, step.Name);
        return await Questions.AskAsync(run, "step-approval", item, step.Name, "approver", 1, text, TimeSpan.FromHours(1), cancellationToken, [step.Name])
            .ConfigureAwait(false) is var answer and not StageResult.Done
            ? answer is StageResult.Failed refused ? refused with { Then = RunModes.After(run.State.Mode, null), Step = step.Name } : answer
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
            if (!await run.WaitUntilAsync(kind.MayBegin(context), cancellationToken).ConfigureAwait(false))
            {
                return StageResult.Stopped;
            }

            if (await fences.RefusalAsync(run, step, attempt, cancellationToken).ConfigureAwait(false) is { } refusal)
            {
                if (await Unfenced.PermitAsync(run, step, refusal, cancellationToken).ConfigureAwait(false) is var permit and not StageResult.Done)
                {
                    return permit is StageResult.Failed refused ? await EndFailedAsync(run, step, attempt, refused.Reason, cancellationToken).ConfigureAwait(false) : permit;
                }

                if (await fences.OldSideAnswersAsync(run, step, cancellationToken).ConfigureAwait(false))
                {
                    return await FenceFirstAsync(run, step, cancellationToken).ConfigureAwait(false);
                }

                unfenced = true;
            }

            intent = await Timed(run, step, token => kind.PrepareAsync(context, token), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failed) when (failed is not StaleEpochException && !cancellationToken.IsCancellationRequested && run.State.IsHalted)
        {
            // Nothing is on record of the attempt, and nothing was done.
            return StageResult.Stopped;
        }
        catch (Exception failed) when (failed is not StaleEpochException && (failed is not OperationCanceledException || !cancellationToken.IsCancellationRequested))
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
        return await ExecuteAsync(run, step, kind, context, run.State.Step(step.Name).Intent!, fresh: true, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The old side is back between the word to go without its fence and the promotion: it is fenced now, and the promotion is judged anew. Null to do that.</summary>
    private async Task<StageResult?> FenceFirstAsync(RunSession run, PlanStep promotion, CancellationToken cancellationToken)
    {
        var fence = run.StepOf(promotion.Promotes!.FencedBy);
        if (!run.InHand.TryAdd(fence.Name, 0))
        {
            return new StageResult.Waits($"fence '{fence.Name}', which is being carried out", null);
        }

        try
        {
            await run.WriteAsync(Unfenced.Answers(fence, "the old side answers again"), cancellationToken).ConfigureAwait(false);
            return await RunAsync(run, fence, cancellationToken).ConfigureAwait(false) is var fenced and not StageResult.Done ? fenced : null;
        }
        finally
        {
            run.InHand.TryRemove(fence.Name, out _);
        }
    }

    /// <summary>An intent without outcome: the process died, a stop came, or the step waits for a person.</summary>
    private async Task<StageResult?> ResumeAsync(RunSession run, PlanStep step, IStepKind kind, CancellationToken cancellationToken)
    {
        var progress = run.State.Step(step.Name);
        return kind.Shape.Effect is StepEffect.None
            ? await ExecuteAsync(run, step, kind, run.ContextOf(step, progress.Attempts), progress.Intent ?? [], fresh: false, cancellationToken).ConfigureAwait(false)
            : await ObserveAsync(run, step, kind, cancellationToken).ConfigureAwait(false);
    }

    private async Task<StageResult?> ObserveAsync(RunSession run, PlanStep step, IStepKind kind, CancellationToken cancellationToken)
    {
        var progress = run.State.Step(step.Name);
        string? refusal;
        var seen = await observer.ObserveAsync(run, step, kind, () => run.State.IsHalted, cancellationToken).ConfigureAwait(false);
        if (run.State.IsHalted)
        {
            // Whoever follows the stop settles what is open.
            return StageResult.Stopped;
        }

        switch (seen.Answer)
        {
            case ObservedAnswer.Happened:
                return await ConfirmAsync(run, step, progress.Attempts, new StepOutcome.Done(seen.Outputs ?? [], seen.Objects) { Missed = seen.Missed }, cancellationToken).ConfigureAwait(false);
            case ObservedAnswer.CannotHappenAnyMore when seen.OnlyByRepeating && progress.Unknowns > 1 + step.Retries:
                return await StepObserver.AskAsync(run, step, progress.Attempts, $"{seen.Detail}, and {progress.Unknowns} requests got no clear answer", cancellationToken).ConfigureAwait(false);
            case ObservedAnswer.CannotHappenAnyMore when progress.State is StepState.Unknown or StepState.Failed && !seen.OnlyByRepeating:
                // The attempt ended without effect after all: retries and back-off decide, as after any failure.
                await EndAsync(run, step, progress.Attempts, new StepOutcome.Failed(seen.Detail, seen.Objects) { Left = seen.Left }, cancellationToken, progress.CutShort).ConfigureAwait(false);
                return null;
            case ObservedAnswer.CannotHappenAnyMore:
                try
                {
                    refusal = await fences.RefusalAsync(run, step, progress.Attempts, cancellationToken).ConfigureAwait(false);
                }
                catch (OperationCanceledException) when (run.State.IsHalted && !cancellationToken.IsCancellationRequested)
                {
                    return StageResult.Stopped;
                }

                return refusal is not null && !progress.Unfenced
                    ? await EndFailedAsync(run, step, progress.Attempts, refusal, cancellationToken, seen.OnlyByRepeating).ConfigureAwait(false)
                    : await ExecuteAsync(run, step, kind, run.ContextOf(step, progress.Attempts), progress.Intent ?? [], fresh: false, cancellationToken).ConfigureAwait(false);
            default:
                return await StepObserver.AskAsync(run, step, progress.Attempts, seen.Detail, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <param name="fresh">Nothing of this intent was ever sent; otherwise an earlier life may have.</param>
    private async Task<StageResult?> ExecuteAsync(
        RunSession run, PlanStep step, IStepKind kind, StepContext context, JsonObject intent, bool fresh, CancellationToken cancellationToken)
    {
        var touches = kind.Shape.Effect is not StepEffect.None;
        context = context with { Repeats = !fresh };
        if (touches || kind.Shape.NeedsDatabaseHost)
        {
            context = context with { Permit = await run.ProveLeaseAsync(step.Timeout, cancellationToken).ConfigureAwait(false) };
        }

        if (run.State.IsHalted)
        {
            if (fresh)
            {
                await StepRecords.NotBegunAsync(run, step, context.Attempt, cancellationToken).ConfigureAwait(false);
            }

            return StageResult.Stopped;
        }

        StepOutcome outcome;
        try
        {
            outcome = await Timed(run, step, token => kind.ExecuteAsync(context, intent, token), cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            outcome = Undecided(kind, run.State.IsHalted ? "stopped in flight" : $"no end within {Durations.Format(step.Timeout)}");
        }
        catch (PermitOverException over)
        {
            // Something may have been sent before it stood still. If the run is another's by now, this line is refused.
            outcome = Undecided(kind, over.Message);
        }
        catch (Exception bug) when (bug is not OperationCanceledException and not StaleEpochException)
        {
            Log.KindThrew(logger, run.Run, step.Name, bug);
            outcome = Undecided(kind, bug.Message);
        }

        if (run.State.IsHalted && outcome is not StepOutcome.Done)
        {
            // What only looks or asks simply ends, and begins again if the run goes on.
            if (touches)
            {
                await EndAsync(run, step, context.Attempt, outcome, cancellationToken, stopped: true).ConfigureAwait(false);
            }

            return StageResult.Stopped;
        }

        if (outcome is StepOutcome.Waiting waiting)
        {
            // The question is the step's own; its timeout is the deadline, and the answer brings the run back.
            var asked = new QuestionDraft(kind.Shape.Kind, Questions.Item(step.Name, context.Attempt), step.Name, waiting.Role, 1, waiting.Reason, Deadline(run, step, kind)) { Owner = waiting.Owner, Due = waiting.Due, Attachment = waiting.Attachment };
            var answer = await Questions.AskAsync(run, asked, cancellationToken).ConfigureAwait(false);
            return answer switch
            {
                StageResult.Waits => answer,
                StageResult.Failed refused => await EndFailedAsync(run, step, context.Attempt, refused.Reason, cancellationToken).ConfigureAwait(false),
                _ => null,
            };
        }

        if (outcome is StepOutcome.Done done)
        {
            if (done.Missed is not null)
            {
                // The intent stays open, and is observed until what shall follow is there.
                return null;
            }

            return await ConfirmAsync(run, step, context.Attempt, done, cancellationToken).ConfigureAwait(false);
        }

        await EndAsync(run, step, context.Attempt, outcome, cancellationToken).ConfigureAwait(false);
        return null;
    }

    /// <summary>It has happened; it is done once what the plan wants to see after it is seen. A miss is a failure WITH effect: never retried as if nothing had happened.</summary>
    private async Task<StageResult?> ConfirmAsync(RunSession run, PlanStep step, int attempt, StepOutcome.Done done, CancellationToken cancellationToken)
    {
        if (done.Missed is not null)
        {
            await EndAsync(run, step, attempt, new StepOutcome.Failed($"it was done, but {done.Missed}"), cancellationToken, effect: done).ConfigureAwait(false);
            return null;
        }

        if (step.Verify.Count > 0 && RunModes.Reads(run.State.Mode))
        {
            var missed = await verifier.MissedAsync(run, step, attempt, cancellationToken).ConfigureAwait(false);
            if (run.State.IsHalted)
            {
                // The intent stays open: it is observed, and verified, when the run goes on.
                return StageResult.Stopped;
            }

            if (missed is not null)
            {
                await EndAsync(run, step, attempt, new StepOutcome.Failed(missed), cancellationToken, effect: done).ConfigureAwait(false);
                return null;
            }
        }

        await EndAsync(run, step, attempt, done, cancellationToken).ConfigureAwait(false);
        return StageResult.Passed;
    }

    private async Task<StageResult> EndFailedAsync(
        RunSession run, PlanStep step, int attempt, string reason, CancellationToken cancellationToken, bool mayActLate = false)
    {
        await EndAsync(run, step, attempt, new StepOutcome.Failed(reason, MayActLate: mayActLate), cancellationToken).ConfigureAwait(false);
        return StepRecords.FailureOf(run, step, reason);
    }

    private Task EndAsync(RunSession run, PlanStep step, int attempt, StepOutcome outcome, CancellationToken cancellationToken, bool stopped = false, StepOutcome.Done? effect = null) =>
        StepRecords.EndAsync(run, step, attempt, outcome, logger, cancellationToken, stopped, effect);

    private static async Task<T> Timed<T>(RunSession run, PlanStep step, Func<CancellationToken, Task<T>> act, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(step.Timeout, run.Time);
        using var any = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token, run.HaltToken);
        return await act(any.Token).ConfigureAwait(false);
    }

    /// <summary>The step's timeout; people who only talk a step through are not held to the time that it takes.</summary>
    private static TimeSpan? Deadline(RunSession run, PlanStep step, IStepKind kind) => run.State.Mode is RunMode.Tabletop && kind is TabletopStep ? null : step.Timeout;

    private static StepOutcome Undecided(IStepKind kind, string reason) =>
        kind.Shape.Effect is StepEffect.None ? new StepOutcome.Failed(reason) : new StepOutcome.Unknown(reason);

    private static TimeSpan Backoff(int attempts)
    {
        var seconds = Math.Min(LongestBackoff.TotalSeconds, 0.25 * Math.Pow(2, attempts - 1));
        return TimeSpan.FromSeconds(seconds * (0.5 + (Random.Shared.NextDouble() / 2)));
    }
}
