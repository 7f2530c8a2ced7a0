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
