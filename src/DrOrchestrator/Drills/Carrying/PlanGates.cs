using DrOrchestrator.Drills.Stops;
using DrOrchestrator.Estates;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Drills.Carrying;

/// <summary>Reads gates live, for a run and for the calendar alike.</summary>
public sealed class PlanGates(GateKinds gates, TimeProvider time)
{
    /// <summary>The gates of a plan, in its order, as a drill is asked them.</summary>
    public Task<IReadOnlyList<GateResult>> ReadAsync(Plan plan, Estate estate, CancellationToken cancellationToken) => ReadAsync(gates, plan, estate, real: false, time, cancellationToken);

    /// <param name="real">Those too that a real incident alone is asked (<see cref="StepKindShape.OnlyInReal"/>).</param>
    internal static async Task<IReadOnlyList<GateResult>> ReadAsync(GateKinds gates, Plan plan, Estate estate, bool real, TimeProvider time, CancellationToken cancellationToken) =>
        [.. (await Task.WhenAll(plan.Gates.Where(gate => real || !gates.Find(gate.Kind).Shape.OnlyInReal).Select(gate => CheckAsync(gates, gate, plan, estate, time, cancellationToken))).ConfigureAwait(false)).SelectMany(round => round)];

    /// <summary>What a gate cannot look at does not pass; it never ends who asks.</summary>
    private static async Task<IReadOnlyList<GateResult>> CheckAsync(GateKinds gates, PlanCheck gate, Plan plan, Estate estate, TimeProvider time, CancellationToken cancellationToken)
    {
        var kind = gates.Find(gate.Kind);
        var look = await BoundedLook.TakeAsync(token => kind.CheckAsync(gate.Parameters, plan, estate, token), kind.Longest, time, CancellationToken.None, cancellationToken).ConfigureAwait(false);
        return look.Value
            ?? (look.TimedOut ? [RunChecks.NoAnswer(gate, kind.Longest)]
                : [new GateResult(gate.Kind, false, $"could not be read: {look.Failed!.Message}", "a reading", gate.Kind, TimeSpan.Zero, "Correct what the gate is asked to look at, then start the run again.")]);
    }
}
