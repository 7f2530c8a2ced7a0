using DrOrchestrator.Estates;

namespace DrOrchestrator.Tests.Estates;

/// <summary>Changes of the clock, by Berlin's of 2026: on 29 March 02:00 becomes 03:00, on 25 October 03:00 becomes 02:00.</summary>
public sealed class CalendarTimesTests
{
    private const string Berlin = "Europe/Berlin";
    private static readonly DateTimeOffset Spring = new(2026, 3, 28, 12, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Autumn = new(2026, 10, 24, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Between_TimeThatDoesNotExist_FiresOnceWhenTheClocksMove() =>
        Times("0 30 2 * * ?", Spring, days: 2).Should().Equal(Utc(3, 29, 1, 0), Utc(3, 30, 0, 30));

    [Fact]
    public void Between_SeveralTimesThatDoNotExist_FireOnceTogether() =>
        Times("0 10,50 2 * * ?", Spring, days: 1).Should().Equal(Utc(3, 29, 1, 0));

    [Fact]
    public void Between_TimeThatComesTwice_FiresTheFirstTimeOnly() =>
        Times("0 30 2 * * ?", Autumn, days: 2).Should().Equal(Utc(10, 25, 0, 30), Utc(10, 26, 1, 30));

    [Fact]
    public void Between_ZoneWithoutChanges_IsTheSameHourAllYear() =>
        CalendarTimes.Between("0 0 22 1 * ?", "Asia/Shanghai", Utc(3, 15, 0, 0), Utc(5, 15, 0, 0)).Should().Equal(Utc(4, 1, 14, 0), Utc(5, 1, 14, 0));

    [Fact]
    public void Between_Until_IsIncludedAndAfterIsNot() =>
        CalendarTimes.Between("0 0 8 * * ?", "UTC", Utc(3, 1, 8, 0), Utc(3, 2, 8, 0)).Should().Equal(Utc(3, 2, 8, 0));

    [Fact]
    public void Next_NeverAgain_IsNull() => CalendarTimes.Next("0 0 8 1 1 ? 2026", "UTC", Utc(3, 1, 8, 0)).Should().BeNull();

    private static IEnumerable<DateTimeOffset> Times(string cron, DateTimeOffset after, int days) => CalendarTimes.Between(cron, Berlin, after, after.AddDays(days));

    private static DateTimeOffset Utc(int month, int day, int hour, int minute) => new(2026, month, day, hour, minute, 0, TimeSpan.Zero);
}
