using System.Text.Json.Nodes;
using DrOrchestrator.Drills;
using DrOrchestrator.Estates;
using DrOrchestrator.Evidence;
using DrOrchestrator.Time;

namespace DrOrchestrator.Calendars;

/// <summary>What a <c>drill-overdue</c> entry does when its hour comes: nothing, or one finding on record.</summary>
internal sealed class OverdueCheck(EstateHolder estates, IDrills drills, IEvidenceLog evidence, FireLedger fires, ProcessClock clock)
{
    public async Task RunAsync(string schedule, DateTimeOffset fireTime, CancellationToken cancellationToken)
    {
        var entry = estates.Current.Calendars.FirstOrDefault(candidate => candidate.Name == schedule);
        if (entry is null)
        {
            return;
        }

        var runs = await drills.ListAsync(cancellationToken).ConfigureAwait(false);
        var overdue = OverdueDrills.Judge(entry, runs, clock.Now);
        if (overdue is null || !await fires.ClaimAsync(schedule, fireTime, cancellationToken).ConfigureAwait(false))
        {
            return;
        }

        var payload = new JsonObject
        {
            ["schedule"] = schedule,
            ["fireTime"] = fireTime.ToRfc3339(),
            ["plan"] = entry.Plan,
            ["within"] = Plans.Durations.Format(entry.Within),
            ["newestRun"] = overdue.NewestRun,
            ["newestClosedAt"] = overdue.NewestClosedAt?.ToRfc3339(),
            ["finding"] = overdue.Finding,
        };
        await evidence.AppendAsync(new EvidenceDraft("finding.drill-overdue", "system", null, entry.System, payload), cancellationToken).ConfigureAwait(false);
    }
}
