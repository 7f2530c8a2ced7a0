using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace DrOrchestrator.Testing.Postgres;

/// <summary>
/// Where the clients of a lab come in: hands each new connection to the server that accepts writes, as a proxy in front of a pair does; a connection for which there is none is
/// closed.
/// </summary>
public sealed class LabFrontDoor : IAsyncDisposable
{
    private static readonly TimeSpan LongestQuestion = TimeSpan.FromMilliseconds(150);

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly int[] _servers;
    private readonly List<Task> _work = [];

    public LabFrontDoor(params PostgresServer[] servers)
        : this([.. servers.Select(server => server.Port)])
    {
    }

    /// <param name="servers">Ports at which it reaches them.</param>
    public LabFrontDoor(params int[] servers)
    {
        _servers = servers;
        _listener.Start();
        _work.Add(AcceptAsync());
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Stop();
        List<Task> work;
        lock (_work)
        {
            work = [.. _work];
        }

        await Task.WhenAll(work);
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                var client = await _listener.AcceptTcpClientAsync(_stopping.Token);
                lock (_work)
                {
                    _work.RemoveAll(task => task.IsCompleted);
                    _work.Add(ServeAsync(client));
                }
            }
            catch (Exception exception) when (exception is OperationCanceledException or SocketException)
            {
                return;
            }
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                var answers = await Task.WhenAll(_servers.Select(AcceptsWritesAsync));
                if (Array.IndexOf(answers, true) is var serving && serving < 0)
                {
                    return;
                }

                using var upstream = new TcpClient { NoDelay = true };
                client.NoDelay = true;
                await upstream.ConnectAsync(IPAddress.Loopback, _servers[serving], _stopping.Token);
                await Task.WhenAny(client.GetStream().CopyToAsync(upstream.GetStream(), _stopping.Token), upstream.GetStream().CopyToAsync(client.GetStream(), _stopping.Token));
            }
            catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // The connection has ended, on either side.
            }
        }
    }

    private async Task<bool> AcceptsWritesAsync(int server)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
        timeout.CancelAfter(LongestQuestion);
        try
        {
            await using var connection = new NpgsqlConnection($"Host=127.0.0.1;Port={server};Username=postgres;Database=postgres;Pooling=false;Timeout=5;Cancellation Timeout=-1");
            await connection.OpenAsync(timeout.Token);
            await using var command = new NpgsqlCommand("SELECT NOT pg_is_in_recovery()", connection);
            return await command.ExecuteScalarAsync(timeout.Token) is true;
        }
        catch (Exception exception) when (exception is NpgsqlException or OperationCanceledException or TimeoutException or SocketException)
        {
            return false;
        }
    }
}
