namespace DrOrchestrator.Sandbox.Postgres;

/// <summary>What a new database is born with.</summary>
internal static class DatabaseSchema
{
    public const string Table = "ledger_entry";

    /// <summary>
    /// The ledger's table. Positions are the database's own numbers: they grow, may leave gaps, and of two entries written at the same moment the later number may be
    /// seen first.
    /// </summary>
    public static IReadOnlyList<string> Ledger { get; } =
    [
        $"""
        CREATE TABLE {Table} (position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, id text NOT NULL UNIQUE, kind text NOT NULL, sent_at text NOT NULL,
            amount bigint NOT NULL, timeline bigint NOT NULL)
        """,
        $"ALTER TABLE {Table} OWNER TO {DatabasePasswords.Application}",
        $"GRANT SELECT ON {Table} TO {DatabasePasswords.Orchestrator}",

        // The heartbeat of the recovery point.
        $"GRANT CREATE, USAGE ON SCHEMA public TO {DatabasePasswords.Orchestrator}",

        // The promotion, and what shows whether one is still under way.
        $"""
        GRANT EXECUTE ON FUNCTION pg_promote(boolean, integer), pg_wal_replay_resume(), pg_reload_conf(), pg_stat_file(text, boolean), pg_read_file(text),
            pg_read_file(text, bigint, bigint, boolean) TO {DatabasePasswords.Orchestrator}
        """,

        // What pg_rewind asks of its source.
        $"""
        GRANT EXECUTE ON FUNCTION pg_ls_dir(text, boolean, boolean), pg_read_binary_file(text), pg_read_binary_file(text, bigint, bigint, boolean)
            TO {DatabasePasswords.Orchestrator}
        """,
    ];

    /// <summary>Roles and the database. The passwords come from files of ours and hold no quotes.</summary>
    public static IReadOnlyList<string> Cluster(DatabasePasswords passwords) =>
    [
        $"CREATE ROLE {DatabasePasswords.Replicator} LOGIN REPLICATION PASSWORD '{passwords.Read(DatabasePasswords.Replicator)}'",
        $"CREATE ROLE {DatabasePasswords.Application} LOGIN PASSWORD '{passwords.Read(DatabasePasswords.Application)}'",
        $"CREATE ROLE {DatabasePasswords.Orchestrator} LOGIN REPLICATION PASSWORD '{passwords.Read(DatabasePasswords.Orchestrator)}'",
        $"GRANT pg_monitor TO {DatabasePasswords.Orchestrator}",
        $"GRANT pg_signal_backend TO {DatabasePasswords.Orchestrator}",

        // A new primary must not wait for a lost partner, and a rewind begins behind a checkpoint of its source. Before PostgreSQL 15 only superusers may have either done.
        $"""
        DO $$ BEGIN
            IF current_setting('server_version_num')::int >= 150000 THEN
                GRANT pg_checkpoint TO {DatabasePasswords.Orchestrator};
                EXECUTE 'GRANT SET, ALTER SYSTEM ON PARAMETER synchronous_standby_names TO {DatabasePasswords.Orchestrator}';
            ELSE
                ALTER ROLE {DatabasePasswords.Orchestrator} SUPERUSER;
            END IF;
        END $$
        """,
        $"CREATE DATABASE {DatabasePasswords.Database} OWNER {DatabasePasswords.Application}",
    ];
}
