using System.Runtime.ExceptionServices;
using System.Text.Json.Nodes;
using DrOrchestrator.Drills.Duties;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Drills.Carrying;

/// <summary>A promotion needs its fence proved at the very moment it is sent.</summary>
public sealed class FenceCheck(StepKinds kinds)
{
    /// <summary>The run stands in the middle of the interruption meanwhile: what is not proved by then is for people.</summary>
    private static readonly TimeSpan LongestProof = TimeSpan.FromSeconds(10);

    /// <summary>A site that is back answers sooner; one that is dark must not hold up a disaster.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>So long a word counts that was given over an old side that answers and could not be fenced all the same.</summary>
    private static readonly TimeSpan WordHolds = TimeSpan.FromMinutes(10);

    /// <summary>
    /// Right before a promotion without a fence: whether the old side answers now. The word of people was about one that did not, or that could not be fenced; one that has come
    /// back since may write, and its fence goes first. Looks and changes nothing.
    /// </summary>
    internal async Task<bool> OldSideAnswersAsync(RunSession run, PlanStep promotion, CancellationToken cancellationToken)
    {
        var fenceStep = run.StepOf(promotion.Promotes!.FencedBy);
        var fence = run.State.Step(fenceStep.Name);
        var knew = fence.Begun > 0 && fence.Begun == fence.Attempts && Unfenced.GivenAt(run, promotion) is { } at && run.Time.GetUtcNow() - at < WordHolds;
        if (fence.State is StepState.Done || knew || kinds.Find(fenceStep.Kind) is not IFenceKind kind)
        {
            return false;
        }

        return (await OldSide.LookAsync(kind, run.ContextOf(fenceStep, fence.Attempts + 1), null, Patience, run.Time, run.HaltToken, cancellationToken).ConfigureAwait(false)).Answers;
    }

    /// <summary>Why the step must not be sent; null when its fence is proved, or where it promotes nothing. The proof is on record.</summary>
    internal async Task<string?> RefusalAsync(RunSession run, PlanStep step, int attempt, CancellationToken cancellationToken)
    {
        if (step.Promotes is not { } promotion || !RunModes.Reads(run.State.Mode))
        {
            return null;
        }

        var fenceStep = run.Plan.AllSteps.First(other => other.Name == promotion.FencedBy);
        var fence = run.State.Step(fenceStep.Name);
        var proof = fence is { State: StepState.Done, Intent: { } intent } && kinds.Find(fenceStep.Kind) is IFenceKind kind
            ? await ProveAsync(run, step, token => kind.ProveAsync(run.ContextOf(fenceStep, fence.Attempts), intent, token), cancellationToken).ConfigureAwait(false)
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

    /// <summary>No answer in time is no proof.</summary>
    /// <exception cref="OperationCanceledException">The run is stopped.</exception>
    private static async Task<FenceProof> ProveAsync(RunSession run, PlanStep step, Func<CancellationToken, Task<FenceProof>> prove, CancellationToken cancellationToken)
    {
        var limit = step.Timeout < LongestProof ? step.Timeout : LongestProof;
        var look = await BoundedLook.TakeAsync(prove, limit, run.Time, run.HaltToken, cancellationToken).ConfigureAwait(false);
        if (look.Failed is { } failed && (!look.TimedOut || run.HaltToken.IsCancellationRequested))
        {
            ExceptionDispatchInfo.Throw(failed);
        }

        return look.Value ?? new FenceProof(false, [], [$"no proof within {Durations.Format(limit)}"]);
    }
}
