using System.Text.Json.Nodes;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Drills;

/// <summary>What a rollback reached.</summary>
/// <param name="Undone">Names of the steps undone.</param>
/// <param name="StoppedAt">The point of no return or the step where it stopped, or null when everything was undone.</param>
public sealed record RollbackResult(IReadOnlyList<string> Undone, string? StoppedAt);

/// <summary>
/// Undoes the switch in reverse order of the plan. Behind a step that cannot be taken back, or whose outcome nobody knows, nothing is undone at all: what came after it
/// rests on it (traffic would go back to the fenced side), and what stands before it was the ground for it (a fence would be lifted beside a promotion that may still
/// happen). A failed reversible step is undone too, because it may have had a part of its effect. Undoing is journalled like doing, and goes on after a crash.
/// </summary>
public sealed class Rollback(StepKinds kinds)
{
    internal async Task<RollbackResult> RunAsync(RunSession run, string reason, CancellationToken cancellationToken)
    {
        if (Barrier(run) is { } barrier)
        {
            return new RollbackResult([], barrier);
        }

        if (!run.State.Reached(DrillPhase.RollingBack))
        {
            await run.EnterAsync(DrillPhase.RollingBack, cancellationToken, reason).ConfigureAwait(false);
        }

        var undone = new List<string>();
        foreach (var step in run.Plan.Steps.Reverse())
        {
            var progress = run.State.Step(step.Name);
            var kind = kinds.Find(step.Kind);
            if (progress.State is StepState.Undone)
            {
                undone.Add(step.Name);
                continue;
            }

            if (progress.Intent is null || kind is not IReversibleStepKind reversible || !reversible.Undoes(step))
            {
                continue;
            }

            if (await UndoAsync(run, step, reversible, progress, cancellationToken).ConfigureAwait(false) is { } failure)
            {
                return new RollbackResult(undone, $"step '{step.Name}' could not be undone: {failure}");
            }

            undone.Add(step.Name);
        }

        return new RollbackResult(undone, null);
    }

    /// <summary>Why nothing may be undone, in words; null when it may, or when undoing has begun already.</summary>
    private string? Barrier(RunSession run) =>
        !run.State.Reached(DrillPhase.RollingBack) && run.Plan.Steps.LastOrDefault(step => IsBehindUs(step, run.State.Step(step.Name))) is { } final
            ? $"step '{final.Name}' {(run.State.Step(final.Name).State is StepState.Done ? "cannot be taken back" : "has no certain outcome")}; nothing was undone"
            : null;

    /// <summary>True when the step may have done what cannot be undone, or a promotion that is called failed may still act.</summary>
    private bool IsBehindUs(PlanStep step, StepProgress progress)
    {
        var irreversible = step.PointOfNoReturn || kinds.Find(step.Kind).Shape.Effect is StepEffect.Irreversible;
        return progress.State switch
        {
            StepState.Done => irreversible,
            StepState.Unknown or StepState.Open => kinds.Find(step.Kind).Shape.Effect is not StepEffect.None,
            StepState.Failed => step.Promotes is not null && progress.MayActLate,
            _ => false,
        };
    }

    private static async Task<string?> UndoAsync(RunSession run, PlanStep step, IReversibleStepKind kind, StepProgress progress, CancellationToken cancellationToken)
    {
        if (progress.State is not StepState.Undoing)
        {
            await run.WriteAsync(new JournalDraft(JournalKinds.UndoIntent, "system", new JsonObject { ["kind"] = step.Kind }, step.Name, progress.Attempts), cancellationToken)
                .ConfigureAwait(false);
        }

        StepOutcome outcome;
        try
        {
            using var timeout = new CancellationTokenSource(step.Timeout, run.Time);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
            outcome = await kind.UndoAsync(run.ContextOf(step, progress.Attempts), progress.Intent!, progress.Outputs, both.Token).ConfigureAwait(false);
        }
        catch (Exception failed) when (!cancellationToken.IsCancellationRequested)
        {
            outcome = new StepOutcome.Unknown(failed.Message);
        }

        var reason = outcome switch
        {
            StepOutcome.Done => null,
            StepOutcome.Failed failed => failed.Reason,
            StepOutcome.Unknown unknown => unknown.Reason,
            _ => "it waits for a person",
        };
        var data = new JsonObject { ["outcome"] = reason is null ? "done" : "failed", ["reason"] = reason };
        await run.WriteAsync(new JournalDraft(JournalKinds.UndoOutcome, "system", data, step.Name, progress.Attempts), cancellationToken).ConfigureAwait(false);
        return reason;
    }
}
