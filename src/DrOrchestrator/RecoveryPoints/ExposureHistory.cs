namespace DrOrchestrator.RecoveryPoints;

/// <summary>Collects exposures into seconds and writes them in batches. What is not written yet is still counted.</summary>
internal sealed class ExposureHistory(IExposureStore store) : IExposureHistory
{
    private static readonly TimeSpan OneSecond = TimeSpan.FromSeconds(1);
    private readonly object _gate = new();
    private readonly Dictionary<(string System, string Standby, long Second), ExposureSample> _pending = [];

    public void Add(Exposure exposure, DateTimeOffset now)
    {
        var second = now.ToUnixTimeSeconds();
        var sample = new ExposureSample(
            exposure.System,
            exposure.Standby,
            DateTimeOffset.FromUnixTimeSeconds(second),
            (exposure.Value ?? exposure.Lowest) is { } value ? (long)Math.Ceiling(value.TotalMilliseconds) : null,
            exposure.Replication);
        lock (_gate)
        {
            var key = (sample.System, sample.Standby, second);
            _pending[key] = _pending.TryGetValue(key, out var known) ? Worse(known, sample) : sample;
        }
    }

    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        List<ExposureSample> batch;
        lock (_gate)
        {
            batch = [.. _pending.Values];
        }

        if (batch.Count == 0)
        {
            return;
        }

        await store.SaveAsync(batch, cancellationToken).ConfigureAwait(false);
        lock (_gate)
        {
            foreach (var sample in batch)
            {
                var key = (sample.System, sample.Standby, sample.Second.ToUnixTimeSeconds());
                if (ReferenceEquals(_pending[key], sample))
                {
                    _pending.Remove(key);
                }
            }
        }
    }

    public ExposureWorst Worst(string system, string standby, DateTimeOffset from, DateTimeOffset to)
    {
        // Memory first: a sample on its way to the disk is then seen twice (which changes no maximum) rather than not at all.
        List<ExposureSample> pending;
        lock (_gate)
        {
            pending = [.. _pending.Values.Where(s => s.System == system && s.Standby == standby && s.Second < to && s.Second.AddSeconds(1) > from)];
        }

        var stored = store.Worst(system, standby, from, to);
        var worst = pending.Max(s => s.WorstMilliseconds / 1000.0) is { } p && !(stored.WorstSeconds >= p) ? p : stored.WorstSeconds;
        return new ExposureWorst(
            worst,
            stored.ObservedSeconds + pending.Count,
            stored.NotProtectedSeconds + pending.Count(s => s.State == ReplicationState.NotProtected),
            stored.UnknownSeconds + pending.Count(s => s.State == ReplicationState.Unknown));
    }

    public ExposureWorst Worst(string system, string standby, DateTimeOffset from, DateTimeOffset to, TimeSpan validity)
    {
        var (first, second) = (from - validity - OneSecond, OneSecond);
        List<DateTimeOffset> seen;
        lock (_gate)
        {
            seen = [.. _pending.Values.Where(s => s.System == system && s.Standby == standby && s.Second < to && s.Second + second > first).Select(s => s.Second)];
        }

        seen.AddRange(store.Seconds(system, standby, first, to));
        var worst = Worst(system, standby, from, to);
        return worst with { UnknownSeconds = worst.UnknownSeconds + (long)Math.Ceiling(Unseen(seen, from, to, validity).TotalSeconds) };
    }

    /// <summary>How much of [from, to) lies beyond the validity of every sample before it.</summary>
    internal static TimeSpan Unseen(IEnumerable<DateTimeOffset> seconds, DateTimeOffset from, DateTimeOffset to, TimeSpan validity)
    {
        var (unseen, covered) = (TimeSpan.Zero, from);
        foreach (var second in seconds.Order())
        {
            unseen += second > covered ? second - covered : TimeSpan.Zero;
            covered = second + OneSecond + validity is var until && until > covered ? until : covered;
        }

        return to > covered ? unseen + (to - covered) : unseen;
    }

    internal static ExposureSample Worse(ExposureSample a, ExposureSample b) => a with
    {
        WorstMilliseconds = a.WorstMilliseconds >= b.WorstMilliseconds || b.WorstMilliseconds is null ? a.WorstMilliseconds : b.WorstMilliseconds,
        State = Rank(a.State) >= Rank(b.State) ? a.State : b.State,
    };

    private static int Rank(ReplicationState state) => state switch
    {
        ReplicationState.Protected => 0,
        ReplicationState.Unknown => 1,
        _ => 2,
    };
}
