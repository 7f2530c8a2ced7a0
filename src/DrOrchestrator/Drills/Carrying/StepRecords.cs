using System.Text.Json.Nodes;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Plans;
using Microsoft.Extensions.Logging;

namespace DrOrchestrator.Drills.Carrying;

/// <summary>How the end of an attempt goes on record.</summary>
internal static class StepRecords
{
    /// <summary>The outcome of an attempt whose intent is on record and of which nothing was sent.</summary>
    public const string NotBegun = "not-begun";

    /// <summary>Writes an outcome.</summary>
    /// <param name="stopped">A stop cut the attempt short: where it surely did nothing, it is not held against the step.</param>
    /// <param name="effect">With a failure: what was done all the same.</param>
    public static async Task EndAsync(
        RunSession run, PlanStep step, int attempt, StepOutcome outcome, ILogger logger, CancellationToken cancellationToken, bool stopped = false, StepOutcome.Done? effect = null)
    {
        var (word, reason, outputs, objects) = outcome switch
        {
            StepOutcome.Done done => ("done", null, done.Outputs, done.Objects),
            StepOutcome.Failed failed => ("failed", failed.Reason, effect?.Outputs, effect?.Objects ?? failed.Objects),
            StepOutcome.Unknown unknown => ("unknown", unknown.Reason, null, unknown.Objects),
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

        if (outcome is StepOutcome.Failed { Left: { } left })
        {
            data["left"] = left.DeepClone();
        }

        if (stopped)
        {
            data["stopped"] = true;
        }

        if (effect is not null)
        {
            data["hadEffect"] = true;
        }

        if (outputs is not null)
        {
            data["outputs"] = outputs.DeepClone();
        }

        Log.StepEnded(logger, run.Run, step.Name, attempt, word, reason ?? "");
        var serving = word is "done" || effect is not null ? ServingAfter(run, step) : null;
        await run.WriteAsync(new JournalDraft(JournalKinds.Outcome, "system", data, step.Name, attempt, objects, serving), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The stop came between intent and effect: nothing was sent, and nothing will be under this intent.</summary>
    public static Task NotBegunAsync(RunSession run, PlanStep step, int attempt, CancellationToken cancellationToken) => run.WriteAsync(
        new JournalDraft(
            JournalKinds.Outcome,
            "system",
            new JsonObject { ["outcome"] = NotBegun, ["kind"] = step.Kind, ["reason"] = "stopped before anything was sent" },
            step.Name,
            attempt),
        cancellationToken);

    /// <summary>A step that a rehearsal leaves out.</summary>
    public static Task SkippedAsync(RunSession run, PlanStep step, CancellationToken cancellationToken) => run.WriteAsync(
        new JournalDraft(
            JournalKinds.Outcome,
            "system",
            new JsonObject { ["outcome"] = "done", ["kind"] = step.Kind, ["skipped"] = true, ["outputs"] = new JsonObject() },
            step.Name),
        cancellationToken);

    /// <summary>Who serves once the step is done; only a run that touches production moves a service.</summary>
    public static ServingChange? ServingAfter(RunSession run, PlanStep step) =>
        step.Promotes is { } promotion && RunModes.TouchesProduction(run.State.Mode) ? new ServingChange(promotion.System, step.Site!) : null;

    /// <summary>What a failed step leads to. A run that carries out a duty asks nobody: the duty stands, and it is tried again.</summary>
    public static StageResult.Failed FailureOf(RunSession run, PlanStep step, string reason) =>
        new($"step '{step.Name}' failed: {reason}", RunOutcome.Failed, run.State.FenceDuty is null ? RunModes.After(run.State.Mode, step.OnFailure) : FailurePolicy.Close, step.Name);
}
