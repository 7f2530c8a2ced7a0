using System.Collections.Concurrent;
using System.Net.Sockets;
using DrOrchestrator.EndToEnd.Harness;
using Npgsql;

namespace DrOrchestrator.EndToEnd.Postgres;

/// <summary>A row that a server committed.</summary>
/// <param name="Transaction">The server's own number of it.</param>
internal sealed record CommittedRow(string Site, long Number, string Transaction, TimeSpan SentAt, TimeSpan CommittedAt);

/// <summary>
/// Attached to both PostgreSQL servers all the time, each at its own port, past everything of the lab and the orchestrator: writes a row about every 10 ms wherever one is
/// taken, until disposed.
/// </summary>
internal sealed class BothSidesWriter : IAsyncDisposable
{
    private static readonly TimeSpan Spacing = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    private readonly ConcurrentQueue<CommittedRow> _committed = [];
    private readonly CancellationTokenSource _over = new(Limit, TimeProvider.System);
    private readonly long _began = TimeProvider.System.GetTimestamp();
    private readonly Task _work;

    private BothSidesWriter(LabProcess lab) => _work = Task.WhenAll(((string[])["primary", "dr"]).Select(site => WriteAsync(site, lab.DatabaseOf(site))));

    /// <summary>In the order of their acknowledgement.</summary>
    public IReadOnlyList<CommittedRow> Committed => [.. _committed.OrderBy(r => r.CommittedAt)];

    /// <summary>Since it began.</summary>
    public TimeSpan Now => TimeProvider.System.GetElapsedTime(_began);

    public static async Task<BothSidesWriter> StartAsync(LabProcess lab)
    {
        await using var connection = new NpgsqlConnection(lab.DatabaseOf("primary") + ";Timeout=30;Command Timeout=30");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("CREATE TABLE outside (site text NOT NULL, number bigint NOT NULL)", connection);
        await command.ExecuteNonQueryAsync();
        return new BothSidesWriter(lab);
    }

    /// <summary>Waits until a site has committed so many rows from now on.</summary>
    public Task WaitForAsync(string site, int more)
    {
        int wanted = _committed.Count(row => row.Site == site) + more;
        return Patience.UntilAsync($"{site} commits {more} rows more", Patience.Start, () => _committed.Count(row => row.Site == site) >= wanted);
    }

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await _work;
        _over.Dispose();
    }

    private async Task WriteAsync(string site, string database)
    {
        long number = 0;
        while (!_over.IsCancellationRequested)
        {
            try
            {
                await using var connection = new NpgsqlConnection(database);
                await connection.OpenAsync(_over.Token);
                while (!_over.IsCancellationRequested)
                {
                    TimeSpan sent = Now;
                    await using var command = new NpgsqlCommand("INSERT INTO outside VALUES ($1, $2) RETURNING pg_current_xact_id()::text", connection) { Parameters = { new() { Value = site }, new() { Value = ++number } } };
                    var transaction = (string)(await command.ExecuteScalarAsync(CancellationToken.None))!;
                    _committed.Enqueue(new CommittedRow(site, number, transaction, sent, Now));
                    await Patience.PauseAsync(Spacing, CancellationToken.None);
                }
            }
            catch (Exception e) when (e is NpgsqlException or SocketException or IOException or TimeoutException or OperationCanceledException)
            {
                // A standby, a server that starts, or nobody there: committed is only what says so.
                await Patience.PauseAsync(Spacing, CancellationToken.None);
            }
        }
    }
}
