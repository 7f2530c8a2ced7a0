using System.Text;

namespace DrOrchestrator.Benchmarks;

/// <summary>The estate of a bench: systems of one critical function each, and service probes spread evenly over them.</summary>
/// <param name="Interval">As the estate writes it, <c>10s</c>.</param>
internal sealed record BenchEstate(int Probes, string Target, string Interval = "10s", string Timeout = "2s", bool IsFresh = false, int Confirmations = 2)
{
    /// <summary>Ten, unless told otherwise, however many probes look at them.</summary>
    public int Systems { get; init; } = 10;

    /// <summary>Steps of kind <c>no-op</c> that its one plan has before the verification; null: there is no plan.</summary>
    public int? PlanSteps { get; init; }

    /// <summary>Groups of steps side by side that these are in; 0: one after the other.</summary>
    public int PlanGroups { get; init; }

    /// <summary>What its plan's steps do: nothing, unless told otherwise.</summary>
    public string PlanStep { get; init; } = $"kind: {NoOpStep.Word}";

    /// <summary>Further sites, as lines of the estate.</summary>
    public IReadOnlyList<string> MoreSites { get; init; } = [];

    public void Write(string folder)
    {
        File.WriteAllText(Path.Combine(folder, "estate.yaml"), Text());
        if (PlanSteps is { } steps)
        {
            BenchPlan.Write(folder, steps, PlanGroups, PlanStep);
        }
    }

    private string Text()
    {
        var text = new StringBuilder($$"""
            estate: bench
            sandbox: true
            sites:
              - { name: primary, role: production }
              - { name: dr, role: same-city }{{string.Concat(MoreSites.Select(site => $"\n  {site}"))}}
            people:
              - { id: asker, name: Asker, department: IT, roles: [operator] }
              - { id: verifier, name: Verifier, department: Payments, roles: [business-verifier] }
            bcm: { lead-department: Risk }
            {{(PlanSteps is null ? "" : $"plans: [{BenchPlan.File}]")}}
            systems:

            """);
        for (var system = 0; system < Systems; system++)
        {
            text.Append($$"""
                  - name: system-{{system}}
                    title: { en: System {{system}} }
                    department: Payments
                    owner: asker
                    bia: [ { scope: financial-rights, severity: moderate, reason: "Customers cannot pay", signer: verifier } ]
                    serving: primary
                    standbys: [dr]
                    functions: [ { name: posting, critical: true } ]

                """);
        }

        text.AppendLine("probes:");
        for (var probe = 0; probe < Probes; probe++)
        {
            text.AppendLine(
                $"  - {{ name: probe-{probe}, system: system-{probe % Systems}, role: service, function: posting, kind: http, interval: {Interval}, timeout: {Timeout}, confirmations: {Confirmations}, with: {{ url: \"{Target}/probe/{probe}\"{(IsFresh ? ", fresh-connection: true" : "")} }} }}");
        }

        return text.ToString();
    }
}
