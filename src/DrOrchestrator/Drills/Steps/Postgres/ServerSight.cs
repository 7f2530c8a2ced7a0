using System.Globalization;
using DrOrchestrator.RecoveryPoints.Postgres;
using Npgsql;

namespace DrOrchestrator.Drills.Steps.Postgres;

/// <summary>What a server says of itself, read in one statement of one session.</summary>
/// <param name="Timeline">Of a standby the newest of what it receives and what its control file knows.</param>
/// <param name="Received">Received and flushed, or replayed where that is more (after a restart); null at a primary.</param>
/// <param name="Written">The flushed end of a primary's log; null at a standby.</param>
internal sealed record ServerSight(
    bool InRecovery, string SystemId, long Timeline, LogSequence? Received, LogSequence? Replayed, LogSequence? Written, string SynchronousStandbyNames)
{
    /// <summary>Whether our role is let to see who streams; one that is not sees nobody.</summary>
    public bool SeesStandbys { get; init; } = true;

    /// <summary>What to add where nobody is seen; empty where our role would see them.</summary>
    public string WhyUnseen => SeesStandbys ? "" : $"; our role may not see who streams, missing: {DatabaseRight.Watch.Grant}; see postgres-roles.sql";

    private const string Query = """
        SELECT pg_is_in_recovery(),
               (SELECT system_identifier::text FROM pg_control_system()),
               (CASE WHEN pg_is_in_recovery()
                     THEN greatest((SELECT received_tli FROM pg_stat_wal_receiver),
                                   (SELECT timeline_id FROM pg_control_checkpoint()),
                                   (SELECT min_recovery_end_timeline FROM pg_control_recovery()))
                     ELSE ('x' || substr(pg_walfile_name(pg_current_wal_flush_lsn()), 1, 8))::bit(32)::int END)::bigint,
               greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn())::text,
               pg_last_wal_replay_lsn()::text,
               CASE WHEN pg_is_in_recovery() THEN NULL ELSE pg_current_wal_flush_lsn()::text END,
               current_setting('synchronous_standby_names'),
               EXISTS (SELECT FROM pg_stat_wal_receiver WHERE received_tli IS NOT NULL),
               pg_has_role('pg_monitor', 'USAGE')
        """;

    /// <summary>
    /// A standby whose receiver has ended tells its timeline nowhere until its next restartpoint; the files of the log it has received are named by it.
    /// </summary>
    private const string NewestFile = "SELECT max(('x' || substr(name, 1, 8))::bit(32)::int)::text FROM pg_ls_waldir() WHERE name ~ '^[0-9A-F]{24}$'";

    public static async Task<ServerSight> ReadAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var (sight, isReceiving) = await ReadOnceAsync(connection, cancellationToken).ConfigureAwait(false);
        return sight.InRecovery && !isReceiving ? sight with { Timeline = Math.Max(sight.Timeline, await NewestTimelineAsync(connection, cancellationToken).ConfigureAwait(false)) } : sight;
    }

    private static async Task<long> NewestTimelineAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            return long.TryParse(await connection.TextAsync(NewestFile, cancellationToken).ConfigureAwait(false), NumberStyles.None, CultureInfo.InvariantCulture, out var timeline) ? timeline : 0;
        }
        catch (PostgresException refused) when (refused.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            // Without pg_monitor there is only what the control file knows.
            return 0;
        }
    }

    private static async Task<(ServerSight Sight, bool IsReceiving)> ReadOnceAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var command = new NpgsqlCommand(Query, connection);
        await using (command.ConfigureAwait(false))
        {
            var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
                return (new ServerSight(
                    reader.GetBoolean(0),
                    reader.GetString(1),
                    reader.GetInt64(2),
                    Position(3),
                    Position(4),
                    Position(5),
                    reader.GetString(6)) { SeesStandbys = reader.GetBoolean(8) }, reader.GetBoolean(7));

                LogSequence? Position(int column) => reader.IsDBNull(column) ? null : LogSequence.Parse(reader.GetString(column));
            }
        }
    }
}

/// <summary>One value, or one statement, of a session.</summary>
internal static class SessionCalls
{
    public static async Task<string?> TextAsync(this NpgsqlConnection connection, string sql, CancellationToken cancellationToken, params IEnumerable<object> parameters)
    {
        var command = new NpgsqlCommand(sql, connection);
        await using (command.ConfigureAwait(false))
        {
            foreach (var parameter in parameters)
            {
                command.Parameters.Add(new NpgsqlParameter { Value = parameter });
            }

            return (await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false))?.ToString();
        }
    }

    public static async Task RunAsync(this NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        var command = new NpgsqlCommand(sql, connection);
        await using (command.ConfigureAwait(false))
        {
            await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>What went wrong with a server, for people; null where it is another kind of failure.</summary>
    public static string? FailureOf(Exception exception) => exception switch
    {
        PostgresUnreachableException unreachable => unreachable.Message,
        PostgresException refused => $"{refused.MessageText} ({refused.SqlState})" + DatabaseRight.RemedyOf(refused),
        _ => null,
    };
}
