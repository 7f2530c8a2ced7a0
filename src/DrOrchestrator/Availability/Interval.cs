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
/// <param name="Earliest">The change was not before this.</param>
/// <param name="At">The back-dated edge: start of the first result of the confirming run.</param>
/// <param name="Latest">The change was not after this.</param>
public readonly record struct Edge(DateTimeOffset Earliest, DateTimeOffset At, DateTimeOffset Latest);

/// <summary>One row of a timeline. The last one is open (<see cref="End"/> is null).</summary>
/// <param name="Subject">Name of the probe the row belongs to; timelines of systems are merged from their service probes.</param>
/// <param name="Reason">Why the state began: the reason of the first result of the confirming run.</param>
public sealed record Interval(string Subject, IntervalState State, Edge Start, Edge? End, string Reason);
