namespace DrOrchestrator.Sandbox.EstateFolder;

/// <summary>The ledger in the lab's own store.</summary>
internal static class StoreYaml
{
    public static KeepingYaml Of(EstateFacts facts) => new(
        $$$"""
          - { name: store-primary, url: "{{{Store(facts, LabSettings.Primary)}}}" }
          - { name: store-dr, url: "{{{Store(facts, LabSettings.Dr)}}}" }

        """,
        $$$"""
          - name: ledger-standby
            system: ledger
            site: dr
            role: standby
            kind: http
            interval: {{{EstateYaml.Interval(facts)}}}
            timeout: 1s
            confirmations: 2
            with: { url: "{{{Store(facts, LabSettings.Dr)}}}/status", method: GET, expect-status: [200], fresh-connection: true }
          - name: ledger-store-primary
            system: ledger
            site: primary
            role: component
            kind: tcp
            interval: {{{EstateYaml.Interval(facts)}}}
            timeout: 1s
            confirmations: 2
            with: { host: 127.0.0.1, port: {{{facts.Lab.Ports.StorePrimary}}} }
        """,
        $$$"""
        recovery-points:
          - name: ledger-replication
            system: ledger
            kind: positions
            interval: {{{EstateYaml.Interval(facts)}}}
            timeout: 1s
            with:
              sites:
                primary: "{{{Store(facts, LabSettings.Primary)}}}/status"
                dr: "{{{Store(facts, LabSettings.Dr)}}}/status"
        """,
        "quickstart-failover");

    private static string Store(EstateFacts facts, string site) => EstateYaml.Text(facts.Lab.StoreUrl(site));
}
