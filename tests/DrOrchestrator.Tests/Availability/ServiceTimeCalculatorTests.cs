using DrOrchestrator.Availability;
using DrOrchestrator.Estates;

namespace DrOrchestrator.Tests.Availability;

public class ServiceTimeCalculatorTests
{
    private static readonly DateOnly Never = new(1999, 1, 1);

    [Theory]
    [InlineData("Europe/Berlin", "2026-03-29", 0, 24, 23)] // spring: 02:00 to 03:00 is left out
    [InlineData("Europe/Berlin", "2026-03-29", 2, 3, 0)]
    [InlineData("Europe/Berlin", "2026-03-29", 1, 4, 2)]
    [InlineData("Europe/Berlin", "2026-10-25", 0, 24, 25)] // autumn: 02:00 to 03:00 comes twice
    [InlineData("Europe/Berlin", "2026-10-25", 2, 3, 2)]
    [InlineData("Europe/Berlin", "2026-10-25", 3, 4, 1)]
    [InlineData("America/New_York", "2026-03-08", 0, 24, 23)]
    [InlineData("America/New_York", "2026-11-01", 0, 24, 25)]
    [InlineData("America/New_York", "2026-11-01", 1, 2, 2)]
    [InlineData("Asia/Shanghai", "2026-03-29", 0, 24, 24)] // no such changes
    [InlineData("Asia/Shanghai", "2026-10-25", 2, 3, 1)]
    public void Between_DayTheClockChanges_CountsTheHoursTheClockShows(string zone, string date, int start, int end, double hours)
    {
        var calendar = Daily(zone, start, end);
        var day = DateOnly.Parse(date);

        var committed = ServiceTimeCalculator.Between(calendar, ZoneTime.StartOf(zone, day), ZoneTime.StartOf(zone, day.AddDays(1)));

        committed.Total.TotalHours.Should().Be(hours);
    }

    [Theory]
    [InlineData("UTC")]
    [InlineData("Europe/Berlin")]
    [InlineData("Asia/Shanghai")]
    public void Between_LeapYear_HasAFebruary29(string zone)
    {
        var calendar = Daily(zone, 9, 18);
        AvailabilityWindow Whole(int year) => AvailabilityWindow.Year(new DateTimeOffset(2040, 1, 1, 0, 0, 0, TimeSpan.Zero), zone, year);

        TimeSpan Committed(AvailabilityWindow window) => ServiceTimeCalculator.Between(calendar, window.From, window.To).Total;

        Committed(Whole(2028)).TotalHours.Should().Be(366 * 9);
        Committed(Whole(2027)).TotalHours.Should().Be(365 * 9);
        (Whole(2028).To - Whole(2028).From).TotalDays.Should().Be(366);
    }

    [Fact]
    public void Between_HoursOverMidnight_BelongToTheDayTheyBeginOn()
    {
        var saturdays = new ServiceCalendar(
            "c", "UTC", new Dictionary<DayOfWeek, IReadOnlyList<ServiceHours>> { [DayOfWeek.Saturday] = [new(TimeSpan.FromHours(22), TimeSpan.FromHours(26))] }, new Dictionary<DateOnly, IReadOnlyList<ServiceHours>>());
        var sunday = new DateTimeOffset(2026, 11, 22, 0, 0, 0, TimeSpan.Zero);

        ServiceTimeCalculator.Between(saturdays, sunday, sunday.AddDays(1)).Spans.Should().Equal((sunday, sunday.AddHours(2)));
        ServiceTimeCalculator.Between(saturdays, sunday.AddDays(-1), sunday).Spans.Should().Equal((sunday.AddHours(-2), sunday));
    }

    [Fact]
    public void Between_Exception_TakesThePlaceOfTheWeeksHours()
    {
        var holiday = new DateOnly(2026, 10, 1);
        var calendar = Daily("Asia/Shanghai", 9, 18) with { Exceptions = new Dictionary<DateOnly, IReadOnlyList<ServiceHours>> { [holiday] = [] } };
        var from = ZoneTime.StartOf("Asia/Shanghai", holiday);

        ServiceTimeCalculator.Between(calendar, from, from.AddDays(1)).Total.Should().Be(TimeSpan.Zero);
        ServiceTimeCalculator.Between(calendar, from, from.AddDays(2)).Total.TotalHours.Should().Be(9);
    }

