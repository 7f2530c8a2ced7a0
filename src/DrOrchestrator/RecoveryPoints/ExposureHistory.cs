namespace DrOrchestrator.RecoveryPoints;

/// <summary>Collects exposures into seconds and writes them in batches. What is not written yet is still counted.</summary>
internal sealed class ExposureHistory(IExposureStore store, ISynchronyStore stretches) : IExposureHistory, IExposureWindows
{
    private static readonly TimeSpan OneSecond = TimeSpan.FromSeconds(1);
    private readonly object _gate = new();
    private readonly Dictionary<(string System, string Standby, long Second), ExposureSample> _pending = [];
    private readonly Dictionary<(string System, string Standby), (Exposure Reading, long Second)> _last = [];
    private readonly Dictionary<(string System, string Standby, DateTimeOffset From), SynchronyInterval> _pendingStretches = [];

    // Up to where seconds are on disk, by standby: what is pending before it is counted there.
    private readonly Dictionary<(string System, string Standby), DateTimeOffset> _storedUntil = [];
    private IReadOnlyList<ExposureSample> _onTheirWay = [];
    private readonly SynchronyKeeper _synchrony = new();

    public void Add(Exposure exposure, DateTimeOffset now)
    {
        var (second, place) = (now.ToUnixTimeSeconds(), (exposure.System, exposure.Standby));
        lock (_gate)
        {
            if (_last.TryGetValue(place, out var last) && last.Second < second)
            {
                foreach (var carried in ExposureCarry.Samples(last.Reading, last.Second, now))
                {
                    Keep(carried);
                }
            }

            Keep(ExposureCarry.Sample(exposure, second));
            _last[place] = (exposure, second);
            foreach (var stretch in _synchrony.Add(exposure))
            {
                _pendingStretches[(stretch.System, stretch.Standby, stretch.From)] = stretch;
            }
        }

        void Keep(ExposureSample sample)
        {
            var key = (sample.System, sample.Standby, sample.Second.ToUnixTimeSeconds());
            _pending[key] = _pending.TryGetValue(key, out var known) ? Worse(known, sample) : sample;
        }
    }

    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        List<ExposureSample> batch;
        List<SynchronyInterval> changes;
        lock (_gate)
        {
            batch = [.. _pending.Values];
            changes = [.. _pendingStretches.Values];
            _onTheirWay = batch;
        }

        try
        {
            if (batch.Count > 0)
            {
                await store.SaveAsync(batch, cancellationToken).ConfigureAwait(false);
            }
        }
        catch
        {
            lock (_gate)
            {
                _onTheirWay = [];
            }

            throw;
        }

        lock (_gate)
        {
            _onTheirWay = [];
            foreach (var sample in batch)
            {
                var (place, end) = ((sample.System, sample.Standby), EndOf(sample));
                _storedUntil[place] = _storedUntil.TryGetValue(place, out var known) && known > end ? known : end;
                var key = (sample.System, sample.Standby, sample.Second.ToUnixTimeSeconds());
                if (ReferenceEquals(_pending[key], sample))
                {
                    _pending.Remove(key);
                }
            }
        }

        if (changes.Count > 0)
        {
            await stretches.SaveAsync(changes, cancellationToken).ConfigureAwait(false);
        }

