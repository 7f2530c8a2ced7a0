namespace DrOrchestrator.Time;

/// <summary>
/// One process's own time. The wall clock is read once, at start; from then on every moment is that anchor plus the monotonic
/// time elapsed, so that a stepped wall clock can neither lengthen nor shorten an outage. Wall time only labels.
/// </summary>
public sealed class ProcessClock
{
    private readonly TimeProvider _time;
    private readonly DateTimeOffset _anchor;
    private readonly long _anchorTimestamp;

    /// <summary>Anchors the clock at the provider's present moment.</summary>
    public ProcessClock(TimeProvider time)
    {
        _time = time;
        _anchor = Truncate(time.GetUtcNow());
        _anchorTimestamp = time.GetTimestamp();
    }

    /// <summary>The provider, for delays and timers.</summary>
    public TimeProvider Provider => _time;

    /// <summary>Now in UTC, in whole microseconds (the resolution of the store). Never goes backwards within one process.</summary>
    public DateTimeOffset Now => Truncate(_anchor + _time.GetElapsedTime(_anchorTimestamp));

    /// <summary>How far the wall clock has moved away from this clock since the start; beyond a bound it is a finding.</summary>
    public TimeSpan WallClockDrift => _time.GetUtcNow() - (_anchor + _time.GetElapsedTime(_anchorTimestamp));

    private static DateTimeOffset Truncate(DateTimeOffset moment) => new(moment.Ticks - (moment.Ticks % TimeSpan.TicksPerMicrosecond), moment.Offset);
}
