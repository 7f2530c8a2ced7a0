using DrOrchestrator.Compliance;
using DrOrchestrator.Drills;
using DrOrchestrator.Web.Dashboard.Phrases;
using Microsoft.Extensions.Time.Testing;

namespace DrOrchestrator.Web.Tests;

public sealed class OpeningForecastsTests
{
    private static readonly DrOrchestrator.Plans.Plan Plan = new FakePlans().All[0];

    [Fact]
    public void Of_PlanForSeveralSystems_IsTheLongest()
    {
        var both = Plan with { Systems = ["ledger", "cards"] };

        OpeningForecasts.Of(both, [Status("ledger", 40), Status("cards", 60), Status("loans", 90)]).Should().BeEquivalentTo(new RunForecast(60, 120, 5, ["promote"], null));
    }

    [Fact]
    public void Of_GatesThatFail_IsTheReason() =>
        OpeningForecasts.Of(Plan, [Status("ledger", null)]).Should().BeEquivalentTo(RunForecast.None("the gates of run 3 did not pass: gate dr: 3 s"));

    [Fact]
    public async Task OfAsync_StatusHangsOrFails_IsNoneAndNobodyWaits()
    {
        var time = new FakeTimeProvider();
        var hanging = new OpeningForecasts(() => new Statuses(_ => new TaskCompletionSource<IReadOnlyList<SystemStatus>>().Task), time).OfAsync(Plan, default);
        while (!hanging.IsCompleted)
        {
            time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Yield();
        }

        var failing = await new OpeningForecasts(() => new Statuses(_ => throw new IOException("disk full")), time).OfAsync(Plan, default);

        string?[] reasons = [(await hanging).Reason, failing.Reason, OpeningForecasts.Of(Plan, []).Reason];
        reasons.Should().Equal("the status was not read in time", "the status could not be read: disk full", "no recovery time is forecast for this plan");
        reasons.Should().OnlyContain(reason => Phrasebook.Knows(reason!));
    }

    private static SystemStatus Status(string system, double? seconds) => Samples.Status(system) with
    {
        Recovery = new RecoveryStatus(
            [],
            [
                new RtoForecast(
                    Plan.Name, Span(seconds), Span(2 * seconds), TimeSpan.Zero, TimeSpan.FromSeconds(5), null, [], ["promote"], seconds is null ? "the gates of run 3 did not pass: gate dr: 3 s" : null),
            ],
            null),
    };

    private static TimeSpan? Span(double? seconds) => seconds is { } known ? TimeSpan.FromSeconds(known) : null;

    private sealed class Statuses(Func<CancellationToken, Task<IReadOnlyList<SystemStatus>>> read) : ISystemStatuses
    {
        public Task<IReadOnlyList<SystemStatus>> ReadAsync(CancellationToken cancellationToken) => read(cancellationToken);

        public Task<IReadOnlyList<DrOrchestrator.Availability.Interval>> TimelineAsync(string system, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
