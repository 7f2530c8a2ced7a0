using System.Text.Json.Nodes;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Drills;

/// <summary>A promotion needs its fence proved at the very moment it is sent.</summary>
public sealed class FenceCheck(StepKinds kinds)
{
    /// <summary>The run stands in the middle of the interruption meanwhile: what is not proved by then is for people.</summary>
    private static readonly TimeSpan LongestProof = TimeSpan.FromSeconds(10);

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
        var halt = run.HaltToken;
        using var ends = new CancellationTokenSource(limit, run.Time);
        using var any = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, ends.Token, halt);
        try
        {
            return await prove(any.Token).WaitAsync(any.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (ends.IsCancellationRequested && !halt.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return new FenceProof(false, [], [$"no proof within {Durations.Format(limit)}"]);
        }
    }
}
