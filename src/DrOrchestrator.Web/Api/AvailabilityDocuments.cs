using DrOrchestrator.Availability;
using DrOrchestrator.Availability.Planned;
using DrOrchestrator.Compliance;

namespace DrOrchestrator.Web.Api;

/// <summary>Answer of <c>GET /systems/{name}/availability</c> without a window: all standing windows. Durations are seconds.</summary>
/// <param name="TimeZone">The zone whose days, months and years the windows are of.</param>
/// <param name="Budget">Of the calendar year; null for tiers without limits.</param>
public sealed record AvailabilityDocument(string System, string TimeZone, IReadOnlyList<WindowDocument> Windows, BudgetForecast? Budget);

/// <summary>One window.</summary>
public sealed record WindowDocument(string Name, AvailabilityFigure Figure);

/// <summary>Body of <c>POST /systems/{name}/availability/statements</c>: one of a year (2026), a month (2026-03), or two moments.</summary>
public sealed record StatementRequest(int? Year = null, string? Month = null, DateTimeOffset? From = null, DateTimeOffset? To = null);

/// <summary>Answer of that: the record it stands in, and the statement.</summary>
public sealed record StatementDocument(long Record, System.Text.Json.Nodes.JsonObject Statement);

/// <summary>Body of <c>POST /maintenance</c>.</summary>
public sealed record RequestMaintenance(string ChangeNumber, IReadOnlyList<string> Systems, DateTimeOffset Start, DateTimeOffset End, string Reason);

/// <summary>Body of <c>POST /maintenance/{id}/approve</c>: nothing to say.</summary>
public sealed record DecideMaintenance();

/// <summary>Body of <c>POST /maintenance/{id}/cancel</c>.</summary>
/// <param name="Reason">Why it is called off, at most 2000 characters; goes on record.</param>
public sealed record CancelMaintenance(string Reason = "");

/// <summary>Body of <c>POST /outages</c>.</summary>
public sealed record ReportOutage(string System, DateTimeOffset From, DateTimeOffset To, string Source, string Reason, string? ChangeNumber = null);

/// <summary>Answer of <c>GET /maintenance</c>.</summary>
public sealed record MaintenanceDocument(IReadOnlyList<MaintenanceEntry> Entries, IReadOnlyList<OutageReport> Outages);
