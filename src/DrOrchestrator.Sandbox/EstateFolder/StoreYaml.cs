namespace DrOrchestrator.Sandbox.EstateFolder;

/// <summary>The ledger in the lab's own store.</summary>
internal static class StoreYaml
{
    private static readonly TimeSpan ShortestTimeout = TimeSpan.FromSeconds(1);

    /// <summary>Beyond the line's delay: how late the reading of a busy machine may be.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromMilliseconds(500);

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
          # A standby that gets nothing for three intervals and one timeout while the primary moved is not protected; what is still on the line after a pause must fit in there.
          - name: ledger-replication
            system: ledger
            kind: positions
            interval: {{{EstateYaml.Interval(facts)}}}
            timeout: {{{EstateYaml.Duration(TimeoutOf(facts))}}}
            with:
              sites:
                primary: "{{{Store(facts, LabSettings.Primary)}}}/status"
                dr: "{{{Store(facts, LabSettings.Dr)}}}/status"
        """,
        "quickstart-failover");

    private static TimeSpan TimeoutOf(EstateFacts facts) => ShortestTimeout > facts.Lab.ReplicationDelay + Margin ? ShortestTimeout : facts.Lab.ReplicationDelay + Margin;

    private static string Store(EstateFacts facts, string site) => EstateYaml.Text(facts.Lab.StoreUrl(site));
}
