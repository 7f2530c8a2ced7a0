using DrOrchestrator.Estates;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Drills.Stops;

/// <summary>The checks that guardrails and <c>verify:</c> may name: those of the steady state and the gates. What cannot be looked at does not pass; it never ends the engine.</summary>
public sealed class RunChecks(GateKinds gates, SteadyStateKinds steadyState)
{
    /// <summary>One look, live.</summary>
    public async Task<IReadOnlyList<GateResult>> LookAsync(PlanCheck check, Plan plan, Estate estate, CancellationToken cancellationToken)
    {
        try
        {
            return await Find(check).CheckAsync(check.Parameters, plan, estate, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failed) when (!cancellationToken.IsCancellationRequested)
        {
            return [new GateResult(check.Kind, false, $"could not be read: {failed.Message}", "a reading", check.Kind, TimeSpan.Zero, "Correct what the check is asked to look at.")];
        }
    }

    /// <summary>The longest one look of that check may take.</summary>
    public TimeSpan LongestOf(PlanCheck check) => Find(check).Longest;

    private IGateKind Find(PlanCheck check) => steadyState.Shapes.ContainsKey(check.Kind) ? steadyState.Find(check.Kind) : gates.Find(check.Kind);

    /// <summary>The result of a look that was given up.</summary>
    internal static GateResult NoAnswer(PlanCheck check, TimeSpan after) =>
        new(check.Kind, false, $"no answer within {Durations.Format(after)}", "a reading", check.Kind, TimeSpan.Zero, "Find out why the check gets no answer.");
}
