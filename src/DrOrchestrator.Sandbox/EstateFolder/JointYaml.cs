using System.Globalization;

namespace DrOrchestrator.Sandbox.EstateFolder;

/// <summary>What the joint drills of a lab need beside the ledger: a partner's program with a token of its own, and the plans.</summary>
internal static class JointYaml
{
    public static string Of(LabSettings lab, TimeSpan probeInterval) => $$$"""
        # For the joint drills (JR/T 0199-2020, 7.5 b): an attack on the front door, and a stolen token.
        probes:
          # What the partner's program does all day, with the partner's token.
          - name: partner-access
            system: ledger
            role: component
            kind: http
            interval: {{{probeInterval.TotalMilliseconds.ToString(CultureInfo.InvariantCulture)}}}ms
            timeout: 1s
            confirmations: 2
            with:
              url: "{{{lab.FrontDoorUrl.ToString().TrimEnd('/')}}}/ledger/entries?prefix=partner-"
              method: GET
              bearer: { file: tokens/partner.token }
              expect-status: [200]
              fresh-connection: true

        plans: [planned-switchover.yaml, failover.yaml, failback.yaml, joint-ddos.yaml, joint-data-theft.yaml]

        """;
}