    [Fact]
    public void StartOf_DateWhoseMidnightIsLeftOut_IsTheEndOfTheGap() =>
        ZoneTime.StartOf("Africa/Cairo", new DateOnly(2026, 4, 24)).Should().Be(new DateTimeOffset(2026, 4, 23, 22, 0, 0, TimeSpan.Zero));

    [Fact]
    public void Offsets_AYear_IsCutWhereTheClockChangesAndNowhereElse()
    {
        DateTimeOffset At(int month, int day, int hour) => new(2026, month, day, hour, 0, 0, TimeSpan.Zero);
        var (begin, spring, autumn, end) = (At(1, 1, 0), At(3, 29, 1), At(10, 25, 1), At(12, 31, 0));

        ZoneTime.Offsets("Europe/Berlin", begin, end).Should().Equal(
            (begin.Ticks, spring.Ticks, TimeSpan.TicksPerHour), (spring.Ticks, autumn.Ticks, 2 * TimeSpan.TicksPerHour), (autumn.Ticks, end.Ticks, TimeSpan.TicksPerHour));
        ZoneTime.Offsets("Europe/Berlin", begin, begin).Should().BeEmpty();
    }

    [Theory]
    [InlineData(1, 1, 1, 4)]
    [InlineData(3, 31, 1, 4)]
    [InlineData(4, 1, 4, 7)]
    [InlineData(8, 15, 7, 10)]
    [InlineData(12, 31, 10, 13)]
    public void Quarter_ADay_IsTheThreeMonthsAroundIt(int month, int day, int first, int next)
    {
        var now = new DateTimeOffset(2026, month, day, 12, 0, 0, TimeSpan.Zero);
        var begin = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

        AvailabilityWindow.Quarter(now, "UTC").Should().Be(new AvailabilityWindow("quarter", begin.AddMonths(first - 1), now, begin.AddMonths(next - 1)));
        AvailabilityWindow.Month(now, "UTC").Should().Be(new AvailabilityWindow("month", begin.AddMonths(month - 1), now, begin.AddMonths(month)));
        AvailabilityWindow.Today(now, "UTC").Should().Be(new AvailabilityWindow("today", now.AddHours(-12), now, now.AddHours(12)));
        AvailabilityWindow.All(now, "UTC").Select(window => window.Name).Should().Equal("today", "7-days", "30-days", "month", "quarter", "year", "last-year", "rolling-365-days");
    }

    [Fact]
    public void All_Windows_FollowTheZone()
    {
        var now = new DateTimeOffset(2026, 12, 31, 17, 0, 0, TimeSpan.Zero); // 01:00 on the first of January in Shanghai

        var windows = AvailabilityWindow.All(now, "Asia/Shanghai").ToDictionary(window => window.Name);

        windows["year"].From.Should().Be(new DateTimeOffset(2026, 12, 31, 16, 0, 0, TimeSpan.Zero));
        windows["year"].IsOver.Should().BeFalse();
        (windows["year"].WholeTo - windows["year"].From).TotalDays.Should().Be(365);
        windows["last-year"].To.Should().Be(windows["year"].From);
        windows["last-year"].IsOver.Should().BeTrue();
        windows["today"].From.Should().Be(windows["year"].From);
        windows["quarter"].From.Should().Be(windows["year"].From);
        windows["rolling-365-days"].From.Should().Be(now.AddDays(-365));
    }

    private static ServiceCalendar Daily(string zone, int start, int end) => new(
        "c",
        zone,
        Enum.GetValues<DayOfWeek>().ToDictionary(day => day, IReadOnlyList<ServiceHours> (_) => [new(TimeSpan.FromHours(start), TimeSpan.FromHours(end))]),
        new Dictionary<DateOnly, IReadOnlyList<ServiceHours>> { [Never] = [] });
}
