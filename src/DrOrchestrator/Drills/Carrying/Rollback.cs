using System.Text.Json.Nodes;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Drills.Carrying;

/// <summary>What a rollback reached.</summary>
/// <param name="Undone">Names of the steps undone.</param>
/// <param name="StoppedAt">The point of no return or the step where it stopped, or null when everything was undone.</param>
public sealed record RollbackResult(IReadOnlyList<string> Undone, string? StoppedAt);

/// <summary>
/// Undoes the switch in reverse order of the plan. Behind a step that cannot be taken back, or whose outcome nobody knows, nothing is undone at all: what came after it
/// rests on it (traffic would go back to the fenced side), and what stands before it was the ground for it (a fence would be lifted beside a promotion that may still
/// happen). A failed reversible step is undone too, because it may have had a part of its effect. Undoing is journalled like doing, goes on after a crash, and is held by a
/// stop as every effect is.
/// </summary>
public sealed class Rollback(StepKinds kinds)
{
    /// <summary>Output of an undo that found nothing of its step's doing and changed nothing: why, in words.</summary>
    internal const string Left = "left";

    /// <summary>Null where a stop came before it was through.</summary>
    internal async Task<RollbackResult?> RunAsync(RunSession run, StageResult.Failed because, CancellationToken cancellationToken)
    {
        if (Barrier(run) is { } barrier)
        {
            return new RollbackResult([], barrier);
        }

        if (!run.State.Reached(DrillPhase.RollingBack))
        {
            await run.EnterAsync(DrillPhase.RollingBack, cancellationToken, because.Reason, because.Outcome).ConfigureAwait(false);
        }

        var undone = new List<string>();

        // What began last is taken back first: in the file a step may stand before one that it needs.
        foreach (var step in run.Plan.Steps.Reverse().OrderByDescending(step => run.State.Step(step.Name).BegunWith))
        {
            var progress = run.State.Step(step.Name);
            if (progress.State is StepState.Undone)
            {
                undone.Add(step.Name);
                continue;
            }

            if (progress.Intent is null || kinds.Find(run.State.Mode, step) is not IReversibleStepKind reversible || !reversible.Undoes(step)
                || (progress is { State: StepState.Failed, HadEffect: false } && !reversible.UndoesFailed))
            {
                continue;
            }

            if (run.State.IsHalted || !await run.WaitUntilAsync(MayUndo(run, step, reversible, progress), cancellationToken).ConfigureAwait(false)
                || await UndoAsync(run, step, reversible, progress, cancellationToken).ConfigureAwait(false) is not { } outcome)
            {
                return null;
            }

            if (outcome is not StepOutcome.Done)
            {
                return new RollbackResult(undone, $"step '{step.Name}' could not be undone: {run.State.Step(step.Name).Reason}");
            }

            undone.Add(step.Name);
        }

        return new RollbackResult(undone, null);
    }

    /// <summary>Why nothing may be undone, in words; null when it may, or when undoing has begun already.</summary>
    private string? Barrier(RunSession run) =>
        !run.State.Reached(DrillPhase.RollingBack) && run.Plan.Steps.LastOrDefault(step => IsBehindUs(step, run.State.Step(step.Name))) is { } final
            ? $"step '{final.Name}' {(run.State.Step(final.Name) is { State: StepState.Done } or { HadEffect: true } ? "cannot be taken back" : "has no certain outcome")}; nothing was undone"
            : null;

    /// <summary>True when the step may have done what cannot be undone, or a promotion that is called failed may still act.</summary>
    private bool IsBehindUs(PlanStep step, StepProgress progress)
    {
        var irreversible = step.PointOfNoReturn || kinds.Find(step.Kind).Shape.Effect is StepEffect.Irreversible;
        return progress.State switch
        {
            StepState.Done => irreversible && !progress.Skipped,
            StepState.Unknown or StepState.Open => kinds.Find(step.Kind).Shape.Effect is not StepEffect.None,
            StepState.Failed => (irreversible && progress.HadEffect) || (step.Promotes is not null && progress.MayActLate),
            _ => false,
        };
    }

    private static DateTimeOffset? MayUndo(RunSession run, PlanStep step, IReversibleStepKind kind, StepProgress progress)
    {
        try
        {
            return kind.MayUndo(run.UndoContextOf(step, progress.Attempts), progress.Intent!);
        }
        catch (Exception)
        {
            // Whatever is wrong with it is said by the undo, which begins now: a rollback that ends here would leave everything before this step as it is.
            return null;
        }
    }

    /// <summary>Null where a stop came: what was sent of it, if anything, is sent again when the rollback goes on.</summary>
    private static async Task<StepOutcome?> UndoAsync(RunSession run, PlanStep step, IReversibleStepKind kind, StepProgress progress, CancellationToken cancellationToken)
    {
        var fresh = progress.State is not StepState.Undoing;
        if (fresh)
        {
            await run.WriteAsync(new JournalDraft(JournalKinds.UndoIntent, "system", new JsonObject { ["kind"] = step.Kind }, step.Name, progress.Attempts), cancellationToken)
                .ConfigureAwait(false);
        }

        var permit = await run.ProveLeaseAsync(step.Timeout, cancellationToken).ConfigureAwait(false);
        if (run.State.IsHalted)
        {
            if (fresh)
            {
                await EndAsync(run, step, progress, StepRecords.NotBegun, "stopped before anything was sent", cancellationToken).ConfigureAwait(false);
            }

            return null;
        }

        StepOutcome outcome;
        try
        {
            using var timeout = new CancellationTokenSource(step.Timeout, run.Time);
            using var any = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token, run.HaltToken);
            outcome = await kind.UndoAsync(run.UndoContextOf(step, progress.Attempts) with { Permit = permit, Repeats = !fresh }, progress.Intent!, progress.Outputs, any.Token).ConfigureAwait(false);
        }
        catch (Exception failed) when (!cancellationToken.IsCancellationRequested)
        {
            outcome = new StepOutcome.Unknown(failed.Message);
        }

        if (run.State.IsHalted && outcome is not StepOutcome.Done)
        {
            return null;
        }

        var reason = outcome switch
        {
            StepOutcome.Done done => done.Outputs.OptionalText(Left),
            StepOutcome.Failed failed => failed.Reason,
            StepOutcome.Unknown unknown => unknown.Reason,
            _ => "it waits for a person",
        };
        await EndAsync(run, step, progress, outcome is StepOutcome.Done ? "done" : "failed", reason, cancellationToken).ConfigureAwait(false);
        return outcome;
    }

    private static Task EndAsync(RunSession run, PlanStep step, StepProgress progress, string outcome, string? reason, CancellationToken cancellationToken) => run.WriteAsync(
        new JournalDraft(JournalKinds.UndoOutcome, "system", new JsonObject { ["outcome"] = outcome, ["reason"] = reason }, step.Name, progress.Attempts), cancellationToken);
}
