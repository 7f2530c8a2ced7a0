using System.Text.Json.Nodes;
using DrOrchestrator.Drills;
using DrOrchestrator.Estates;
using DrOrchestrator.Evidence;
using DrOrchestrator.Time;

namespace DrOrchestrator.Calendars;

/// <summary>What a <c>drill-overdue</c> entry does when its hour comes: nothing, or one finding on record.</summary>
internal sealed class OverdueCheck(EstateHolder estates, IDrills drills, IFireLedger fires, ProcessClock clock) : ICalendarWork
{
    public IReadOnlyList<string> Kinds { get; } = [CalendarKinds.DrillOverdue];

    public Task FireAsync(CalendarEntry entry, DateTimeOffset fireTime, CancellationToken cancellationToken) => RunAsync(entry.Name, fireTime, cancellationToken);

    public async Task RunAsync(string schedule, DateTimeOffset fireTime, CancellationToken cancellationToken)
    {
        if (estates.Current.Calendars.FirstOrDefault(candidate => candidate.Name == schedule) is not { } entry)
        {
            return;
        }

        var runs = await drills.ListAsync(cancellationToken).ConfigureAwait(false);
        if (OverdueDrills.Judge(entry, runs, clock.Now) is { } overdue)
        {
            var finding = new EvidenceDraft("finding.drill-overdue", "system", null, entry.System, Payload(overdue, fireTime));
            await fires.RecordOnceAsync(schedule, fireTime, finding, cancellationToken).ConfigureAwait(false);
        }
    }

    private static JsonObject Payload(OverdueDrill overdue, DateTimeOffset fireTime) => new()
    {
        ["schedule"] = overdue.Schedule,
        ["fireTime"] = fireTime.ToRfc3339(),
        ["plan"] = overdue.Plan,
        ["within"] = Plans.Durations.Format(overdue.Within),
        ["newestRun"] = overdue.NewestRun,
        ["newestClosedAt"] = overdue.NewestClosedAt?.ToRfc3339(),
        ["finding"] = overdue.Finding,
    };
}
