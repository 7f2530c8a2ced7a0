namespace DrOrchestrator.Testing.Kubernetes;

/// <summary>
/// A process that dies at its n-th write: the request is lost, or it lands and its answer is lost. Nothing is sent after that, and <see cref="Token"/> is cancelled.
/// (Dying at a read is dying after the write before it has landed.)
/// </summary>
public sealed class DyingProcess(int atWrite, bool landed) : DelegatingHandler
{
    private readonly CancellationTokenSource _death = new();
    private int _count;

    public CancellationToken Token => _death.Token;

    public bool HasDied => _death.IsCancellationRequested;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        _death.Token.ThrowIfCancellationRequested();
        if (request.Method == HttpMethod.Get || Interlocked.Increment(ref _count) != atWrite)
        {
            return await base.SendAsync(request, cancellationToken);
        }

        if (landed)
        {
            (await base.SendAsync(request, CancellationToken.None)).Dispose();
        }

        await _death.CancelAsync();
        throw new OperationCanceledException(_death.Token);
    }
}
