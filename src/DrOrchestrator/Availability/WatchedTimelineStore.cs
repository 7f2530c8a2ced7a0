using System.Collections.Concurrent;

namespace DrOrchestrator.Availability;

/// <summary>Counts the changes of every subject as they become durable, so that rows read once stay good until one comes.</summary>
internal sealed class WatchedTimelineStore(ITimelineStore store) : ITimelineStore
{
    private readonly ConcurrentDictionary<string, long> _changes = new(StringComparer.Ordinal);

    /// <summary>Take it before reading: a change that becomes durable meanwhile then makes the rows old, not unseen.</summary>
    public long VersionOf(string subject) => _changes.GetValueOrDefault(subject);

    public async Task SaveAsync(TimelineBatch batch, CancellationToken cancellationToken)
    {
        try
        {
            await store.SaveAsync(batch, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            // Also after a failure: of a commit that was cut off nobody knows whether it came through.
            foreach (var subject in batch.Changes.Select(change => change.Subject).Concat(batch.Blips.Select(blip => blip.Subject)))
            {
                _changes.AddOrUpdate(subject, 1, static (_, version) => version + 1);
            }
        }
    }

    public Task<IReadOnlyList<Interval>> ReadAsync(string subject, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken) =>
        store.ReadAsync(subject, from, to, cancellationToken);

    public Task<IReadOnlyList<Blip>> ReadBlipsAsync(string subject, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken) =>
        store.ReadBlipsAsync(subject, from, to, cancellationToken);

    public Task<IReadOnlyDictionary<string, TimelineTail>> ReadTailsAsync(CancellationToken cancellationToken) => store.ReadTailsAsync(cancellationToken);
}
