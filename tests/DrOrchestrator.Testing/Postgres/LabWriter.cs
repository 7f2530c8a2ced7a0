using System.Globalization;
using System.Net.Sockets;
using Npgsql;

namespace DrOrchestrator.Testing.Postgres;

/// <summary>
/// A client of ONE server, for as long as a test runs: about 100 numbered rows a second, each sent once, each acknowledged, refused or in doubt. Attached to both servers of a
/// lab at once, two of them show whether both ever accepted writes.
/// </summary>
public sealed class LabWriter : IAsyncDisposable
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stopping = new();
    private readonly PostgresServer _server;
    private readonly Task _writing;
    private readonly List<(long Number, long SentAt, long At)> _acknowledged = [];
    private readonly List<long> _inDoubt = [];
    private readonly Dictionary<long, string> _transactions = [];

    public LabWriter(PostgresServer server, string side)
    {
        (_server, Side) = (server, side);
        _writing = Task.Run(WriteAsync);
    }

    public string Side { get; }

    /// <summary>Makes the table, at a primary.</summary>
    public static Task PrepareAsync(PostgresServer primary) =>
        primary.ExecuteAsync("CREATE TABLE IF NOT EXISTS posting (side text, number bigint, PRIMARY KEY (side, number))");

    /// <summary>Numbers acknowledged so far, with the moments they were sent and acknowledged (ticks of the system's monotonic clock).</summary>
    public IReadOnlyList<(long Number, long SentAt, long At)> Acknowledged
    {
        get
        {
            lock (_acknowledged)
            {
                return [.. _acknowledged];
            }
        }
    }

    /// <summary>The server's own number of the transaction in which each acknowledged row was written.</summary>
    public IReadOnlyDictionary<long, string> Transactions
    {
        get
        {
            lock (_acknowledged)
            {
                return new Dictionary<long, string>(_transactions);
            }
        }
    }

    /// <summary>Numbers of which nobody knows whether they were written.</summary>
    public IReadOnlyList<long> InDoubt
    {
        get
        {
            lock (_acknowledged)
            {
                return [.. _inDoubt];
            }
        }
    }

    /// <summary>Waits until so many more rows have been acknowledged.</summary>
    public async Task WaitForAsync(int more)
    {
        var wanted = Acknowledged.Count + more;
        var began = TimeProvider.System.GetTimestamp();
        while (Acknowledged.Count < wanted)
        {
            if (TimeProvider.System.GetElapsedTime(began) > TimeSpan.FromSeconds(60))
            {
                throw new TimeoutException($"the writer at {Side} got {Acknowledged.Count} acknowledged, {wanted} are waited for");
            }

            await Task.Delay(Pace, TimeProvider.System);
        }
    }

    /// <summary>The numbers that a server has of this writer.</summary>
    public async Task<HashSet<long>> FoundAtAsync(PostgresServer server)
    {
        var found = await server.ScalarAsync<string>($"SELECT COALESCE(string_agg(number::text, ','), '') FROM posting WHERE side = '{Side}'");
        return [.. found.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(number => long.Parse(number, CultureInfo.InvariantCulture))];
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _writing;
        _stopping.Dispose();
    }

    private async Task WriteAsync()
    {
        var number = 0L;
        while (!_stopping.IsCancellationRequested)
        {
            await using var connection = new NpgsqlConnection(_server.ConnectionTo("postgres", "Cancellation Timeout=-1;Keepalive=1"));
            var warned = false;
            connection.Notice += (_, notice) => warned |= notice.Notice.SqlState == "01000";
            try
            {
                await connection.OpenAsync(_stopping.Token);
                while (await SendAsync(connection, ++number, () => warned))
                {
                    warned = false;
                    await Task.Delay(Pace, TimeProvider.System, _stopping.Token);
                }
            }
            catch (Exception exception) when (exception is NpgsqlException or SocketException or OperationCanceledException or TimeoutException or IOException)
            {
                // Not connected: nothing was sent.
            }

            await Task.WhenAny(Task.Delay(Pace, TimeProvider.System, _stopping.Token));
        }
    }

    /// <summary>True while the connection is good.</summary>
    private async Task<bool> SendAsync(NpgsqlConnection connection, long number, Func<bool> warned)
    {
        await using var command = new NpgsqlCommand("INSERT INTO posting (side, number) VALUES ($1, $2) RETURNING pg_current_xact_id()::text", connection) { Parameters = { new() { Value = Side }, new() { Value = number } } };
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
        timeout.CancelAfter(Patience);
        var sentAt = TimeProvider.System.GetTimestamp();
        try
        {
            var transaction = (string)(await command.ExecuteScalarAsync(timeout.Token))!;
            lock (_acknowledged)
            {
                if (warned())
                {
                    _inDoubt.Add(number);
                }
                else
                {
                    _acknowledged.Add((number, sentAt, TimeProvider.System.GetTimestamp()));
                    _transactions[number] = transaction;
                }
            }

            return true;
        }
        catch (PostgresException refused) when (refused.SqlState is "25006" or "57P03")
        {
            // A standby, or a server that is starting: surely not written.
            return true;
        }
        catch (Exception exception) when (exception is NpgsqlException or SocketException or OperationCanceledException or TimeoutException or IOException)
        {
            lock (_acknowledged)
            {
                _inDoubt.Add(number);
            }

            return false;
        }
    }
}
