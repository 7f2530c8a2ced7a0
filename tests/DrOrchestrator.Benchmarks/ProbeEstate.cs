using System.Text;

namespace DrOrchestrator.Benchmarks;

/// <summary>An estate that is all probes: ten systems of one critical function each, however many probes look at them.</summary>
/// <param name="Interval">As the estate writes it, <c>10s</c>.</param>
internal sealed record ProbeEstate(int Probes, string Target, string Interval, string Timeout, bool IsFresh, int Confirmations = 2)
{
    private const int Systems = 10;

    public void Write(string folder)
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
            bcm: { lead-department: Risk }
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

        File.WriteAllText(Path.Combine(folder, "estate.yaml"), text.ToString());
    }
}
