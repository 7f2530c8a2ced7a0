using DrOrchestrator.Drills.Journals;
using DrOrchestrator.EndToEnd.Harness;

namespace DrOrchestrator.EndToEnd.Conformance;

/// <summary>What a run asked of the two real clusters before its first effect.</summary>
internal static class SafetyGates
{
    private static readonly string[] Kinds = ["field-managers", "images-known", "single-points-of-failure"];

    /// <summary>Each was asked, and passed because of what stands there (<see cref="RealPair"/>): nothing of it was accepted by the plan.</summary>
    public static void AllPassed(DrillRun run, string ns)
    {
        string[] told = [.. run.Events.Where(happened => happened.Kind == JournalKinds.Gate && Kinds.Any(kind => happened.Text.Contains($": {kind} ", StringComparison.Ordinal))).Select(happened => happened.Text)];

        told.Should().NotBeEmpty().And.OnlyContain(text => text.StartsWith("passed: ", StringComparison.Ordinal) && !text.Contains("accepted by the plan", StringComparison.Ordinal));
        told.Should().Contain(text => text.Contains($"field-managers dr {ns}/deployment/{RealPair.App} by {RealPair.ByHand}: ", StringComparison.Ordinal) && text.Contains("owns spec.replicas: a person or a script", StringComparison.Ordinal));
        told.Should().Contain(text => text.Contains($"images-known dr {ns}/deployment/{RealPair.App} {RealPair.App}: {RealPair.Registry}/app:1 is listed on ", StringComparison.Ordinal));
        foreach (string finding in (string[])["replicas: 2 replicas", "nodes: its template keeps its pods on different nodes", "zones: its template keeps its pods in different zones", "disruption-budget: disruption budget app lets 1 of 2 go"])
        {
            told.Should().Contain(text => text.Contains($"single-points-of-failure dr {ns}/deployment/{RealPair.App} {finding}", StringComparison.Ordinal));
        }
    }
}
