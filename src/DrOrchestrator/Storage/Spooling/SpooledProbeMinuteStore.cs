using DrOrchestrator.Availability;

namespace DrOrchestrator.Storage.Spooling;

/// <summary>Minutes through the spool. While the database is away only those that wait are read: the running hour, not the past.</summary>
internal sealed class SpooledProbeMinuteStore(IProbeMinuteStore inner, Lazy<SpooledWrites> writes, PromptReads reads) : IProbeMinuteStore
{
    public Task SaveAsync(IReadOnlyList<SeenMinute> minutes, CancellationToken cancellationToken) =>
        writes.Value.WriteAsync(new TimelineBatch([], [], []) { Minutes = minutes }, cancellationToken);

    public async Task<IReadOnlyList<SeenMinute>> ReadAsync(string probe, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        var waiting = writes.Value.Overlay.Minutes(probe, from, to);
        try
        {
            var stored = await reads.AskAsync("minutes", () => inner.ReadAsync(probe, from, to, CancellationToken.None), hasFallback: true, cancellationToken).ConfigureAwait(false);
            return waiting.Count == 0 ? stored : new ProbePast([], stored).With(waiting).Minutes;
        }
        catch (RecordsAwayException)
        {
            return waiting;
        }
    }

    public async Task<ProbePast> ReadPastAsync(string probe, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        // What waits may be there already, also rolled up into its hour, which knows it then.
        var waiting = writes.Value.Overlay.Minutes(probe, from, to);
        var stored = await inner.ReadPastAsync(probe, from, to, cancellationToken).ConfigureAwait(false);
        return waiting.Count == 0 ? stored : stored.With(waiting);
    }

    public Task<int> RollUpAsync(DateTimeOffset now, CancellationToken cancellationToken) => inner.RollUpAsync(now, cancellationToken);
}
