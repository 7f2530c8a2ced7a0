using System.Text.Json.Nodes;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.RecoveryPoints.Postgres;
using Npgsql;

namespace DrOrchestrator.Drills.Steps.Postgres;

/// <summary>What decides whether a server can take over, or come back, as read of it.</summary>
/// <param name="Settings">By PostgreSQL's own names, in their base units.</param>
/// <param name="Collations">Databases whose recorded collation version is not that of the machine, each with both.</param>
/// <param name="LogicalSlots">Names of logical replication slots, which no standby takes over.</param>
/// <param name="IdleSlots">Names of physical slots that nobody uses and that hold log.</param>
/// <param name="Attached">Names under which standbys stream from it.</param>
internal sealed record PostgresReadiness(
    ServerSight Sight,
    string Version,
    IReadOnlyDictionary<string, string> Settings,
    IReadOnlyList<string> Collations,
    long PreparedTransactions,
    IReadOnlyList<string> LogicalSlots,
    IReadOnlyList<string> IdleSlots,
    IReadOnlyList<string> Attached,
    bool IsPaused,
    bool MayPromote)
{
    /// <summary>How its commits wait, and who is attached to it; of a primary.</summary>
    public PostgresPrimaryReport? Waiting { get; init; }

    // Versions of collations are recorded for whole databases from PostgreSQL 15 on.
    private const int FirstWithCollationVersions = 150000;

    private const string Query = """
        SELECT json_build_object(
            'number', current_setting('server_version_num')::int,
            'version', split_part(current_setting('server_version'), ' ', 1),
            'settings', (SELECT json_object_agg(name, setting) FROM pg_settings WHERE name = ANY (ARRAY[
                'max_connections', 'max_worker_processes', 'max_wal_senders', 'max_prepared_transactions', 'max_locks_per_transaction', 'recovery_min_apply_delay',
                'wal_retrieve_retry_interval', 'wal_log_hints', 'data_checksums', 'archive_mode', 'archive_command', 'archive_library', 'hot_standby'])),
            'prepared', (SELECT count(*) FROM pg_prepared_xacts),
            'logical', (SELECT COALESCE(json_agg(slot_name), '[]') FROM pg_replication_slots WHERE slot_type = 'logical'),
            'idle', (SELECT COALESCE(json_agg(slot_name), '[]') FROM pg_replication_slots WHERE slot_type = 'physical' AND NOT active AND restart_lsn IS NOT NULL),
            'attached', (SELECT COALESCE(json_agg(application_name), '[]') FROM pg_stat_replication WHERE state = 'streaming'),
            'commit', (SELECT json_build_object('setting', setting, 'source', source) FROM pg_settings WHERE name = 'synchronous_commit'),
            'standbys', (SELECT COALESCE(json_agg(json_build_object('name', application_name, 'state', state, 'sync', sync_state)), '[]') FROM pg_stat_replication),
            'paused', CASE WHEN pg_is_in_recovery() THEN pg_is_wal_replay_paused() ELSE false END,
            'may-promote', has_function_privilege('pg_promote(boolean, integer)', 'EXECUTE'))::text
        """;

    private const string OverridesQuery = $"SELECT COALESCE(json_agg(json_build_object('whose', o.whose, 'value', o.value)), '[]')::text FROM ({PostgresQueries.Overrides}) o(whose, value)";

    private const string CollationQuery = """
        SELECT COALESCE(json_agg(datname || ': recorded ' || datcollversion || ', this machine has ' || pg_database_collation_actual_version(oid)), '[]')::text
        FROM pg_database WHERE datcollversion IS NOT NULL AND datcollversion IS DISTINCT FROM pg_database_collation_actual_version(oid)
        """;

    /// <summary>Of all that any kind of step needs, and this plan, what our role has not.</summary>
    public IReadOnlyList<DatabaseRight> MissingRights { get; init; } = [];

    /// <param name="needed">What the plan's steps need of our role at this server.</param>
    public static async Task<PostgresReadiness> ReadAsync(NpgsqlConnection connection, IReadOnlyList<DatabaseRight> needed, CancellationToken cancellationToken)
    {
        var sight = await ServerSight.ReadAsync(connection, cancellationToken).ConfigureAwait(false);
        var read = (JsonObject)JsonNode.Parse((await connection.TextAsync(Query, cancellationToken).ConfigureAwait(false))!)!;
        var collations = read["number"]!.GetValue<int>() >= FirstWithCollationVersions
            ? Texts(JsonNode.Parse((await connection.TextAsync(CollationQuery, cancellationToken).ConfigureAwait(false))!))
            : [];
        return new PostgresReadiness(
            sight,
            read.Text("version"),
            read["settings"]!.AsObject().ToDictionary(setting => setting.Key, setting => setting.Value?.ToString() ?? "", StringComparer.Ordinal),
            collations,
            read["prepared"]!.GetValue<long>(),
            Texts(read["logical"]),
            Texts(read["idle"]),
            Texts(read["attached"]),
            read.Flag("paused"),
            read.Flag("may-promote"))
        {
            MissingRights = await DatabaseRight.MissingAsync(connection, needed, cancellationToken).ConfigureAwait(false),
            Waiting = sight.InRecovery ? null : ReportOf(sight, read, JsonNode.Parse((await connection.TextAsync(OverridesQuery, cancellationToken).ConfigureAwait(false))!)!),
        };
    }

    /// <summary>Which standby commits wait for is asked here, not whether what it acknowledges lasts: <c>fsync</c> is taken for on.</summary>
    internal static PostgresPrimaryReport ReportOf(ServerSight sight, JsonObject read, JsonNode overrides) => new(
        read["commit"]!.AsObject().Text("setting"),
        read["commit"]!.AsObject().Text("source"),
        sight.SynchronousStandbyNames,
        Fsync: true,
        [.. overrides.AsArray().Select(one => new SettingOverride(one!.AsObject().Text("whose"), one.AsObject().Text("value")))],
        [.. read["standbys"]!.AsArray().Select(one => new AttachedStandby(one!.AsObject().Text("name"), one.AsObject().OptionalText("state"), one.AsObject().OptionalText("sync"), ""))],
        "");

    private static IReadOnlyList<string> Texts(JsonNode? list) => [.. list!.AsArray().Select(item => item!.ToString())];
}
