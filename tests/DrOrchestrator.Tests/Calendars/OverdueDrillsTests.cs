using DrOrchestrator.Calendars;
using DrOrchestrator.Drills;
using DrOrchestrator.Estates;

namespace DrOrchestrator.Tests.Calendars;

public sealed class OverdueDrillsTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 8, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Judge_WithoutAnyRun_IsOverdueAndSaysWhatToDo()
    {
        var overdue = OverdueDrills.Judge(Entry(), [], Now);

        overdue!.Finding.Should().Be("No run of plan failover for ledger has ever closed; one is due every 30d. Start one: dro drill start failover");
        overdue.NewestRun.Should().BeNull();
    }

    [Theory]
    [InlineData("passed")]
    [InlineData("failed")]
    [InlineData("switched-not-returned")]
    public void Judge_WithARunClosedOnTheLastDayOfThePeriod_IsNotOverdue(string outcome) =>
        OverdueDrills.Judge(Entry(), [Run(1, Now.AddDays(-30), outcome)], Now).Should().BeNull();

    [Fact]
    public void Judge_WithOnlyOlderRuns_NamesTheNewest()
    {
        var overdue = OverdueDrills.Judge(Entry(), [Run(1, Now.AddDays(-90)), Run(3, Now.AddDays(-31)), Run(2, Now.AddDays(-60))], Now);

        overdue!.NewestRun.Should().Be(3);
        overdue.Finding.Should().Be(
            "The newest run of plan failover for ledger is run 3, closed 2026-10-22 08:00 UTC; one is due every 30d. Start one: dro drill start failover");
    }

    public static TheoryData<RunView> RunsThatDoNotCount => new()
    {
        Run(1, Now.AddDays(-1), "aborted"),
        Run(1, null, "open"),
        Run(1, Now.AddDays(-1)) with { Plan = "other" },
        Run(1, Now.AddDays(-1)) with { Systems = ["cards"] },
    };

    [Theory]
    [MemberData(nameof(RunsThatDoNotCount))]
    public void Judge_WithARunThatDoesNotCount_IsOverdue(RunView run) => OverdueDrills.Judge(Entry(), [run], Now)!.NewestRun.Should().BeNull();

    internal static CalendarEntry Entry() => new("monthly", "drill-overdue", "ledger", "failover", "0 0 8 * * ?", "UTC", TimeSpan.FromDays(30));

    internal static RunView Run(long id, DateTimeOffset? closedAt, string outcome = "passed") => new(
        id, $"dro-1a2b3c4d-{id}", "failover", "", "live", "failover", "live", ["ledger"], "rita", "", Now.AddYears(-1), closedAt, outcome, "", null, false, false, null, [], [], [], null);
}
