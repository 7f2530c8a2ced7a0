namespace DrOrchestrator.RecoveryPoints.Postgres;

/// <summary>What is asked of a server; every statement can be put to a primary and to a standby.</summary>
internal static class PostgresQueries
{
    /// <summary>
    /// Role, identity, timeline, positions. Received and flushed is what counts; after a restart of a standby the received position falls behind the replayed one. The
    /// checkpoint's timeline of a standby lags behind the one it receives.
    /// </summary>
    public const string Position = """
        SELECT pg_is_in_recovery(),
               (SELECT system_identifier::text FROM pg_control_system()),
               CASE WHEN pg_is_in_recovery()
                    THEN greatest((SELECT received_tli FROM pg_stat_wal_receiver),
                                  (SELECT timeline_id FROM pg_control_checkpoint()),
                                  (SELECT min_recovery_end_timeline FROM pg_control_recovery()))
                    ELSE ('x' || substr(pg_walfile_name(pg_current_wal_flush_lsn()), 1, 8))::bit(32)::int END,
               (CASE WHEN pg_is_in_recovery() THEN greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn())
                     ELSE pg_current_wal_flush_lsn() END - '0/0'::pg_lsn)::bigint,
               (CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() END - '0/0'::pg_lsn)::bigint,
               CASE WHEN pg_is_in_recovery() THEN pg_is_wal_replay_paused() ELSE false END,
               current_setting('recovery_min_apply_delay'),
               current_setting('cluster_name'),
               current_setting('fsync') = 'on',
               extract(epoch FROM pg_postmaster_start_time())::float8,
               extract(epoch FROM pg_conf_load_time())::float8,
               pg_backend_pid(),
               current_setting('server_version_num')::int / 10000
        """;

    /// <summary>A standby's receiver; no row where there is none, empty columns where our role may not see them.</summary>
    public const string Receiver = "SELECT pid, status, sender_host, sender_port, conninfo FROM pg_stat_wal_receiver";

    public const string Settings = "SELECT name, setting, source FROM pg_settings WHERE name IN ('synchronous_commit', 'synchronous_standby_names')";

    public const string Standbys = "SELECT application_name, state, sync_state, pid, extract(epoch FROM backend_start)::float8 FROM pg_stat_replication";

    /// <summary>Words of roles and databases (all of the cluster's), and of functions (those of the database we are in).</summary>
    public const string Overrides = """
        SELECT CASE WHEN s.setrole = 0 THEN '' ELSE 'role ' || pg_get_userbyid(s.setrole) END
               || CASE WHEN s.setrole <> 0 AND s.setdatabase <> 0 THEN ' in ' ELSE '' END
               || CASE WHEN s.setdatabase = 0 THEN '' ELSE 'database ' || (SELECT d.datname FROM pg_database d WHERE d.oid = s.setdatabase) END,
               substr(c, strpos(c, '=') + 1)
        FROM pg_db_role_setting s, unnest(s.setconfig) c WHERE c ILIKE 'synchronous_commit=%'
        UNION ALL
        SELECT 'function ' || p.proname, substr(c, strpos(c, '=') + 1)
        FROM pg_proc p, unnest(p.proconfig) c WHERE c ILIKE 'synchronous_commit=%'
        """;

    public const string Slots = "SELECT slot_name::text, active, wal_status FROM pg_replication_slots WHERE slot_type = 'physical'";

    /// <summary>The table of the heartbeat, where it is not there yet.</summary>
    public static string CreateHeartbeat(string table) =>
        $"CREATE TABLE IF NOT EXISTS {table} (recovery_point text PRIMARY KEY, beat bigint NOT NULL, written_at timestamptz NOT NULL)";

    /// <summary>It must not wait for a standby: what it measures is whether the standby gets it.</summary>
    public const string WithoutWaiting = "SET LOCAL synchronous_commit = local";

    public static string Beat(string table) => $"""
        INSERT INTO {table} AS known (recovery_point, beat, written_at) VALUES ($1, 1, now())
        ON CONFLICT (recovery_point) DO UPDATE SET beat = known.beat + 1, written_at = excluded.written_at
        """;

    public const string Behind = """
        SELECT ('x' || substr(pg_walfile_name(pg_current_wal_flush_lsn()), 1, 8))::bit(32)::int, (pg_current_wal_flush_lsn() - '0/0'::pg_lsn)::bigint
        """;
}
