using System.Text.Json.Nodes;
using DrOrchestrator.Estates;
using DrOrchestrator.Evidence;
using DrOrchestrator.Plans;
using DrOrchestrator.Time;
using Microsoft.Extensions.Logging;

namespace DrOrchestrator.Calendars;

/// <summary>
/// Finds the times that passed while nobody acted on them (the server was down, the node paused, the clock jumped): each is on record as missed, and none is made up for.
/// Looks at what is on record, never at what the scheduler remembers, so that it also speaks for a scheduler that does not work.
/// </summary>
internal sealed class MissedFires(EstateHolder estates, IPlans plans, IFireLedger ledger, ProcessClock clock, ILogger<MissedFires> logger)
{
    /// <summary>So many times are kept one by one; of a longer silence the oldest are counted only.</summary>
    private const int MostKept = 100;

    /// <summary>Times of one look; what is left is found by the next, seconds later.</summary>
    private const int MostLooked = 10_000;

    /// <summary>
    /// At the start: finds what was missed by the schedules of before, then puts those of the estate in force. An entry that is new or changed counts from now on; one that
    /// is gone is judged up to now.
    /// </summary>
    public async Task PutInForceAsync(CancellationToken cancellationToken)
    {
        await LookAsync(cancellationToken).ConfigureAwait(false);
        var now = clock.Provider.GetUtcNow();
        var before = (await ledger.SchedulesAsync(cancellationToken).ConfigureAwait(false)).ToDictionary(kept => kept.Name, StringComparer.Ordinal);
        var entries = estates.Current.Calendars.Where(entry => entry.Kind != CalendarKinds.DrillOverdue).Select(entry => Keep(entry, now)).ToList();
        var changed = entries.Where(entry => !(before.GetValueOrDefault(entry.Name)?.IsSameAs(entry) ?? false)).ToList();
        var gone = before.Keys.Except(entries.Select(entry => entry.Name), StringComparer.Ordinal).ToList();
        if (changed.Count > 0 || gone.Count > 0)
        {
            await ledger.KeepAsync(changed, gone, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Puts on record what has been missed up to now; safe to call at any time, from any number of servers.</summary>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        var until = clock.Provider.GetUtcNow() - FireTiming.Grace;
        foreach (var kept in await ledger.SchedulesAsync(cancellationToken).ConfigureAwait(false))
        {
            var newest = (await ledger.ReadAsync(kept.Name, 1, cancellationToken).ConfigureAwait(false)).FirstOrDefault()?.FireTime;
            var times = CalendarTimes.Between(kept.Cron, kept.TimeZone, newest > kept.Since ? newest.Value : kept.Since, until).Take(MostLooked).ToList();
            if (times.Count > 0 && await ledger.ConcludeAsync(Fires(kept, times), [Record(kept, times)], cancellationToken).ConfigureAwait(false))
            {
                logger.Missed(kept.Name, times.Count, times[^1]);
            }
        }
    }

    private KeptSchedule Keep(CalendarEntry entry, DateTimeOffset now) => new(
        entry.Name, entry.Kind, entry.Plan, plans.All.FirstOrDefault(plan => plan.Name == entry.Plan)?.Systems ?? [], entry.Mode, entry.Cron, entry.TimeZone, now);

    private List<Fire> Fires(KeptSchedule kept, List<DateTimeOffset> times) =>
        [.. times.TakeLast(MostKept).Select(time => new Fire(kept.Name, time, FireOutcome.Missed, null, CalendarWords.Missed(kept, time), [], clock.Now))];

    private static EvidenceDraft Record(KeptSchedule kept, List<DateTimeOffset> times) => new(
        "finding.calendar-missed",
        "system",
        null,
        kept.Systems.Count == 1 ? kept.Systems[0] : null,
        new JsonObject
        {
            ["schedule"] = kept.Name,
            ["kind"] = kept.Kind,
            ["plan"] = kept.Plan,
            ["mode"] = kept.Mode,
            ["systems"] = new JsonArray([.. kept.Systems.Select(system => (JsonNode)system)]),
            ["missed"] = times.Count,
            ["first"] = times[0].ToRfc3339(),
            ["last"] = times[^1].ToRfc3339(),
            ["times"] = new JsonArray([.. times.TakeLast(MostKept).Select(time => (JsonNode)time.ToRfc3339())]),
            ["finding"] = CalendarWords.Missed(kept, times[^1]),
        });
}
