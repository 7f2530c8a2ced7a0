using DrOrchestrator.Sandbox.Ledger;
using Npgsql;

namespace DrOrchestrator.Sandbox.Postgres;

/// <summary>Answer to a write.</summary>
internal abstract record PostingAnswer
{
    private PostingAnswer()
    {
    }

    /// <summary>Committed. <paramref name="Fresh"/> is false when the id was there before.</summary>
    public sealed record Committed(long Position, long Timeline, bool Fresh) : PostingAnswer;

    /// <summary>Certainly not written: whatever went wrong, COMMIT had not been sent.</summary>
    public sealed record Refused(string Reason) : PostingAnswer;

    /// <summary>COMMIT was sent, and what became of it the server did not say.</summary>
    public sealed record InDoubt(string Reason) : PostingAnswer;
}

/// <summary>
/// The ledger in the site's own PostgreSQL. One posting is one transaction; what may be said of it depends on one thing only: whether COMMIT had been sent when something
/// went wrong. A commit that was cancelled while it waited for a standby comes back as success with a warning 01000, and is in doubt too.
/// </summary>
internal sealed class PostgresLedger(NpgsqlDataSource source)
{
    private const int MaxConnections = 20;
    private const string Warning = "01000";
    private const long NoTimeline = -1;

    /// <summary>On a standby the timeline is that of its last restart point: there it only labels what is read.</summary>
    private const string Timeline = """
        (CASE WHEN pg_is_in_recovery() THEN (SELECT timeline_id FROM pg_control_checkpoint())
              ELSE ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int END)::bigint
        """;

    // A route's epoch is the timeline it was set for: a server of another history takes nothing that was meant for this one.
    private const string Insert = $"""
        INSERT INTO {DatabaseSchema.Table} (id, kind, sent_at, amount, timeline)
        SELECT $1, $2, $3, $4, t.timeline FROM (SELECT {Timeline} AS timeline) t WHERE $5 = 0 OR t.timeline = $5
        ON CONFLICT (id) DO NOTHING RETURNING position, timeline
        """;

    private const string Find = $"SELECT position, timeline FROM {DatabaseSchema.Table} WHERE id = $1";

    public static PostgresLedger Open(LabSettings lab, string site) => new(SiteDatabase.Open(lab, site, DatabasePasswords.Application, MaxConnections));

    /// <param name="epoch">The timeline the writer believes in; null when it has no opinion.</param>
    public async Task<PostingAnswer> PostAsync(LedgerEntry entry, long? epoch)
    {
        bool isCommitSent = false, isWarned = false;
        try
        {
            NpgsqlConnection connection = await source.OpenConnectionAsync(CancellationToken.None).ConfigureAwait(false);
            await using (connection.ConfigureAwait(false))
            {
                connection.Notice += (_, e) => isWarned |= e.Notice.SqlState == Warning;
                NpgsqlTransaction transaction = await connection.BeginTransactionAsync(CancellationToken.None).ConfigureAwait(false);
                await using (transaction.ConfigureAwait(false))
                {
                    if (await RowAsync(connection, Insert, entry.Id, entry.Kind, entry.SentAt, entry.Amount, epoch ?? 0).ConfigureAwait(false) is not { } written)
                    {
                        return await RowAsync(connection, Find, entry.Id).ConfigureAwait(false) is { } known
                            ? new PostingAnswer.Committed(known.Position, known.Timeline, Fresh: false)
                            : new PostingAnswer.Refused($"this server is not on timeline {epoch}, for which the posting was meant");
                    }

                    isCommitSent = true;
                    await transaction.CommitAsync(CancellationToken.None).ConfigureAwait(false);
                    return isWarned
                        ? new PostingAnswer.InDoubt("the commit came back with a warning: it is on this server, and perhaps on no other")
                        : new PostingAnswer.Committed(written.Position, written.Timeline, Fresh: true);
                }
            }
        }
        catch (Exception e) when (IsFailure(e))
        {
            return isCommitSent ? new PostingAnswer.InDoubt($"COMMIT was sent and not acknowledged: {e.Message}") : new PostingAnswer.Refused(e.Message);
        }
    }

