using System.Text.Json.Nodes;
using Npgsql;

namespace DrOrchestrator.Sandbox.Postgres;

/// <summary>What the server of a site says of itself, in the words of the lab's own store. Asked within the site, past its Service.</summary>
internal sealed class ServerSight : IAsyncDisposable
{
    // Received and flushed is what counts; after a restart of a standby the received position falls behind the replayed one.
    private const string Question = """
        SELECT pg_is_in_recovery(),
               CASE WHEN pg_is_in_recovery()
                    THEN greatest((SELECT received_tli FROM pg_stat_wal_receiver), (SELECT timeline_id FROM pg_control_checkpoint()))
                    ELSE ('x' || substr(pg_walfile_name(pg_current_wal_flush_lsn()), 1, 8))::bit(32)::int END,
               (CASE WHEN pg_is_in_recovery() THEN greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()) ELSE pg_current_wal_flush_lsn() END - '0/0'::pg_lsn)::bigint,
               CASE WHEN pg_is_in_recovery() THEN EXISTS (SELECT FROM pg_stat_wal_receiver WHERE status = 'streaming')
                    ELSE EXISTS (SELECT FROM pg_stat_replication WHERE state = 'streaming') END
        """;

    private readonly NpgsqlDataSource _source;

    public ServerSight(LabSettings lab, string site) => _source = SiteDatabase.Open(lab, site, DatabasePasswords.Orchestrator, maxConnections: 2);

    /// <summary>Null while it does not answer.</summary>
    public async Task<JsonObject?> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            NpgsqlCommand command = _source.CreateCommand(Question);
            await using (command.ConfigureAwait(false))
            {
                NpgsqlDataReader row = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
                await using (row.ConfigureAwait(false))
                {
                    await row.ReadAsync(cancellationToken).ConfigureAwait(false);
                    long position = row.GetInt64(2);
                    return new JsonObject
                    {
                        ["role"] = row.GetBoolean(0) ? "standby" : "primary",
                        ["epoch"] = row.GetInt32(1),
                        ["position"] = position,
                        ["received"] = position,
                        ["connected"] = row.GetBoolean(3),
                    };
                }
            }
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException or IOException or System.Net.Sockets.SocketException)
        {
            return null;
        }
    }

    public ValueTask DisposeAsync() => _source.DisposeAsync();
}
