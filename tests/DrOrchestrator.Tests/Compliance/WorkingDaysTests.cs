using DrOrchestrator.Compliance;
using DrOrchestrator.Estates;
using DrOrchestrator.Estates.Loading;
using DrOrchestrator.Testing.Plans;
using DrOrchestrator.Tiers;

namespace DrOrchestrator.Tests.Compliance;

public sealed class WorkingDaysTests
{
    /// <summary>China's National Day of 2026: seven days off, and a Saturday worked in exchange.</summary>
    private const string Office = """
        service-calendars:
          - name: office
            time-zone: Asia/Shanghai
            hours: { mon-fri: [09:00-17:00] }
            exceptions:
              - { date: 2026-10-01, reason: National Day }
              - { date: 2026-10-02 }
              - { date: 2026-10-05 }
              - { date: 2026-10-06 }
              - { date: 2026-10-07 }
              - { date: 2026-10-10, hours: [09:00-17:00], reason: worked in exchange }
        working-days: office

        """;

    private static readonly DateTimeOffset Monday = new(2026, 9, 28, 1, 0, 0, TimeSpan.Zero);

    [Fact]
    public void AssessmentDue_OverTheHolidays_CountsOnlyDaysWithHours()
    {
        var days = WorkingDays.Of(Estate(Office));

        // 29 and 30 September; 8, 9 and (Saturday) 10 October; 12 to 16 October.
        RuleTable.Current.AssessmentDue(Monday, days.Includes).Should().Be(new DateTimeOffset(2026, 10, 16, 1, 0, 0, TimeSpan.Zero));
        RuleTable.Current.AssessmentDue(Monday, WorkingDays.MondayToFriday.Includes).Should().Be(new DateTimeOffset(2026, 10, 12, 1, 0, 0, TimeSpan.Zero));
        days.Note(Monday).Should().Be("working days by the calendar office");
        days.Note(Monday.AddYears(1)).Should().Be("working days by the calendar office, which has no public holidays of 2027");
    }

    [Fact]
    public void Includes_ByTheCalendarsZone_NotByUtc()
    {
        var days = WorkingDays.Of(Estate(Office));

        days.Includes(new DateTimeOffset(2026, 10, 9, 15, 59, 0, TimeSpan.Zero)).Should().BeTrue("Friday evening in Shanghai");
        days.Includes(new DateTimeOffset(2026, 10, 9, 16, 0, 0, TimeSpan.Zero)).Should().BeTrue("the Saturday that is worked");
        days.Includes(new DateTimeOffset(2026, 10, 10, 16, 0, 0, TimeSpan.Zero)).Should().BeFalse("Sunday in Shanghai");
    }

    [Fact]
    public void Of_NothingDeclared_IsMondayToFridayAndSaysSo() =>
        WorkingDays.Of(Estate("")).Note(Monday).Should().Be("working days are Monday to Friday, public holidays are not declared");

    [Theory]
    [InlineData("working-days: office", "working-days: ofice", "there is no service calendar 'ofice'; allowed: office; did you mean 'office'?")]
    [InlineData("{ mon-fri: [09:00-17:00] }", "{ mon: [] }", "the service calendar 'office' has no hours on any day of the week; allowed: a calendar with working days. Give its days hours.")]
    public void Load_SpoiledWorkingDays_SaysWhatAndWhere(string good, string bad, string message)
    {
        using var folder = new EstateFolderBuilder();
        folder.Write("estate.yaml", EstateFolderBuilder.GoodEstate + Office.Replace(good, bad, StringComparison.Ordinal));

        folder.Load().Should().BeOfType<EstateLoadResult.Refused>().Which.Errors.Should().Contain(error => error.ToString().Contains(message));
    }

    private static Estate Estate(string more)
    {
        using var folder = new EstateFolderBuilder();
        folder.Write("estate.yaml", EstateFolderBuilder.GoodEstate + more);
        return folder.Load().Should().BeOfType<EstateLoadResult.Loaded>().Subject.Estate;
    }
}
