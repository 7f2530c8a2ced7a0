using DrOrchestrator.Availability;

namespace DrOrchestrator.Tests.Availability;

public class BudgetForecastTests
{
    private static readonly DateTimeOffset NewYear = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Of_RateThatUsesItUp_NamesTheDay()
    {
        // Two hours in twenty days: the remaining eight are gone in eighty.
        var forecast = Forecast(days: 20, down: 2);

        forecast.Left.Should().Be(TimeSpan.FromHours(8));
        forecast.PerDay.Should().Be(TimeSpan.FromHours(0.1));
        forecast.RunsOutAt.Should().Be(NewYear.AddDays(100));
    }

    [Theory]
    [InlineData(200, 2)] // would last for 800 days more
    [InlineData(20, 0)]
    public void Of_RateThatDoesNot_SaysNoDay(int days, double down) => Forecast(days, down).RunsOutAt.Should().BeNull();

    [Fact]
    public void Of_UsedUp_IsOverAlready()
    {
        var forecast = Forecast(days: 20, down: 11);

        forecast.Left.Should().Be(TimeSpan.FromHours(-1));
        forecast.RunsOutAt.Should().Be(NewYear.AddDays(20));
    }

    [Fact]
    public void Of_HalfUnobserved_TakesTheRateOfWhatWasObserved() =>
        Forecast(days: 20, down: 2, unknownDays: 10).RunsOutAt.Should().Be(NewYear.AddDays(60));

    [Fact]
    public void Of_NothingObserved_HasNoRate() => Forecast(days: 20, down: 0, unknownDays: 20).Should().BeEquivalentTo(new { PerDay = TimeSpan.Zero, RunsOutAt = (DateTimeOffset?)null });

    [Fact]
    public void Of_Bounds_AreThoseOfDowntime()
    {
        var forecast = Forecast(days: 20, down: 2, unknownDays: 1);

        (forecast.LeftLower, forecast.LeftUpper).Should().Be((TimeSpan.FromHours(10 - 2 - 24), TimeSpan.FromHours(8)));
    }

    private static BudgetForecast Forecast(int days, double down, double unknownDays = 0)
    {
        var hours = TimeSpan.FromHours(down);
        var unknown = TimeSpan.FromDays(unknownDays);
        return BudgetForecast.Of(
            new Downtime(NewYear, NewYear.AddDays(days), hours, hours, hours + unknown, unknown, TimeSpan.Zero, TimeSpan.Zero), NewYear.AddYears(1), TimeSpan.FromHours(10));
    }
}
