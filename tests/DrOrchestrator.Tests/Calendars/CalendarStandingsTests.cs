using DrOrchestrator.Calendars;
using DrOrchestrator.Drills;
using DrOrchestrator.Estates;

namespace DrOrchestrator.Tests.Calendars;

public sealed class CalendarStandingsTests
{
    private static readonly DateTimeOffset Now = new(2026, 12, 30, 9, 0, 0, TimeSpan.Zero);
    private static readonly CalendarEntry Drill = CalendarBench.Drill() with { TimeZone = "Asia/Shanghai" };
    private static readonly Freeze YearEnd = new("year-end", new FreezeDays.Yearly(new DayOfYear(12, 25), new DayOfYear(1, 1)), [], "closing", "Wang", "Asia/Shanghai");

    [Fact]
    public void Of_Drill_ShowsItsNextTimesInItsZoneAndWhichAreFrozen()
    {
        var standing = Standing([]);

        standing.Entries.Single().Next.Take(3).Should().Equal(
            new NextFire(new DateTimeOffset(2026, 12, 31, 8, 0, 0, TimeSpan.FromHours(8)), "year-end"),
            new NextFire(new DateTimeOffset(2027, 1, 1, 8, 0, 0, TimeSpan.FromHours(8)), "year-end"),
            new NextFire(new DateTimeOffset(2027, 1, 2, 8, 0, 0, TimeSpan.FromHours(8)), null));
        standing.Entries.Single().Next[0].At.Offset.Should().Be(TimeSpan.FromHours(8));
        standing.Freezes.Should().ContainSingle().Which.Should().BeEquivalentTo(new { InForce = true, LastDay = new DateOnly(2027, 1, 1), Days = "12-25..01-01" });
    }

    [Theory]
    [InlineData(FireOutcome.Missed)]
    [InlineData(FireOutcome.Refused)]
    public void Of_DrillMissedOrRefused_StandsUntilARunWasOpenedAfterIt(FireOutcome outcome)
    {
        var missed = Fire(Now.AddDays(-2), outcome);

        Standing([missed]).Entries.Single().Standing.Should().Be(missed);
        Standing([missed], Run(Now.AddDays(-3))).Entries.Single().Standing.Should().Be(missed);
        Standing([missed], Run(Now.AddDays(-1))).Entries.Single().Standing.Should().BeNull("somebody made up for it");
        Standing([Fire(Now.AddDays(-1), FireOutcome.Opened), missed], Run(Now.AddDays(-1))).Entries.Single().Standing.Should().BeNull("the next one was opened");
    }

    [Theory]
    [InlineData("live", "tabletop", "passed", true)]
    [InlineData("live", "rehearsal", "passed", true)]
    [InlineData("live", "live", "aborted", true)]
    [InlineData("live", "live", "pre-empted", true)]
    [InlineData("live", "live", "failed", false)]
    [InlineData("live", "live", "open", false)]
    [InlineData("live", "real", "passed", false)]
    [InlineData("tabletop", "live", "passed", true)]
    [InlineData("tabletop", "tabletop", "passed", false)]
    public void StandingOf_RunOpenedAfterTheMissedTime_ClearsItOnlyWhereItMakesUpForIt(string missed, string mode, string outcome, bool stands)
    {
        var fire = Fire(Now.AddDays(-2), FireOutcome.Missed);
        var run = OverdueDrillsTests.Run(1, outcome is "open" ? null : Now, outcome) with { OpenedAt = Now.AddDays(-1), Mode = mode };

        var standing = CalendarStandings.StandingOf(Drill with { Mode = missed }, [fire], [run]);

        standing.Should().Be(stands ? fire : null);
    }

    [Theory]
    [InlineData(FireOutcome.Frozen)]
    [InlineData(FireOutcome.Opened)]
    public void Of_DrillFrozenOrOpened_HasNothingStanding(FireOutcome outcome) => Standing([Fire(Now.AddDays(-2), outcome)]).Entries.Single().Standing.Should().BeNull();

    private static Fire Fire(DateTimeOffset at, FireOutcome outcome) => new("daily", at, outcome, null, "text", [], at);

    private static RunView Run(DateTimeOffset openedAt) => OverdueDrillsTests.Run(1, null) with { OpenedAt = openedAt };

    private static CalendarStanding Standing(Fire[] fires, params RunView[] runs) => CalendarStandings.Of(
        new Estate("bank", "", "", false, [], [], [], [], [], [], [Drill], []) { Freezes = [YearEnd] }, [], new Dictionary<string, IReadOnlyList<Fire>> { ["daily"] = fires }, runs, Now);
}
