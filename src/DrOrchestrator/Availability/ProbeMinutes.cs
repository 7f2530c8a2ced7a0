namespace DrOrchestrator.Availability;

/// <summary>See <see cref="IProbeMinutes"/>.</summary>
internal sealed class ProbeMinutes(IProbeMinuteStore store, Timeline timeline) : IProbeMinutes
{
    public async Task<IReadOnlyList<ProbeMinute>> ReadAsync(string probe, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        // Memory first, and there in the order in which a minute travels: it is then seen once or twice, never not at all. Twice is told by its epoch.
        var seen = timeline.MinutesInMemory(probe).Where(minute => minute.Minute.Minute >= from && minute.Minute.Minute < to).ToList();
        seen.AddRange(await store.ReadAsync(probe, from, to, cancellationToken).ConfigureAwait(false));
        return
        [
            .. seen.GroupBy(minute => (minute.Epoch, minute.Minute.Minute))
                .Select(versions => versions.MaxBy(version => version.Minute.Results)!.Minute)
                .GroupBy(minute => minute.Minute)
                .OrderBy(minute => minute.Key)
                .Select(epochs => epochs.Aggregate((sum, next) => sum.Merge(next))),
        ];
    }

    public async Task<ProbeSpan> SumAsync(string probe, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        // As above: memory first, and what is seen twice tells itself.
        var inMemory = timeline.MinutesInMemory(probe).Where(seen => seen.Minute.Minute >= from && seen.Minute.Minute < to).ToList();
        var past = await store.ReadPastAsync(probe, from, to, cancellationToken).ConfigureAwait(false);
        return past.With(inMemory).Sum();
    }
}
