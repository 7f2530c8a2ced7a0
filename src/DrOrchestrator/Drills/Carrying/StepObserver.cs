using System.Text.Json;
using System.Text.Json.Nodes;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Drills.People;
using DrOrchestrator.Plans;
using Microsoft.Extensions.Logging;

namespace DrOrchestrator.Drills.Carrying;

/// <summary>
/// Asks a target whether an open intent has happened, until it is known; only "happened" and "cannot happen any more" are acted on. Looking has no effect, so that it
/// goes on while a run is stopped.
/// </summary>
public sealed class StepObserver(ILogger<StepObserver> logger)
{
    private static readonly TimeSpan ObserveAgain = TimeSpan.FromMilliseconds(200);

    /// <summary>What takes hours (a standby built anew) is not asked after five times a second all the while; a stop is heard in between, within 2 s.</summary>
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1.5);

    /// <summary>Looks until the target has said something to act on, the step's timeout is over, or <paramref name="giveUp"/> says so; the answer is on record.</summary>
    internal async Task<Observation> ObserveAsync(RunSession run, PlanStep step, IStepKind kind, Func<bool> giveUp, CancellationToken cancellationToken)
    {
        var progress = run.State.Step(step.Name);
        var context = run.ContextOf(step, progress.Attempts);
        var intent = progress.Intent ?? [];
        var began = run.Time.GetTimestamp();
        while (true)
        {
            var observation = await LookAsync(run, step, kind, context, intent, cancellationToken).ConfigureAwait(false);
            if ((observation.Answer is ObservedAnswer.StillMay || (observation.Missed is not null && !run.State.IsHalted)) && run.Time.GetElapsedTime(began) < step.Timeout && !giveUp())
            {
                await Task.Delay(PauseAfter(run.Time.GetElapsedTime(began)), run.Time, cancellationToken).ConfigureAwait(false);
                continue;
            }

            var observed = new JsonObject { ["answer"] = Word(observation.Answer), ["detail"] = observation.Detail };
            await run.WriteAsync(new JournalDraft(JournalKinds.Observed, "system", observed, step.Name, progress.Attempts), cancellationToken).ConfigureAwait(false);
            return observation;
        }
    }

    /// <summary>How long until the next look at what has been looked at for so long.</summary>
    internal static TimeSpan PauseAfter(TimeSpan looked) => looked / 10 < ObserveAgain ? ObserveAgain : looked / 10 < LongestPause ? looked / 10 : LongestPause;

    /// <summary>A person looks. Outputs that later steps build on come with the word, as the note: without them "it happened" would only fail the next step.</summary>
    internal static async Task<StageResult?> AskAsync(RunSession run, PlanStep step, int attempt, string detail, CancellationToken cancellationToken)
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

            var serving = answer is StageResult.Done ? StepRecords.ServingAfter(run, step) : null;
            await run.WriteAsync(new JournalDraft(JournalKinds.Outcome, "system", data, step.Name, attempt, Serving: serving), cancellationToken).ConfigureAwait(false);
            return null;
        }
    }

    private async Task<Observation> LookAsync(RunSession run, PlanStep step, IStepKind kind, StepContext context, JsonObject intent, CancellationToken cancellationToken)
    {
        try
        {
            using var timeout = new CancellationTokenSource(step.Timeout, run.Time);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
            return await kind.ObserveAsync(context, intent, both.Token).ConfigureAwait(false);
        }
        catch (Exception failed) when (!cancellationToken.IsCancellationRequested)
        {
            // A target that cannot be read has told nothing; it may answer the next look.
            Log.KindThrew(logger, run.Run, step.Name, failed);
            return new Observation(ObservedAnswer.StillMay, $"the target could not be read: {failed.Message}");
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

    private static string Word(ObservedAnswer answer) => answer switch
    {
        ObservedAnswer.Happened => "happened",
        ObservedAnswer.CannotHappenAnyMore => "cannot-happen-any-more",
        ObservedAnswer.StillMay => "still-may",
        _ => "cannot-tell",
    };
}
