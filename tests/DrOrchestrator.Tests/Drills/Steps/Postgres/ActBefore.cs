namespace DrOrchestrator.Tests.Drills.Steps.Postgres;

/// <summary>Does something once, before the first request whose path holds a text leaves.</summary>
internal sealed class ActBefore(string path, Func<Task> act) : DelegatingHandler
{
    private int _done;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.RequestUri!.AbsolutePath.Contains(path, StringComparison.Ordinal) && Interlocked.Exchange(ref _done, 1) == 0)
        {
            await act();
        }

        return await base.SendAsync(request, cancellationToken);
    }
}
