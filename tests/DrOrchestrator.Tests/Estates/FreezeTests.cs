using DrOrchestrator.Estates;

namespace DrOrchestrator.Tests.Estates;

public sealed class FreezeTests
{
    private static readonly Freeze YearEnd = Of(new FreezeDays.Yearly(new DayOfYear(12, 25), new DayOfYear(1, 5)));

    [Theory]
    [InlineData("2026-12-24T15:59:59Z", false)]
    [InlineData("2026-12-24T16:00:00Z", true)]
    [InlineData("2027-01-05T15:59:59Z", true)]
    [InlineData("2027-01-05T16:00:00Z", false)]
    [InlineData("2027-07-01T00:00:00Z", false)]
    public void Holds_YearlyOverTheTurnOfTheYear_FromItsFirstToTheEndOfItsLastDayInItsZone(string at, bool holds) => YearEnd.Holds(At(at)).Should().Be(holds);

    [Theory]
    [InlineData("2026-12-31T00:00:00Z", "2027-01-05")]
    [InlineData("2027-01-02T00:00:00Z", "2027-01-05")]
    public void LastDay_YearlyOverTheTurnOfTheYear_IsInTheNewYear(string at, string day) => YearEnd.LastDay(At(at)).Should().Be(DateOnly.Parse(day, System.Globalization.CultureInfo.InvariantCulture));

    [Fact]
    public void Holds_YearlyToALeapDay_EndsOnTheLastDayOfFebruary()
    {
        var freeze = Of(new FreezeDays.Yearly(new DayOfYear(2, 20), new DayOfYear(2, 29)));

        freeze.Holds(At("2027-02-28T12:00:00Z")).Should().BeTrue();
        freeze.Holds(At("2027-02-28T18:00:00Z")).Should().BeFalse("that is 1 March in Shanghai");
        freeze.LastDay(At("2027-02-25T00:00:00Z")).Should().Be(new DateOnly(2027, 2, 28));
    }

    [Theory]
    [InlineData("2026-09-30T16:00:00Z", true)]
    [InlineData("2026-10-07T15:59:59Z", true)]
    [InlineData("2027-10-03T00:00:00Z", false)]
    public void Holds_Once_IsOverAfterItsDays(string at, bool holds) => Of(new FreezeDays.Once(new DateOnly(2026, 10, 1), new DateOnly(2026, 10, 7))).Holds(At(at)).Should().Be(holds);

    [Theory]
    [InlineData("ledger", true)]
    [InlineData("cards", false)]
    public void Concerns_SystemsNamed_OnlyThose(string system, bool concerned)
    {
        (YearEnd with { Systems = ["ledger"] }).Concerns(["loans", system]).Should().Be(concerned);
        YearEnd.Concerns([system]).Should().BeTrue("a freeze without systems is for all");
    }

    private static Freeze Of(FreezeDays days) => new("year-end", days, [], "year-end closing", "Wang", "Asia/Shanghai");

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