        lock (_gate)
        {
            foreach (var key in changes.Where(change => ReferenceEquals(_pendingStretches[(change.System, change.Standby, change.From)], change)).Select(c => (c.System, c.Standby, c.From)))
            {
                _pendingStretches.Remove(key);
            }
        }
    }

    public ExposureWorst Worst(string system, string standby, DateTimeOffset from, DateTimeOffset to)
    {
        // Memory first: a sample on its way to the disk is then seen twice (which changes no maximum) rather than not at all.
        var pending = Pending(system, standby, from, to);
        var stored = store.Worst(system, standby, from, to);
        var worst = pending.Max(s => s.WorstMilliseconds / 1000.0) is { } p && !(stored.WorstSeconds >= p) ? p : stored.WorstSeconds;
        return new ExposureWorst(
            worst,
            stored.ObservedSeconds + pending.Sum(s => s.Covers),
            stored.NotProtectedSeconds + pending.Where(s => s.State == ReplicationState.NotProtected).Sum(s => s.Covers),
            stored.UnknownSeconds + pending.Where(s => s.State == ReplicationState.Unknown).Sum(s => s.Covers))
        {
            SynchronousSeconds = stored.SynchronousSeconds + pending.Where(s => s.IsSynchronous).Sum(s => s.Covers),
        };
    }

    public ExposureWorst Worst(string system, string standby, DateTimeOffset from, DateTimeOffset to, TimeSpan validity)
    {
        var first = from - validity - OneSecond;
        List<DateTimeOffset> seen = [.. Pending(system, standby, first, to).Where(s => !s.IsCarried).Select(s => s.Second), .. store.Seconds(system, standby, first, to)];
        var worst = Worst(system, standby, from, to);
        return worst with { UnknownSeconds = worst.UnknownSeconds + (long)Math.Ceiling(Unseen(seen, from, to, validity).TotalSeconds) };
    }

    public ExposureWindow Window(string system, string standby, DateTimeOffset from, DateTimeOffset to, TimeSpan limit)
    {
        // Minutes count whole, so that the window is made whole too: seconds outside of it could hide as many unseen ones inside.
        from = MinuteOf(from);
        to = WholeWhereOver(system, standby, to);
        var (pending, stored) = (Unwritten(system, standby, from, to), store.Totals(system, standby, from, to, limit));
        var all = ExposureWindows.Add(stored, pending, limit);
        return ExposureWindows.Of(all, from, to);
    }

    public IReadOnlyList<ExposureBucket> Series(string system, string standby, DateTimeOffset from, DateTimeOffset to, TimeSpan step)
    {
        var pending = Unwritten(system, standby, from, to);
        return ExposureWindows.Buckets(store.Minutes(system, standby, from, to), pending, from, to, step);
    }

    public IReadOnlyList<SynchronyInterval> Synchrony(string system, string standby, DateTimeOffset from, DateTimeOffset to)
    {
        List<SynchronyInterval> unwritten;
        lock (_gate)
        {
            unwritten = [.. _pendingStretches.Values.Where(s => s.System == system && s.Standby == standby)];
            if (_synchrony.Current(system, standby) is { } open)
            {
                unwritten.RemoveAll(s => s.From == open.From);
                unwritten.Add(open);
            }
        }

        var known = unwritten.Select(s => s.From).ToHashSet();
        return
        [
            .. stretches.Read(system, standby, from, to).Where(s => !known.Contains(s.From)).Concat(unwritten.Where(s => s.From < to && s.To >= from)).OrderBy(s => s.From),
        ];
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
        BestMilliseconds = Best(a) is { } one && Best(b) is { } other ? Math.Min(one, other) : Best(a) ?? Best(b),
        Covers = Math.Max(a.Covers, b.Covers),
        IsCarried = a.IsCarried && b.IsCarried,
        IsSynchronous = a.IsSynchronous && b.IsSynchronous,
    };

    private static long? Best(ExposureSample sample) => sample.BestMilliseconds ?? sample.WorstMilliseconds;

    private List<ExposureSample> Pending(string system, string standby, DateTimeOffset from, DateTimeOffset to)
    {
        lock (_gate)
        {
            var until = _onTheirWay.Where(s => s.System == system && s.Standby == standby).Select(EndOf).Append(_storedUntil.GetValueOrDefault((system, standby))).Max();
            return [.. _pending.Values.Where(s => s.System == system && s.Standby == standby && s.Second < to && EndOf(s) > from).Select(s => Beyond(s, until))];
        }
    }

    /// <summary>What is not on disk yet, with what the newest reading says of the time since.</summary>
    private List<ExposureSample> Unwritten(string system, string standby, DateTimeOffset from, DateTimeOffset to)
    {
        var pending = Pending(system, standby, from, to);
        lock (_gate)
        {
            if (_last.TryGetValue((system, standby), out var last))
            {
                pending.AddRange(ExposureCarry.Samples(last.Reading, last.Second, to).Where(s => s.Second.AddSeconds(s.Covers) > from));
            }
        }

        return pending;
    }

    /// <summary>A sample whose seconds are on disk, or on their way, still tells the worst; as seconds only those count that are not.</summary>
    private static ExposureSample Beyond(ExposureSample sample, DateTimeOffset storedUntil) =>
        sample.Second >= storedUntil ? sample : sample with { Covers = (int)Math.Max(0, (EndOf(sample) - storedUntil).TotalSeconds) };

    private static DateTimeOffset EndOf(ExposureSample sample) => sample.Second.AddSeconds(sample.Covers);

    private static DateTimeOffset MinuteOf(DateTimeOffset moment) => new(moment.UtcTicks - (moment.UtcTicks % TimeSpan.TicksPerMinute), TimeSpan.Zero);

    /// <summary>The end of the minute where readings go on beyond the moment, so that its minute holds more than the window; else the moment.</summary>
    private DateTimeOffset WholeWhereOver(string system, string standby, DateTimeOffset to)
    {
        var end = MinuteOf(to) == to ? to : MinuteOf(to).AddMinutes(1);
        lock (_gate)
        {
            return _last.TryGetValue((system, standby), out var last) && DateTimeOffset.FromUnixTimeSeconds(last.Second + 1) is var seen && seen > to ? (seen < end ? seen : end) : to;
        }
    }

    private static int Rank(ReplicationState state) => state switch
    {
        ReplicationState.Protected => 0,
        ReplicationState.Unknown => 1,
        _ => 2,
    };
}
