using DrOrchestrator.Probes.Kubernetes;
using k8s.Models;
using Microsoft.Extensions.Time.Testing;

namespace DrOrchestrator.Tests.Probes.Kubernetes;

public sealed class HeartbeatsTests
{
    private static readonly DateTimeOffset T0 = new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);
    private readonly FakeTimeProvider _time = new(T0);
    private readonly Heartbeats _heartbeats = new();

    [Fact]
    public void Ages_FirstLook_IsByTheDateOfTheApi()
    {
        Age(renewed: T0.AddSeconds(-100), server: T0).Should().Be(TimeSpan.FromSeconds(100));
        new Heartbeats().Ages([Lease(T0.AddSeconds(-100))], null, _time)["n"].Should().Be(TimeSpan.Zero);
    }

    [Fact]
    public void Ages_ClockOfTheNodeIsAnHourLate_SeesItsHeartbeatMove()
    {
        Age(renewed: T0.AddHours(-1), server: T0);
        _time.Advance(TimeSpan.FromSeconds(10));

        Age(renewed: T0.AddHours(-1).AddSeconds(10), server: T0.AddSeconds(10)).Should().Be(TimeSpan.Zero);
    }

    [Fact]
    public void Ages_HeartbeatStandsStill_GrowsByOurOwnTimeAtMost()
    {
        Age(renewed: T0, server: T0.AddSeconds(1));
        _time.Advance(TimeSpan.FromSeconds(50));

        Age(renewed: T0, server: T0.AddSeconds(50)).Should().Be(TimeSpan.FromSeconds(50));
        Age(renewed: T0, server: T0.AddDays(1)).Should().Be(TimeSpan.FromSeconds(50), "the API's clock was set");
    }

    private TimeSpan Age(DateTimeOffset renewed, DateTimeOffset server) => _heartbeats.Ages([Lease(renewed)], server, _time)["n"];

    private static V1Lease Lease(DateTimeOffset renewed) => new() { Metadata = new V1ObjectMeta { Name = "n" }, Spec = new V1LeaseSpec { RenewTime = renewed.UtcDateTime } };
}
