using System.Text.Json.Nodes;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.People;
using DrOrchestrator.Estates;
using DrOrchestrator.Evidence;
using DrOrchestrator.Plans;
using DrOrchestrator.Time;
using DrOrchestrator.Words;

namespace DrOrchestrator.Calendars;

/// <summary>
/// What <c>drill</c> and <c>restore-check</c> entries do: open a run in their requester's name, which then waits for the plan's approvals. The journal takes the time together
/// with the run. A drill that is frozen or refused is on record with its reason, and is not tried again.
/// </summary>
internal sealed class ScheduledDrills(EstateHolder estates, IPlans plans, IDrills drills, IFireLedger ledger, ProcessClock clock) : ICalendarWork
{
    public IReadOnlyList<string> Kinds { get; } = [CalendarKinds.Drill, CalendarKinds.RestoreCheck];

    public async Task FireAsync(CalendarEntry entry, DateTimeOffset fireTime, CancellationToken cancellationToken)
    {
        var estate = estates.Current;
        var systems = plans.All.FirstOrDefault(plan => plan.Name == entry.Plan)?.Systems ?? [];
        if (estate.FreezesOf(systems, fireTime) is [var freeze, ..])
        {
            await ConcludeAsync(entry, systems, fireTime, FireOutcome.Frozen, "calendar.frozen", CalendarWords.Frozen(entry, fireTime, freeze), freeze.Name, cancellationToken).ConfigureAwait(false);
            return;
        }

        var refused = await OpenAsync(estate, entry, fireTime, cancellationToken).ConfigureAwait(false);
        if (refused is not null and not { Code: "already-fired" or "fired-late" })
        {
            await ConcludeAsync(entry, systems, fireTime, FireOutcome.Refused, "finding.drill-refused", CalendarWords.NotOpened(entry, fireTime, refused.Detail), refused.Code, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Null when the run is on record.</summary>
    private async Task<StartResult.Refused?> OpenAsync(Estate estate, CalendarEntry entry, DateTimeOffset fireTime, CancellationToken cancellationToken)
    {
        if (!EnumWords.TryParse<RunMode>(entry.Mode ?? "", out var mode))
        {
            return new StartResult.Refused("mode-not-offered", $"there is no mode '{entry.Mode}'.");
        }

        if (estate.FindPerson(entry.Requester ?? "") is not { } requester)
        {
            return new StartResult.Refused("not-allowed", $"there is no person '{entry.Requester}' in whose name it could be asked for.");
        }

        var request = new StartRequest(entry.Plan, mode, entry.Reason ?? $"calendar entry {entry.Name}", requester) { Scheduled = new ScheduledFire(entry.Name, fireTime, fireTime + FireTiming.Grace) };
        return await drills.StartAsync(request, cancellationToken).ConfigureAwait(false) as StartResult.Refused;
    }

    private Task ConcludeAsync(CalendarEntry entry, IReadOnlyList<string> systems, DateTimeOffset fireTime, FireOutcome outcome, string kind, string text, string code, CancellationToken cancellationToken)
    {
        var payload = new JsonObject
        {
            ["schedule"] = entry.Name,
            ["kind"] = entry.Kind,
            ["fireTime"] = fireTime.ToRfc3339(),
            ["plan"] = entry.Plan,
            ["mode"] = entry.Mode,
            ["requester"] = entry.Requester,
            ["systems"] = new JsonArray([.. systems.Select(system => (JsonNode)system)]),
            ["code"] = code,
            ["finding"] = text,
        };
        return ledger.ConcludeAsync(
            [new Fire(entry.Name, fireTime, outcome, null, text, [], clock.Now)], [new EvidenceDraft(kind, "system", null, systems.Count == 1 ? systems[0] : null, payload)], cancellationToken);
    }
}
