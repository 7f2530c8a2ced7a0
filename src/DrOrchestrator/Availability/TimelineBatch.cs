namespace DrOrchestrator.Availability;

/// <summary>
/// Results that contradicted the confirmed state and were never confirmed: no change of state, yet no proof that nothing happened. Failures while up count in the
/// upper bound of downtime, good results while down are taken from the lower one.
/// </summary>
/// <param name="Within">The confirmed state they contradicted; <c>unknown</c>: moments given twice, since a clock was set back, of which nothing is known.</param>
/// <param name="From">Start of the last result that agreed, before them.</param>
/// <param name="To">End of the first result that agreed again.</param>
public sealed record Blip(string Subject, IntervalState Within, DateTimeOffset From, DateTimeOffset To);

/// <summary>What one write keeps: all of it or nothing.</summary>
public sealed record TimelineBatch(IReadOnlyList<TimelineChange> Changes, IReadOnlyList<Blip> Blips, IReadOnlyList<ObservedUntil> Observed)
{
    /// <summary>Minutes that are over.</summary>
    public IReadOnlyList<SeenMinute> Minutes { get; init; } = [];

    /// <summary>Nothing to write.</summary>
    internal bool IsEmpty => Changes.Count + Blips.Count + Observed.Count + Minutes.Count == 0;
}

/// <summary>Everything known of one subject over a window.</summary>
/// <param name="Intervals">Oldest first; the open one last.</param>
/// <param name="Blips">Closed ones, and the one that is going on.</param>
/// <param name="Observed">How far it has been observed; null when nobody has ever looked.</param>
public sealed record SubjectTimeline(string Subject, IReadOnlyList<Interval> Intervals, IReadOnlyList<Blip> Blips, ObservedUntil? Observed)
{
    /// <summary>What the subject has to say about the service.</summary>
    public SubjectPart Part { get; init; } = SubjectPart.Probe;

    /// <summary>
    /// When it had a say (oldest first; an open end is <see cref="DateTimeOffset.MaxValue"/>): outside of it the others decide, and what it saw or did not see is nothing.
    /// Null: over all time.
    /// </summary>
    public IReadOnlyList<(DateTimeOffset From, DateTimeOffset To)>? Deciding { get; init; }
}

/// <summary>What a subject's rows mean for its service (verdict rule 5).</summary>
public enum SubjectPart
{
    /// <summary>A service probe of a critical function: decides whether the service is up.</summary>
    Probe,

    /// <summary>An LQA floor whose breach is an interruption: decides too.</summary>
    InterruptingFloor,

    /// <summary>An LQA floor whose breach is degraded service: adds degraded time and nothing else.</summary>
    DegradingFloor,
}
