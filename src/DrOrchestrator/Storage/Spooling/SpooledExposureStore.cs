using System.Collections.Concurrent;
using DrOrchestrator.Availability;
using DrOrchestrator.RecoveryPoints;

namespace DrOrchestrator.Storage.Spooling;

/// <summary>
/// Exposures through the spool. While the database is away, a window is answered by what the database last told of one of the same length, together with what was
/// seen since: nothing that counted before is forgotten, and the worst can only be too large. One nobody had asked for before has only what was seen since.
/// </summary>
internal sealed class SpooledExposureStore(IExposureStore inner, Lazy<SpooledWrites> writes, PromptReads reads) : IExposureStore
{
    private readonly ConcurrentDictionary<(string Question, string System, string Standby, TimeSpan Window, TimeSpan Limit), object> _told = new();

    public Task SaveAsync(IReadOnlyList<ExposureSample> samples, CancellationToken cancellationToken) => writes.Value.WriteAsync(samples, cancellationToken);

    public ExposureWorst Worst(string system, string standby, DateTimeOffset from, DateTimeOffset to)
    {
        var waiting = Waiting(system, standby, from, to);
        var stored = Ask(("worst", system, standby, Rounded(from, to), default), () => inner.Worst(system, standby, from, to), new ExposureWorst(null, 0, 0, 0));
        return new ExposureWorst(
            Larger(stored.WorstSeconds, waiting.Max(s => s.WorstMilliseconds) / 1000.0),
            stored.ObservedSeconds + Seconds(waiting, _ => true),
            stored.NotProtectedSeconds + Seconds(waiting, s => s.State == ReplicationState.NotProtected),
            stored.UnknownSeconds + Seconds(waiting, s => s.State == ReplicationState.Unknown))
        {
            SynchronousSeconds = stored.SynchronousSeconds + Seconds(waiting, s => s.IsSynchronous),
        };
    }

    public IReadOnlyList<DateTimeOffset> Seconds(string system, string standby, DateTimeOffset from, DateTimeOffset to)
    {
        var waiting = Waiting(system, standby, from, to);
        var stored = Ask<IReadOnlyList<DateTimeOffset>>(("seconds", system, standby, Rounded(from, to), default), () => inner.Seconds(system, standby, from, to), []);
        return [.. stored.Where(second => second < to && second.AddSeconds(1) > from).Union(waiting.Where(s => !s.IsCarried && s.Second.AddSeconds(1) > from).Select(s => s.Second)).Order()];
    }

    public IReadOnlyList<ExposureMinute> Minutes(string system, string standby, DateTimeOffset from, DateTimeOffset to)
    {
        var waiting = Waiting(system, standby, from, to);
        var stored = Ask<IReadOnlyList<ExposureMinute>>(("minutes", system, standby, Rounded(from, to), default), () => inner.Minutes(system, standby, from, to), []);
        return waiting.Count == 0
            ? stored
            : [.. stored.Concat(waiting.GroupBy(s => MinuteOf(s.Second)).Select(Minute)).GroupBy(minute => minute.At).Select(same => same.Aggregate(Together)).OrderBy(minute => minute.At)];
    }

    public ExposureTotals Totals(string system, string standby, DateTimeOffset from, DateTimeOffset to, TimeSpan limit)
    {
        var waiting = Waiting(system, standby, from, to);
        var stored = Ask(
            ("totals", system, standby, Rounded(from, to), limit), () => inner.Totals(system, standby, from, to, limit), new ExposureTotals(null, 0, 0, 0, 0, 0, 0, null));
        return waiting.Count == 0 ? stored : ExposureWindows.Add(stored, waiting, limit);
    }

    private IReadOnlyList<ExposureSample> Waiting(string system, string standby, DateTimeOffset from, DateTimeOffset to) =>
        writes.Value.Overlay.Exposures(system, standby, from, to);

    private T Ask<T>((string Question, string System, string Standby, TimeSpan Window, TimeSpan Limit) key, Func<T> ask, T otherwise)
        where T : class
    {
        try
        {
            return reads.Ask(
                "exposures",
                () =>
                {
                    var told = ask();
                    _told[key] = told;
                    return told;
                },
                _told.ContainsKey(key));
        }
        catch (RecordsAwayException)
        {
            return (T)_told.GetValueOrDefault(key, otherwise);
        }
    }

    private static ExposureMinute Minute(IGrouping<DateTimeOffset, ExposureSample> minute) => new(
        minute.Key,
        minute.Max(s => s.WorstMilliseconds) / 1000.0,
        minute.Min(s => s.BestMilliseconds ?? s.WorstMilliseconds) / 1000.0,
        Seconds(minute, _ => true),
        Seconds(minute, s => s.State == ReplicationState.NotProtected),
        Seconds(minute, s => s.State == ReplicationState.Unknown),
        Seconds(minute, s => s.IsSynchronous));

    private static ExposureMinute Together(ExposureMinute a, ExposureMinute b) => new(
        a.At,
        Larger(a.WorstSeconds, b.WorstSeconds),
        a.BestSeconds is { } one && b.BestSeconds is { } other ? Math.Min(one, other) : a.BestSeconds ?? b.BestSeconds,
        a.ObservedSeconds + b.ObservedSeconds,
        a.NotProtectedSeconds + b.NotProtectedSeconds,
        a.UnknownSeconds + b.UnknownSeconds,
        a.SynchronousSeconds + b.SynchronousSeconds);

    private static long Seconds(IEnumerable<ExposureSample> samples, Func<ExposureSample, bool> which) => samples.Where(which).Sum(s => (long)s.Covers);

    private static DateTimeOffset MinuteOf(DateTimeOffset moment) => new(moment.UtcTicks - (moment.UtcTicks % TimeSpan.TicksPerMinute), TimeSpan.Zero);

    private static double? Larger(double? a, double? b) => a is null || b > a ? b : a;

    /// <summary>Windows slide with the clock; how long they are stays the same.</summary>
    private static TimeSpan Rounded(DateTimeOffset from, DateTimeOffset to) => TimeSpan.FromSeconds(Math.Round((to - from).TotalSeconds));
}
