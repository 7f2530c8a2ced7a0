namespace DrOrchestrator.Kubernetes;

/// <summary>The credential of one connection that a program fetches: kept until it is nearly over or a server refuses it, and one run at a time, however many wait for it.</summary>
internal sealed class ExecCredentials(ExecPlugin plugin, TimeProvider time) : IDisposable
{
    private readonly CancellationTokenSource _life = new();
    private readonly Lock _gate = new();
    private ExecCredential? _kept;
    private Task<ExecCredential>? _running;

    /// <summary>Throws <see cref="ClusterAccessException"/>; a caller that gives up leaves the run to the others.</summary>
    public Task<ExecCredential> CurrentAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_kept is { } kept && kept.IsFresh(time.GetUtcNow()))
            {
                return Task.FromResult(kept);
            }

            _running ??= Task.Run(RunAsync, CancellationToken.None);
            return _running.WaitAsync(cancellationToken);
        }
    }

    /// <summary>A server refused it. Another one that has come since is kept.</summary>
    public void Discard(ExecCredential refused)
    {
        lock (_gate)
        {
            _kept = _kept == refused ? null : _kept;
        }
    }

    public void Dispose()
    {
        _life.Cancel();
        _life.Dispose();
    }

    private async Task<ExecCredential> RunAsync()
    {
        try
        {
            var fetched = await plugin.RunAsync(_life.Token).ConfigureAwait(false);
            lock (_gate)
            {
                _kept = fetched;
            }

            return fetched;
        }
        finally
        {
            lock (_gate)
            {
                _running = null;
            }
        }
    }
}
