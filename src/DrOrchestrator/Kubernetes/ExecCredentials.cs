namespace DrOrchestrator.Kubernetes;

/// <summary>The credential of one connection that a program fetches: kept until it is nearly over or a server refuses it, and one run at a time, however many wait for it.</summary>
internal sealed class ExecCredentials(ExecPlugin plugin, TimeProvider time) : IDisposable
{
    /// <summary>How long a failure is the answer, before the program is started again.</summary>
    internal static readonly TimeSpan HeldFailure = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _life = new();
    private readonly Lock _gate = new();
    private ExecCredential? _kept;
    private (ClusterAccessException Failure, long At)? _failed;
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

            // A program that fails is not started again by every request that comes: it would be all that this server does.
            if (_failed is { } failed && time.GetElapsedTime(failed.At) < HeldFailure)
            {
                return Task.FromException<ExecCredential>(new ClusterAccessException(failed.Failure.Message) { MayPass = failed.Failure.MayPass });
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
                (_kept, _failed) = (fetched, null);
            }

            return fetched;
        }
        catch (ClusterAccessException failure)
        {
            lock (_gate)
            {
                _failed = (failure, time.GetTimestamp());
            }

            throw;
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
