using DrOrchestrator.Sandbox.Wire;

namespace DrOrchestrator.Sandbox.Ledger;

/// <summary>The container <c>ledger-store</c>.</summary>
internal sealed class LedgerStorePod : IAsyncDisposable
{
    private static readonly TimeSpan LockPatience = TimeSpan.FromSeconds(5);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Volume _volume;
    private readonly LedgerLog _log;
    private readonly LogReceiver _receiver;
    private readonly Task _receiving;
    private readonly LedgerStore _store;
    private LoopbackServer? _server;

    private LedgerStorePod(PodSettings settings, Volume volume, TimeProvider time)
    {
        _volume = volume;
        StoreState? state = StoreState.Read(volume.StatePath);
        _log = volume.OpenLog(ref state, time);
        if (state is null)
        {
            state = new StoreState(settings.InitialRole, Epoch: 1, Forks: []);
            state.Write(volume.StatePath);
        }

        _store = new LedgerStore(_log, state, volume.StatePath);
        _receiver = new LogReceiver(_store, settings.PeerStoreUrl, time);
        _receiving = _receiver.RunAsync(_stopping.Token);
        Sender = new LogSender(_store, settings.ReplicationDelay, settings.FaultsFile, time, _stopping.Token);
    }

    public Uri Url => _server!.Url;

    /// <summary>Ends when the disk fails; then the process must.</summary>
    public Task Completion => _store.Completion;

    private LogSender Sender { get; }

    /// <summary>Opens the volume and serves.</summary>
    /// <exception cref="InvalidDataException">The volume is held by another process, or its log is damaged.</exception>
    public static async Task<LedgerStorePod> StartAsync(PodSettings settings, TimeProvider time, CancellationToken cancellationToken)
    {
        Volume volume = await TakeAsync(settings.Volume, time, cancellationToken).ConfigureAwait(false);
        LedgerStorePod pod;
        try
        {
            pod = new LedgerStorePod(settings, volume, time);
        }
        catch
        {
            volume.Dispose();
            throw;
        }

        try
        {
            var endpoints = new StoreEndpoints(pod._store, pod.Sender, () => pod._receiver.Connected);
            pod._server = await LoopbackServer.StartAsync(settings.Port, endpoints.HandleAsync, time, cancellationToken).ConfigureAwait(false);
            return pod;
        }
        catch
        {
            await pod.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public static async Task<int> RunAsync(PodSettings settings, bool ignoreSigterm)
    {
        using var life = new ProcessLife(ignoreSigterm);
        LedgerStorePod pod = await StartAsync(settings, TimeProvider.System, life.Stopping).ConfigureAwait(false);
        await using (pod.ConfigureAwait(false))
        {
            Console.WriteLine($"ledger-store of {settings.Site}: {pod._store.State.RoleWord} at epoch {pod._store.State.Epoch}, position {pod._log.End}");
            Task first = await Task.WhenAny(life.WaitAsync(), pod.Completion).ConfigureAwait(false);
            if (first == pod.Completion)
            {
                await Console.Error.WriteLineAsync($"ledger-store: the volume failed: {pod.Completion.Exception?.InnerException?.Message}").ConfigureAwait(false);

                // Not in order: nothing that is still waiting for an answer may get one.
                Environment.Exit(1);
            }
        }

        return 0;
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        if (_server is not null)
        {
            await _server.DisposeAsync().ConfigureAwait(false);
        }

        await _receiving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _receiver.Dispose();
        await _store.DisposeAsync().ConfigureAwait(false);
        _log.Dispose();
        _volume.Dispose();
        _stopping.Dispose();
    }

    /// <summary>A predecessor that is being killed may hold the lock for a moment longer.</summary>
    private static async Task<Volume> TakeAsync(string folder, TimeProvider time, CancellationToken cancellationToken)
    {
        long start = time.GetTimestamp();
        while (true)
        {
            if (Volume.TryTake(folder) is { } volume)
            {
                return volume;
            }

            if (time.GetElapsedTime(start) > LockPatience)
            {
                throw new InvalidDataException($"the volume {folder} is in use by another process (a store or a rejoin); this store does not start on it");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), time, cancellationToken).ConfigureAwait(false);
        }
    }
}
