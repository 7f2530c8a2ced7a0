using DrOrchestrator.EndToEnd.Harness;

namespace DrOrchestrator.EndToEnd.Kill;

/// <summary>Starts the server again at once whenever it has died, also when it dies before it is ready, until disposed; the server is then left as it is.</summary>
internal sealed class Supervisor : IAsyncDisposable
{
    /// <summary>What a process that was killed by SIGKILL leaves as its exit code.</summary>
    public const int Killed = 128 + 9;

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(10);

    private readonly ServerProcess _server;
    private readonly CancellationTokenSource _over = new();
    private readonly List<int> _exits = [];
    private readonly Task _work;

    public Supervisor(ServerProcess server)
    {
        _server = server;
        _work = Task.Run(WatchAsync);
    }

    /// <summary>Exit code of each death.</summary>
    public IReadOnlyList<int> Exits => _exits;

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await _work;
        _over.Dispose();
    }

    private async Task WatchAsync()
    {
        // A server that ends by itself is no death to cure: the run will not go on, and the test says with which code.
        while (!_over.IsCancellationRequested && _exits.TrueForAll(code => code == Killed))
        {
            if (!_server.HasExited)
            {
                await Patience.PauseAsync(Look, CancellationToken.None);
                continue;
            }

            _exits.Add(_server.ExitCode);
            try
            {
                await _server.StartAgainAsync();
            }
            catch (InvalidOperationException)
            {
                // Killed again before it was ready.
            }
        }
    }
}
