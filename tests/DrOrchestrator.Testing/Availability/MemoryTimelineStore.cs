using DrOrchestrator.Availability;

namespace DrOrchestrator.Testing.Availability;

/// <summary>Timelines in memory; what is closed stays closed here too.</summary>
public sealed class MemoryTimelineStore : ITimelineStore
{
    private readonly object _gate = new();
    private readonly List<Interval> _intervals = [];
    private readonly List<Blip> _blips = [];
    private readonly Dictionary<string, ObservedUntil> _observed = new(StringComparer.Ordinal);

    /// <summary>Where the minutes of a batch go.</summary>
    public MemoryProbeMinuteStore Minutes { get; } = new();

    /// <summary>Thrown by the next writes while set.</summary>
    public Exception? Failure { get; set; }

    /// <summary>Writes wait for it, as at a disk that hangs.</summary>
    public Task Waits { get; set; } = Task.CompletedTask;

    public Task<IReadOnlyList<Interval>> ReadAsync(string subject, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return Task.FromResult<IReadOnlyList<Interval>>(
                [.. _intervals.Where(i => i.Subject == subject && i.Start.Earliest < to && (i.End is not { } end || end.Latest > from))]);
        }
    }

    public Task<IReadOnlyList<Blip>> ReadBlipsAsync(string subject, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return Task.FromResult<IReadOnlyList<Blip>>([.. _blips.Where(b => b.Subject == subject && b.From < to && b.To > from).OrderBy(b => b.From)]);
        }
    }

    public Task<IReadOnlyList<Blip>> ReadBlipsAsync(DateTimeOffset endedAfter, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return Task.FromResult<IReadOnlyList<Blip>>([.. _blips.Where(b => b.To > endedAfter).OrderBy(b => b.Subject, StringComparer.Ordinal).ThenBy(b => b.From)]);
        }
    }

    public async Task SaveAsync(TimelineBatch batch, CancellationToken cancellationToken)
    {
        await Waits;
        await Save(batch, cancellationToken);
    }

    private Task Save(TimelineBatch batch, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (Failure is { } failure)
            {
                return Task.FromException(failure);
            }

            foreach (var change in batch.Changes)
            {
                var open = _intervals.FindIndex(i => i.Subject == change.Subject && i.End is null);
                if (open >= 0)
                {
                    _intervals[open] = _intervals[open] with { End = change.At };
                }

                _intervals.Add(new Interval(change.Subject, change.State, change.At, null, change.Reason));
            }

            _blips.AddRange(batch.Blips);
            foreach (var observed in batch.Observed)
            {
                _observed[observed.Subject] = observed;
            }

            return Minutes.SaveAsync(batch.Minutes, cancellationToken);
        }
    }

    public Task<IReadOnlyDictionary<string, TimelineTail>> ReadTailsAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return Task.FromResult<IReadOnlyDictionary<string, TimelineTail>>(_intervals.Where(i => i.End is null).ToDictionary(
                i => i.Subject,
                i => new TimelineTail(i, _observed.GetValueOrDefault(i.Subject) ?? new ObservedUntil(i.Subject, i.Start.Latest, null, null)),
                StringComparer.Ordinal));
        }
    }
}
