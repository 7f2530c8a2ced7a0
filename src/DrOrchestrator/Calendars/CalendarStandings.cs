using System.Globalization;
using DrOrchestrator.Drills;
using DrOrchestrator.Estates;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Calendars;

/// <summary>Works out how the calendar stands from the estate, the times on record and the runs. Pure.</summary>
public static class CalendarStandings
{
    private const int NextShown = 5;

    /// <summary>All entries and freezes.</summary>
    /// <param name="fires">Newest times on record by schedule, newest first.</param>
    /// <param name="now">By the wall clock.</param>
    public static CalendarStanding Of(
        Estate estate, IReadOnlyList<Plan> plans, IReadOnlyDictionary<string, IReadOnlyList<Fire>> fires, IReadOnlyList<RunView> runs, DateTimeOffset now) => new(
            now,
            [.. estate.Calendars.Select(entry => Line(estate, entry, plans.FirstOrDefault(plan => plan.Name == entry.Plan), fires.GetValueOrDefault(entry.Name, []), runs, now))],
            [.. estate.Freezes.Select(freeze => Of(freeze, now)).OrderByDescending(freeze => freeze.InForce)]);

    /// <summary>
    /// The newest missed or refused time of a drill, as long as no run that makes up for it was opened after it: of its plan, in its mode (a real one is more than a live drill),
    /// that goes on or was carried out. What the entry did later does not matter: that drill is still to be made up for, or somebody has done so.
    /// </summary>
    public static Fire? StandingOf(CalendarEntry entry, IReadOnlyList<Fire> fires, IReadOnlyList<RunView> runs) =>
        entry.OpensRuns
        && fires.FirstOrDefault(fire => fire.Outcome is FireOutcome.Missed or FireOutcome.Refused) is { } newest
        && !runs.Any(run => run.Plan == entry.Plan && run.OpenedAt > newest.FireTime && OverdueDrills.IsCarriedOut(run) && (run.Mode == entry.Mode || (run.Mode, entry.Mode) is ("real", "live")))
            ? newest
            : null;

    /// <summary>What the gates of an entry said last, and whether that is still good: until a grace after they were to be read again.</summary>
    public static SwitchReadiness? ReadinessOf(CalendarEntry entry, IReadOnlyList<string> systems, IReadOnlyList<Fire> fires, DateTimeOffset now)
    {
        if (entry.Kind != CalendarKinds.Gates)
        {
            return null;
        }

        if (fires.FirstOrDefault(fire => fire.Outcome is FireOutcome.Passed or FireOutcome.NotPassed) is not { } read)
        {
            return new SwitchReadiness(entry.Name, entry.Plan, systems, CanSwitch.Unknown, null, null, "the gates have not been read yet", []);
        }

        var until = CalendarTimes.Next(entry.Cron, entry.TimeZone, read.FireTime) + FireTiming.Grace;
        return until is { } good && now > good
            ? new SwitchReadiness(
                entry.Name, entry.Plan, systems, CanSwitch.Unknown, read.At, until, string.Create(CultureInfo.InvariantCulture, $"the gates should have been read again by {good.UtcDateTime:yyyy-MM-dd HH:mm} UTC"), read.Gates)
            : new SwitchReadiness(entry.Name, entry.Plan, systems, read.Outcome is FireOutcome.Passed ? CanSwitch.Yes : CanSwitch.No, read.At, until, read.Text, read.Gates);
    }

    private static CalendarLine Line(Estate estate, CalendarEntry entry, Plan? plan, IReadOnlyList<Fire> fires, IReadOnlyList<RunView> runs, DateTimeOffset now)
    {
        IReadOnlyList<string> systems = entry.System.Length > 0 ? [entry.System] : plan?.Systems ?? [];
        return new CalendarLine(
            entry.Name,
            entry.Kind,
            entry.Plan,
            systems,
            entry.Mode,
            entry.Requester,
            entry.Cron,
            entry.TimeZone,
            Next(estate, entry, systems, now),
            fires.Count > 0 ? fires[0] : null,
            [.. fires.Where(fire => fire.Outcome is FireOutcome.Missed)],
            StandingOf(entry, fires, runs),
            entry.Kind == CalendarKinds.DrillOverdue ? OverdueDrills.Judge(entry, runs, now) : null,
            ReadinessOf(entry, systems, fires, now));
    }

    private static List<NextFire> Next(Estate estate, CalendarEntry entry, IReadOnlyList<string> systems, DateTimeOffset now)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(entry.TimeZone);
        return [.. CalendarTimes.Between(entry.Cron, entry.TimeZone, now, DateTimeOffset.MaxValue).Take(NextShown).Select(at => new NextFire(
            TimeZoneInfo.ConvertTime(at, zone), entry.OpensRuns && estate.FreezesOf([.. systems], at) is [var freeze, ..] ? freeze.Name : null))];
    }

    private static FreezeStanding Of(Freeze freeze, DateTimeOffset now)
    {
        var holds = freeze.Holds(now);
        return new FreezeStanding(freeze.Name, freeze.Days.ToString()!, freeze.Systems, freeze.Reason, freeze.Signer, freeze.TimeZone, holds, holds ? freeze.LastDay(now) : null);
    }
}
