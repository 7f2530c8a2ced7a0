namespace DrOrchestrator.Availability;

/// <summary>
/// All time of one service, sorted into sets; down when any of its deciding subjects is (verdict rule 5). Built once in a walk over the rows, then asked for any window.
/// Surely down is the union of what is surely down, surely up the intersection of what is surely up; so the bounds hold for the service whenever they hold for each
/// subject, however their error bars overlap. Pure.
/// </summary>
internal sealed class ServiceLedger
{
    private static readonly TimeSpan Moment = TimeSpan.FromMicroseconds(1);

    private readonly SpanSet _unplanned;
    private readonly SpanSet _surelyUnplanned;
    private readonly SpanSet _planned;
    private readonly SpanSet _surelyPlanned;
    private readonly SpanSet _approved;
    private readonly SpanSet _surelyUp;
    private readonly SpanSet _notDown;
    private readonly SpanSet _stated;
    private readonly SpanSet _degraded;

    private ServiceLedger(IReadOnlyList<SubjectSpans> subjects, LedgerEntries entries)
    {
        List<SubjectSpans> deciding = [.. subjects.Where(s => s.Part != SubjectPart.DegradingFloor)];
        var outages = SpanSet.Of(entries.Outages.Select(o => (o.From, o.To)));
        var recorded = Any(deciding, s => s.Maintenance);
        var down = Any(deciding, s => s.Down).Union(outages);
        var surelyDown = Any(deciding, s => s.SurelyDown).Union(outages);
        var decided = Any(deciding, s => s.Deciding);
        var known = All(deciding, s => s.Known).Intersect(decided);

        _approved = InForce(entries.Approved, deciding, down).Union(recorded);
        _planned = down.Union(recorded).Intersect(_approved);
        _unplanned = down.Except(_approved);
        _surelyUnplanned = surelyDown.Except(_approved);
        _surelyPlanned = surelyDown.Intersect(_approved).Union(recorded);
        _surelyUp = All(deciding, s => s.SurelyUp).Intersect(decided).Except(outages);

        // A window plans what was seen in it, and nothing else: what nobody saw stays in the upper bound.
        _notDown = _surelyUp.Union(_approved.Intersect(known.Union(down).Union(recorded)));
        _stated = known.Union(down).Union(_planned);
        _degraded = Any(subjects, s => s.Degraded).Intersect(known).Except(down).Except(_planned);
    }

    /// <summary>Sorts the rows of a service. Time without a deciding subject is unknown.</summary>
    public static ServiceLedger Of(IReadOnlyList<SubjectTimeline> subjects, LedgerEntries entries) => new([.. subjects.Select(SubjectSpans.Of)], entries);

    /// <summary>As above, from rows that are sorted already.</summary>
    public static ServiceLedger Of(IReadOnlyList<SubjectSpans> subjects, LedgerEntries entries) => new(subjects, entries);

    /// <summary>Adds up [from, to); <paramref name="service"/> is committed service time, or null when that is not asked for.</summary>
    public Downtime Between(DateTimeOffset from, DateTimeOffset to, SpanSet? service = null)
    {
        var window = to > from ? to - from : TimeSpan.Zero;
        return new Downtime(
            from,
            to,
            _unplanned.Within(from, to),
            _surelyUnplanned.Within(from, to),
            window - _notDown.Within(from, to),
            window - _stated.Within(from, to),
            _degraded.Within(from, to),
            _planned.Within(from, to))
        {
            MaintenanceLower = _surelyPlanned.Within(from, to),
            MaintenanceUpper = _notDown.Within(from, to) - _surelyUp.Within(from, to),
            Service = service is null ? null : Committed(service.Clip(from, to)),
        };
    }

    /// <summary>Whether an interruption at a moment is a planned one.</summary>
    public bool IsPlannedAt(DateTimeOffset moment) => _approved.Contains(moment);

    /// <summary>The state of the service, one entry per change, from a moment on: what the figures add up.</summary>
    public IEnumerable<(DateTimeOffset At, IntervalState State)> StatesFrom(DateTimeOffset first)
    {
        IntervalState? before = null;
        var edges = new[] { _planned, _unplanned, _stated, _degraded }.SelectMany(set => set.Spans).SelectMany(span => new[] { span.From, span.To });
        foreach (var at in edges.Where(at => at > first && at < DateTimeOffset.MaxValue).Append(first).Distinct().Order())
        {
            var state = StateAt(at);
            if (state != before)
            {
                yield return (at, state);
            }

            before = state;
        }
    }

    private IntervalState StateAt(DateTimeOffset moment) =>
        _unplanned.Contains(moment) ? IntervalState.Down
        : _planned.Contains(moment) ? IntervalState.Maintenance
        : !_stated.Contains(moment) ? IntervalState.Unknown
        : _degraded.Contains(moment) ? IntervalState.Degraded
        : IntervalState.Up;

    private ServiceTime Committed(SpanSet service) => new(
        service.Total,
        _unplanned.Common(service),
        _surelyUnplanned.Common(service),
        service.Total - _notDown.Common(service),
        service.Total - _stated.Common(service));

    /// <summary>
    /// Verdict rule 4: an approved window plans an interruption only where the service was seen up when it started. One that had begun before, or a service nobody
    /// saw, keeps the whole window from counting. Floors have no say here: one that is still gathering results says nothing of the service.
    /// </summary>
    private static SpanSet InForce(IReadOnlyList<ApprovedWindow> windows, List<SubjectSpans> deciding, SpanSet down)
    {
        if (windows.Count == 0)
        {
            return SpanSet.Empty;
        }

        List<SubjectSpans> probes = [.. deciding.Where(s => s.Part == SubjectPart.Probe)];
        return SpanSet.Of(windows.Where(w => WasUp(w.Start - Moment)).Select(w => (w.Start, w.End)));

        bool WasUp(DateTimeOffset moment) => !down.Contains(moment) && probes.TrueForAll(s => s.Known.Contains(moment)) && probes.Exists(s => s.Deciding.Contains(moment));
    }

    private static SpanSet Any(List<SubjectSpans> subjects, Func<SubjectSpans, SpanSet> part) => Any((IReadOnlyList<SubjectSpans>)subjects, part);

    private static SpanSet Any(IReadOnlyList<SubjectSpans> subjects, Func<SubjectSpans, SpanSet> part) =>
        subjects.Aggregate(SpanSet.Empty, (sum, subject) => sum.Union(part(subject)));

    private static SpanSet All(List<SubjectSpans> subjects, Func<SubjectSpans, SpanSet> part) =>
        subjects.Count == 0 ? SpanSet.Empty : subjects.Skip(1).Aggregate(part(subjects[0]), (common, subject) => common.Intersect(part(subject)));
}
