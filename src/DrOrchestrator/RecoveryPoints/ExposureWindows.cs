namespace DrOrchestrator.RecoveryPoints;

/// <summary>Sums and series over minutes; pure.</summary>
internal static class ExposureWindows
{
    /// <summary>What is stored, and what is not written yet.</summary>
    public static ExposureTotals Add(ExposureTotals stored, IReadOnlyList<ExposureSample> unwritten, TimeSpan limit)
    {
        var milliseconds = (long)limit.TotalMilliseconds;
        long Sum(Func<ExposureSample, bool> which) => unwritten.Where(which).Sum(s => (long)s.Covers);
        return new ExposureTotals(
            Larger(stored.WorstSeconds, unwritten.Max(s => s.WorstMilliseconds) / 1000.0),
            stored.ObservedSeconds + Sum(_ => true),
            stored.NotProtectedSeconds + Sum(s => s.State is ReplicationState.NotProtected),
            stored.UnknownSeconds + Sum(s => s.State is ReplicationState.Unknown),
            stored.SynchronousSeconds + Sum(s => s.IsSynchronous),
            stored.OverHighestSeconds + Sum(s => s.State is not ReplicationState.Protected || !(s.WorstMilliseconds <= milliseconds)),
            stored.OverLowestSeconds + Sum(s => s.State is ReplicationState.NotProtected || (s.BestMilliseconds ?? s.WorstMilliseconds) > milliseconds),
            stored.FirstMinute ?? (unwritten.Count > 0 ? unwritten.Min(s => s.Second) : null));
    }

    /// <summary>What no minute tells of was seen by nobody, and counts as over the limit in the upper bound.</summary>
    public static ExposureWindow Of(ExposureTotals totals, DateTimeOffset from, DateTimeOffset to)
    {
        // Minutes at the edges count whole, and a second may be on its way to the disk: no sum may exceed the window.
        var window = Math.Max(0, (to - from).TotalSeconds);
        double Within(long seconds) => Math.Min(seconds, window);
        var unseen = Math.Max(0, window - totals.ObservedSeconds);
        return new ExposureWindow(
            from,
            to,
            totals.WorstSeconds,
            window,
            Within(totals.ObservedSeconds),
            unseen,
            Within(totals.NotProtectedSeconds),
            Within(totals.UnknownSeconds),
            Within(totals.SynchronousSeconds),
            Math.Min(window, totals.OverHighestSeconds + unseen),
            Within(totals.OverLowestSeconds),
            totals.FirstMinute);
    }

    public static IReadOnlyList<ExposureBucket> Buckets(
        IEnumerable<ExposureMinute> minutes, IEnumerable<ExposureSample> unwritten, DateTimeOffset from, DateTimeOffset to, TimeSpan step)
    {
        if (step < TimeSpan.FromMinutes(1) || step.Ticks % TimeSpan.TicksPerMinute != 0)
        {
            throw new ArgumentOutOfRangeException(nameof(step), step, "a bucket is of whole minutes");
        }

        // Buckets begin at whole multiples of their step, so that two graphs of one day show the same points.
        var start = new DateTimeOffset(from.UtcTicks - (from.UtcTicks % step.Ticks), TimeSpan.Zero);
        var sums = new Sum[(int)Math.Max(0, ((to - start).Ticks + step.Ticks - 1) / step.Ticks)];
        foreach (var minute in minutes)
        {
            Into(minute.At, minute.WorstSeconds, minute.ObservedSeconds, minute.NotProtectedSeconds, minute.UnknownSeconds, minute.SynchronousSeconds);
        }

        foreach (var sample in unwritten)
        {
            Into(
                sample.Second,
                sample.WorstMilliseconds / 1000.0,
                sample.Covers,
                sample.State is ReplicationState.NotProtected ? sample.Covers : 0,
                sample.State is ReplicationState.Unknown ? sample.Covers : 0,
                sample.IsSynchronous ? sample.Covers : 0);
        }

        return [.. sums.Select((sum, index) => Bucket(sum, start + (index * step)))];

        void Into(DateTimeOffset at, double? worst, long observed, long notProtected, long unknown, long synchronous)
        {
            var index = (at - start).Ticks / step.Ticks;
            if (at >= start && index < sums.Length)
            {
                ref var sum = ref sums[index];
                sum = new Sum(Larger(sum.Worst, worst), sum.Observed + observed, sum.NotProtected + notProtected, sum.Unknown + unknown, sum.Synchronous + synchronous);
            }
        }

        ExposureBucket Bucket(Sum sum, DateTimeOffset begin)
        {
            var end = begin + step < to ? begin + step : to;
            var length = (end - begin).TotalSeconds;
            return new ExposureBucket(
                begin,
                end,
                sum.Worst,
                Math.Min(length, sum.Unknown + Math.Max(0, length - sum.Observed)),
                Math.Min(length, sum.NotProtected),
                Math.Max(0, length - sum.Synchronous));
        }
    }

    private static double? Larger(double? a, double? b) => a >= b || b is null ? a : b;

    private readonly record struct Sum(double? Worst, long Observed, long NotProtected, long Unknown, long Synchronous);
}
