namespace DrOrchestrator.Availability.Planned;

/// <summary>A planned interruption on record (计划内停机, verdict rule 4). Its times never change: another time is another entry.</summary>
/// <param name="Number">From 1.</param>
/// <param name="ChangeNumber">Number of the approved change (变更审批编号).</param>
/// <param name="Start">Inclusive.</param>
/// <param name="End">Exclusive; what lasts longer is an overrun, and unplanned.</param>
/// <param name="Notice">Least time from the approval to the start, as the estate had it when this was asked for.</param>
public sealed record MaintenanceEntry(
    long Number,
    string ChangeNumber,
    IReadOnlyList<string> Systems,
    DateTimeOffset Start,
    DateTimeOffset End,
    string Reason,
    TimeSpan Notice,
    MaintenanceWord Requested,
    MaintenanceWord? Approved,
    MaintenanceWord? Cancelled)
{
    /// <summary>Whether it plans anything: approved by another person, in time, and never called off. The service must also be up when it starts.</summary>
    public bool IsInForce => Cancelled is null && Approved is { } approved && approved.By != Requested.By && approved.At + Notice <= Start;

    /// <summary><c>requested</c>, <c>approved</c> or <c>cancelled</c>.</summary>
    public string State => Cancelled is not null ? "cancelled" : Approved is not null ? "approved" : "requested";
}

/// <summary>Who said it, and when by the server's clock.</summary>
/// <param name="Reason">Why it was called off; null for other words, and for those of before reasons were asked for.</param>
public sealed record MaintenanceWord(string By, DateTimeOffset At, string? Reason = null);

/// <summary>An interruption known from people. It only ever adds downtime.</summary>
/// <param name="Source">How it is known: a ticket, a call, a bulletin.</param>
/// <param name="ChangeNumber">The emergency change behind it, if any; it stays unplanned all the same.</param>
public sealed record OutageReport(
    long Number, string System, DateTimeOffset From, DateTimeOffset To, string Source, string Reason, string? ChangeNumber, MaintenanceWord Recorded);
