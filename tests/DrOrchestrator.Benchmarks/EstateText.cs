using System.Text;

namespace DrOrchestrator.Benchmarks;

/// <summary>Writes the estate of a bench: systems with ten service probes each, and one plan.</summary>
internal static class EstateText
{
    public const string Plan = "bench";
    public const string Verification = "business-verification";
    private const int ProbesPerSystem = 10;

    /// <param name="probes">Rounded up to whole systems, except for one.</param>
    /// <param name="steps">Steps of kind <c>no-op</c> before the verification.</param>
    public static void Write(string folder, int probes, string target, int steps = 0)
    {
        File.WriteAllText(Path.Combine(folder, "estate.yaml"), Estate(probes, target));
        File.WriteAllText(Path.Combine(folder, "bench.yaml"), PlanOf(steps));
    }

    private static string Estate(int probes, string target)
    {
        var text = new StringBuilder("""
            estate: bench
            sandbox: true
            sites:
              - { name: primary, role: production }
              - { name: dr, role: same-city }
            people:
              - { id: asker, name: Asker, department: IT, roles: [operator] }
              - { id: verifier, name: Verifier, department: Payments, roles: [business-verifier] }
            plans: [bench.yaml]
            bcm: { lead-department: Risk }
            systems:

            """);
        var systems = (probes + ProbesPerSystem - 1) / ProbesPerSystem;
        for (var system = 0; system < systems; system++)
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
        for (var probe = 0; probe < probes; probe++)
        {
            text.AppendLine(
                $"  - {{ name: probe-{probe}, system: system-{probe / ProbesPerSystem}, role: service, function: posting, kind: http, interval: 10s, timeout: 2s, with: {{ url: \"{target}/probe/{probe}\", expect-status: [200] }} }}");
        }

        return text.ToString();
    }

    private static string PlanOf(int steps)
    {
        var text = new StringBuilder($$"""
            plan: {{Plan}}
            version: "1"
            title: { en: Bench }
            kind: failover
            modes: [live]
            systems: [system-0]
            authors: [asker]
            emergency: { scenarios: s, organisation: o, decision: d, response: r, tools: t, working-rules: w }
            recovery: { targets: t, procedure: p, manual: m, verification: { text: v, step: {{Verification}} } }
            steps:

            """);
        for (var step = 0; step < steps; step++)
        {
            text.AppendLine($"  - {{ name: step-{step}, kind: {NoOpStep.Word} }}");
        }

        return text.AppendLine($"  - {{ name: {Verification}, kind: task, with: {{ role: business-verifier, text: Verify postings }}, mark: business-verified }}").ToString();
    }
}