    /// <summary>Goes the way of a posting once without writing: the first real one shall not pay for what a new process has to load.</summary>
    public Task WarmUpAsync() => PostAsync(new LedgerEntry("warm-up", "probe", "", 0), epoch: NoTimeline);

    /// <summary>Entries whose id begins with <paramref name="prefix"/>, by position. Epoch first: entries read later can only be newer.</summary>
    public async Task<(long Epoch, long End, IReadOnlyList<(string Id, long Position, string SentAt)> Entries)> SearchAsync(string prefix)
    {
        NpgsqlConnection connection = await source.OpenConnectionAsync(CancellationToken.None).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            long epoch = await NumberAsync(connection, $"SELECT {Timeline}").ConfigureAwait(false);
            var entries = new List<(string, long, string)>();
            using NpgsqlCommand command = Command(connection, $"SELECT id, position, sent_at FROM {DatabaseSchema.Table} WHERE starts_with(id, $1) ORDER BY position", prefix);
            NpgsqlDataReader row = await command.ExecuteReaderAsync(CancellationToken.None).ConfigureAwait(false);
            await using (row.ConfigureAwait(false))
            {
                while (await row.ReadAsync(CancellationToken.None).ConfigureAwait(false))
                {
                    entries.Add((row.GetString(0), row.GetInt64(1), row.GetString(2)));
                }
            }

            return (epoch, await NumberAsync(connection, $"SELECT coalesce(max(position), 0) FROM {DatabaseSchema.Table}").ConfigureAwait(false), entries);
        }
    }

    /// <summary>A checksum over all entries up to a position, in order; null when no entry reaches it.</summary>
    public async Task<string?> ChecksumAsync(long position)
    {
        NpgsqlConnection connection = await source.OpenConnectionAsync(CancellationToken.None).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            const string Sum = $"""
                SELECT CASE WHEN $1 = 0 OR EXISTS (SELECT FROM {DatabaseSchema.Table} WHERE position >= $1)
                            THEN encode(sha256(convert_to(coalesce(string_agg(concat_ws('|', position, id, kind, sent_at, amount), E'\n' ORDER BY position), ''), 'UTF8')), 'hex') END
                FROM {DatabaseSchema.Table} WHERE position <= $1
                """;
            using NpgsqlCommand command = Command(connection, Sum, position);
            return await command.ExecuteScalarAsync(CancellationToken.None).ConfigureAwait(false) as string;
        }
    }

    /// <summary>What a server, or the way to it, throws.</summary>
    internal static bool IsFailure(Exception e) => e is NpgsqlException or TimeoutException or IOException or System.Net.Sockets.SocketException or OperationCanceledException;

    private static async Task<(long Position, long Timeline)?> RowAsync(NpgsqlConnection connection, string sql, params object[] values)
    {
        using NpgsqlCommand command = Command(connection, sql, values);
        NpgsqlDataReader row = await command.ExecuteReaderAsync(CancellationToken.None).ConfigureAwait(false);
        await using (row.ConfigureAwait(false))
        {
            return await row.ReadAsync(CancellationToken.None).ConfigureAwait(false) ? (row.GetInt64(0), row.GetInt64(1)) : null;
        }
    }

    private static async Task<long> NumberAsync(NpgsqlConnection connection, string sql)
    {
        using NpgsqlCommand command = Command(connection, sql);
        return (long)(await command.ExecuteScalarAsync(CancellationToken.None).ConfigureAwait(false))!;
    }

    private static NpgsqlCommand Command(NpgsqlConnection connection, string sql, params object[] values)
    {
        var command = new NpgsqlCommand(sql, connection);
        foreach (object value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        return command;
    }
}
