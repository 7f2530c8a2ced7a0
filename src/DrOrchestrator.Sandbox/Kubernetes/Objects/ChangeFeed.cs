using System.Threading.Channels;

namespace DrOrchestrator.Sandbox.Kubernetes.Objects;

/// <summary>Wakes one reader after changes of the kinds it cares for; several changes may be one waking.</summary>
internal sealed class ChangeFeed(Func<Change, bool> concerns) : IDisposable
{
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public void Offer(Change change)
    {
        if (concerns(change))
        {
            Wake();
        }
    }

    public void Wake() => _signal.Writer.TryWrite(true);

    public async ValueTask WaitAsync(CancellationToken cancellationToken) => await _signal.Reader.ReadAsync(cancellationToken);

    /// <summary>As <see cref="WaitAsync(CancellationToken)"/>, but not longer than <paramref name="limit"/>.</summary>
    public async ValueTask WaitAsync(TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(limit < TimeSpan.Zero ? TimeSpan.Zero : limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            await _signal.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            // Time is up: the caller looks again.
        }
    }

    public void Dispose() => _signal.Writer.TryComplete();
}
