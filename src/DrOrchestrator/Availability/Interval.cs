namespace DrOrchestrator.Availability;

/// <summary>The state of something over an interval.</summary>
public enum IntervalState
{
    /// <summary>Nobody looked (未监测).</summary>
    Unknown,

    /// <summary>Served as expected.</summary>
    Up,

    /// <summary>Below an LQA floor (服务降级).</summary>
    Degraded,

    /// <summary>Interrupted (服务中断).</summary>
    Down,

    /// <summary>Planned downtime on record (计划内停机).</summary>
    Maintenance,
}

/// <summary>
/// A change of state with its error bar. Into <c>down</c>: from the START of the last good probe to the END of the first failed one; out of it: from the START of
/// the last failed probe to the END of the first good one (verdict rule 6).
/// </summary>
public readonly record struct Edge
{
    // Ticks of UTC: half the size, and ten years of rows are read at the speed of memory.
    private readonly long _earliest;
    private readonly long _at;
    private readonly long _latest;

    /// <summary>From the three moments, of any offset; they are kept in UTC.</summary>
    public Edge(DateTimeOffset earliest, DateTimeOffset at, DateTimeOffset latest) => (_earliest, _at, _latest) = (earliest.UtcTicks, at.UtcTicks, latest.UtcTicks);

    /// <summary>The change was not before this.</summary>
    public DateTimeOffset Earliest
    {
        get => new(_earliest, TimeSpan.Zero);
        init => _earliest = value.UtcTicks;
    }

    /// <summary>The back-dated edge: start of the first result of the confirming run.</summary>
    public DateTimeOffset At
    {
        get => new(_at, TimeSpan.Zero);
        init => _at = value.UtcTicks;
    }

    /// <summary>The change was not after this.</summary>
    public DateTimeOffset Latest
    {
        get => new(_latest, TimeSpan.Zero);
        init => _latest = value.UtcTicks;
    }

    /// <summary>The three moments in ticks of UTC.</summary>
    internal (long Earliest, long At, long Latest) Ticks => (_earliest, _at, _latest);
}

/// <summary>One row of a timeline. The last one is open (<see cref="End"/> is null).</summary>
/// <param name="Subject">Name of the probe the row belongs to; timelines of systems are merged from their service probes.</param>
/// <param name="Reason">Why the state began: the reason of the first result of the confirming run.</param>
public sealed record Interval(string Subject, IntervalState State, Edge Start, Edge? End, string Reason);
