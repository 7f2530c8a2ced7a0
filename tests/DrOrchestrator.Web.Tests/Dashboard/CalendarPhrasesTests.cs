using DrOrchestrator.Calendars;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Gates;
using DrOrchestrator.Estates;
using DrOrchestrator.Web.Dashboard;
using DrOrchestrator.Web.Dashboard.Phrases;

namespace DrOrchestrator.Web.Tests.Dashboard;

/// <summary>Whatever the calendar says is said in Chinese too.</summary>
public sealed class CalendarPhrasesTests
{
    private static readonly DateTimeOffset Due = new(2026, 11, 22, 8, 0, 0, TimeSpan.Zero);
    private static readonly Freeze Closing = new("closing", new FreezeDays.Once(new(2026, 11, 20), new(2026, 11, 30)), [], "month-end closing", "Wang Fang", "UTC");

    public static TheoryData<string> Sentences()
    {
        var sentences = new List<string>();
        foreach (var kind in new[] { "drill", "restore-check", "gates" })
        {
            sentences.Add(CalendarWords.Missed(new KeptSchedule("q", kind, "failover", ["ledger"], "live", "", "Asia/Shanghai", Due), Due));
        }

        foreach (var kind in new[] { "drill", "restore-check" })
        {
            var entry = new CalendarEntry("q", kind, "", "failover", "", "Europe/Berlin", TimeSpan.Zero);
            sentences.Add(CalendarWords.Frozen(entry, Due, Closing));
            foreach (var why in new[]
                     {
                         "System 'ledger' is held by run 7, which is not closed. Follow it with: dro drill show 7",
                         "there is no person 'rita' in whose name it could be asked for.",
                         "rita is no operator; only operators ask for runs.",
                         "Plan 'failover' has no approvals; a calendar only opens runs that wait for one.",
                     })
            {
                sentences.Add(CalendarWords.NotOpened(entry, Due, why));
            }
        }

        var bad = new GateResult("exposure-in-limit ledger at dr", false, "3s", "at most 1s", "recovery point r", TimeSpan.Zero, "Wait until the standby has caught up, or find out why it lags.");
        sentences.Add(ScheduledGates.Judge("failover", []).Text);
        sentences.Add(ScheduledGates.Judge("failover", [bad]).Text);
        sentences.Add(ScheduledGates.Judge("failover", [bad, bad]).Text);
        foreach (var frozen in NoFreeze.Check(Samples.Estate() with { Freezes = [Closing] }, ["ledger"], "live", Due).Concat(NoFreeze.Check(Samples.Estate() with { Freezes = [Closing] }, ["ledger"], "live", Due.AddYears(1))))
        {
            Array.ForEach([frozen.Check, frozen.Value, frozen.Limit, frozen.Source], sentences.Add);
            if (!frozen.Passed)
            {
                sentences.Add(frozen.Remedy);
            }
        }

        var overdue = new CalendarEntry("o", "drill-overdue", "ledger", "quickstart-failover", "0 0 8 * * ?", "UTC", TimeSpan.FromDays(30));
        sentences.Add(OverdueDrills.Judge(overdue, [], Due)!.Finding);
        sentences.Add(OverdueDrills.Judge(overdue, [Samples.Run()], Due.AddYears(1))!.Finding);
        var gates = new CalendarEntry("g", "gates", "", "failover", "0 0 8 * * ?", "UTC", TimeSpan.Zero);
        sentences.Add(CalendarStandings.ReadinessOf(gates, [], [], Due)!.Reason);
        sentences.Add(CalendarStandings.ReadinessOf(gates, [], [new Fire("g", Due, FireOutcome.Passed, null, "", [], Due)], Due.AddDays(3))!.Reason);
        return [.. sentences.Distinct()];
    }

    [Theory]
    [MemberData(nameof(Sentences))]
    public void Say_OfWhatTheCalendarSays_KnowsTheSentence(string sentence)
    {
        Phrasebook.Knows(sentence).Should().BeTrue();
        System.Text.RegularExpressions.Regex.Replace(Phrasebook.Say(sentence, Language.Chinese).Markup, "<[^>]*>", "").Should().MatchRegex("[\\u4e00-\\u9fff]");
    }
}
