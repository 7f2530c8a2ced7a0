using System.Text.Json.Nodes;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Drills;

/// <summary>A promotion needs its fence proved at the very moment it is sent.</summary>
public sealed class FenceCheck(StepKinds kinds)
{
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
}
