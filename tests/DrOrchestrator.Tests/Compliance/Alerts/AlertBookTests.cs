using DrOrchestrator.Availability;
using DrOrchestrator.Compliance;
using DrOrchestrator.Compliance.Alerts;

namespace DrOrchestrator.Tests.Compliance.Alerts;

public sealed class AlertBookTests
{
    private static readonly DateTimeOffset T0 = new(2026, 11, 27, 8, 0, 0, TimeSpan.Zero);
    private static readonly AlertCondition Exposure = new(AlertKinds.Exposure, "ledger", "dr", "exposure towards dr is 2 s; the limit is 1 s");
    private readonly AlertBook _book = new();

    [Fact]
    public void Take_ConditionThatHolds_IsRaisedOnceAfterItsTime()
    {
        At(0, Exposure).Raised.Should().BeEmpty();
        At(4.9, Exposure).Raised.Should().BeEmpty();
        At(5, Exposure).Raised.Should().Equal(Exposure);
        At(6, Exposure with { Text = "exposure towards dr is 3 s; the limit is 1 s" }).Raised.Should().BeEmpty("it is the same alert, whatever its numbers");
    }

    [Fact]
    public void Take_ConditionThatSwings_IsNotRaised()
    {
        for (var second = 0; second < 60; second += 4)
        {
            At(second, second % 8 == 0 ? [Exposure] : []).Raised.Should().BeEmpty();
        }
    }

    [Fact]
    public void Take_ConditionThatIsGone_IsClearedAfterItsTimeAndNotBefore()
    {
        Open();

        At(20).Cleared.Should().BeEmpty();
        At(50, Exposure).Cleared.Should().BeEmpty("it came back");
        At(60).Cleared.Should().BeEmpty();
        At(119.9).Cleared.Should().BeEmpty();
        var cleared = At(120).Cleared.Should().ContainSingle().Subject;

        cleared.ClearedAt.Should().Be(T0.AddSeconds(120));
        _book.Open.Should().BeEmpty();
    }

    [Fact]
    public void Take_NobodyCanTellWhetherItHolds_StaysOpenAndMustBeSeenGoneAnew()
    {
        Open();
        At(20).Cleared.Should().BeEmpty();
        for (var second = 30; second <= 3600; second += 30)
        {
            _book.Take([], T0.AddSeconds(second), new HashSet<string> { Exposure.Key }).Should().BeEquivalentTo(new { Raised = Array.Empty<AlertCondition>(), Cleared = Array.Empty<Alert>() });
        }

        At(3601).Cleared.Should().BeEmpty();
        At(3660.9).Cleared.Should().BeEmpty();
        At(3661).Cleared.Should().ContainSingle();
    }

    [Fact]
    public void NotMeasured_OfAFigureWithoutAMeasurement_NamesItsAlerts()
    {
        QosRow Row(double? measured, string figure) => new(figure, "percent", null, 99, 98, measured, false, false);
        var qos = new QosStatus(null, [], [Row(null, "success"), Row(99.5, "availability"), Row(null, "latency") with { Quantile = 0.95 }], false);

        AlertConditions.NotMeasured(Status(qos)).Should().BeEquivalentTo(
            "below-lqa/ledger/success", "below-target/ledger/success", "below-lqa/ledger/latency-p95", "below-target/ledger/latency-p95");
    }

    [Fact]
    public void NotMeasured_NothingAddedUp_NamesEveryFigureThatIsDemanded()
    {
        var qos = QosStatus.Of(null, new QosFloors(99, TimeSpan.FromSeconds(1), 0.95, 700), [], _ => 99.9, T0);

        AlertConditions.NotMeasured(Status(qos)).Where(key => key.StartsWith("below-lqa", StringComparison.Ordinal)).Should().BeEquivalentTo(
            "below-lqa/ledger/success", "below-lqa/ledger/latency-p95", "below-lqa/ledger/throughput");
    }

    [Fact]
    public void Take_AfterARestart_GoesOnWithWhatWasOpen()
    {
        _book.Add([Alert()]);

        At(0, Exposure).Raised.Should().BeEmpty();
        _book.IsOpen(Exposure.Key).Should().BeTrue();
    }

    [Fact]
    public void Take_ClearedAndBack_IsANewAlert()
    {
        Open();
        At(20);
        At(80);

        At(90, Exposure).Raised.Should().BeEmpty();
        At(95, Exposure).Raised.Should().ContainSingle();
    }

    private void Open()
    {
        At(0, Exposure);
        At(5, Exposure).Raised.Should().ContainSingle();
    }

    private AlertEvents At(double seconds, params AlertCondition[] conditions)
    {
        var events = _book.Take(conditions, T0.AddSeconds(seconds));
        _book.Add(events.Raised.Select(_ => Alert()));
        _book.Remove(events.Cleared);
        return events;
    }

    private static SystemStatus Status(QosStatus qos) => new(
        "ledger", new Dictionary<string, string>(), "Operations", 4, null, "primary", IntervalState.Up, T0, "HTTP 201", 12, [],
        AvailabilityFigures.Of(new Downtime(T0.AddYears(-1), T0, default, default, default, default, default, default)), [], []) { Qos = qos };

    private static Alert Alert() => new(1, Exposure.Kind, Exposure.System, Exposure.Subject, "critical", Exposure.Text, T0, null);
}
