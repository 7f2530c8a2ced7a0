namespace DrOrchestrator.Availability;

/// <summary>Adds up one window of a service; who asks for several windows builds the <see cref="ServiceLedger"/> once. Pure.</summary>
public static class DowntimeCalculator
{
    /// <summary>Adds up [from, to). Without subjects everything is unknown.</summary>
    public static Downtime Calculate(IReadOnlyList<SubjectTimeline> critical, DateTimeOffset from, DateTimeOffset to) => Calculate(critical, LedgerEntries.None, from, to);

    /// <summary>As above, with what people put on record.</summary>
    public static Downtime Calculate(IReadOnlyList<SubjectTimeline> critical, LedgerEntries entries, DateTimeOffset from, DateTimeOffset to) =>
        ServiceLedger.Of(critical, entries).Between(from, to);
}
