using DrOrchestrator.EndToEnd.Harness;

namespace DrOrchestrator.EndToEnd.Audit;

/// <summary>One write of the client outside.</summary>
internal sealed record OutsideWrite(DateTimeOffset SentAt, DateTimeOffset AnsweredAt, bool Acknowledged);

/// <summary>
/// Somebody who knows nothing of the orchestrator: writes through the front door all the time, each write over a connection of its own, and keeps what it saw.
/// </summary>
internal sealed class OutsideClient : IAsyncDisposable
{
    private static readonly TimeSpan Spacing = TimeSpan.FromMilliseconds(10);

    private readonly LedgerWriter _writer;
    private readonly CancellationTokenSource _over = new();
    private readonly List<OutsideWrite> _writes = [];
    private readonly Task _work;

    public OutsideClient(Uri frontDoor)
    {
        _writer = new LedgerWriter(frontDoor);
        _work = Task.Run(WriteAsync);
    }

    /// <summary>Ends it; what it saw does not change any more.</summary>
    public async Task<IReadOnlyList<OutsideWrite>> StopAsync()
    {
        await _over.CancelAsync();
        await _work;
        return _writes;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _writer.Dispose();
        _over.Dispose();
    }

    private async Task WriteAsync()
    {
        while (!_over.IsCancellationRequested)
        {
            DateTimeOffset sent = TimeProvider.System.GetUtcNow();
            WriteFate fate = await _writer.WriteAsync($"outside-{_writes.Count}");
            _writes.Add(new OutsideWrite(sent, TimeProvider.System.GetUtcNow(), fate == WriteFate.Acknowledged));
            await Patience.PauseAsync(Spacing, CancellationToken.None);
        }
    }
}
