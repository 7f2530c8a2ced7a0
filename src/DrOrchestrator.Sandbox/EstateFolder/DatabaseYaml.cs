using DrOrchestrator.Sandbox.Postgres;

namespace DrOrchestrator.Sandbox.EstateFolder;

/// <summary>The ledger in PostgreSQL: a primary and its streaming standby.</summary>
internal static class DatabaseYaml
{
    private static readonly TimeSpan ShortestHeartbeat = TimeSpan.FromSeconds(1);

    public static KeepingYaml Of(EstateFacts facts) => new(
        "",
        $$$"""
          - name: ledger-standby
            system: ledger
            site: dr
            role: standby
            kind: postgres
            interval: {{{EstateYaml.Interval(facts)}}}
            timeout: 1s
            confirmations: 2
            with: { {{{Target(facts, LabSettings.Dr)}}}, mode: connect }
          - name: ledger-db-primary
            system: ledger
            site: primary
            role: component
            kind: postgres
            interval: {{{EstateYaml.Interval(facts)}}}
            timeout: 1s
            confirmations: 2
            with: { {{{Target(facts, LabSettings.Primary)}}}, mode: connect }
        """,
        $$$"""
        # The servers as steps act on them. 'host' is the way to a server's own host: dro serve must allow both programs with --allow-command.
        databases:
          - { name: ledger-primary, system: ledger, site: primary, {{{Target(facts, LabSettings.Primary)}}}, standby-name: primary, host: { command: ["{{{HostPrograms.Of(facts.Lab, LabSettings.Primary)}}}"] } }
          - { name: ledger-dr, system: ledger, site: dr, {{{Target(facts, LabSettings.Dr)}}}, standby-name: dr, host: { command: ["{{{HostPrograms.Of(facts.Lab, LabSettings.Dr)}}}"] } }

        recovery-points:
          # Every interval leaves a heartbeat at the primary; a standby that gets nothing for half of one is not protected, so the line's delay must fit in there.
          - name: ledger-replication
            system: ledger
            kind: postgres
            interval: {{{EstateYaml.Duration(HeartbeatOf(facts))}}}
            timeout: 1s
            with:
              sites:
                primary: { {{{Target(facts, LabSettings.Primary)}}}, standby-name: primary }
                dr: { {{{Target(facts, LabSettings.Dr)}}}, standby-name: dr }
              heartbeat: dro_heartbeat
        """,
        "quickstart-postgres");

    private static TimeSpan HeartbeatOf(EstateFacts facts) => ShortestHeartbeat > 2 * facts.Lab.ReplicationDelay ? ShortestHeartbeat : 2 * facts.Lab.ReplicationDelay;

    private static string Target(EstateFacts facts, string site)
    {
        string password = Path.GetRelativePath(facts.Lab.EstateFolder, new DatabasePasswords(facts.Lab).FileOf(DatabasePasswords.Orchestrator));
        return FormattableString.Invariant(
            $"hosts: [127.0.0.1], port: {facts.Lab.Postgres!.Of(site).Service}, database: {DatabasePasswords.Database}, user: {DatabasePasswords.Orchestrator}, password: {{ file: {password} }}, sslmode: disable");
    }
}
