using System.Buffers;
using System.Text;
using System.Text.Json;
using DrOrchestrator.Kubernetes.Watching;
using DrOrchestrator.Time;
using Microsoft.Extensions.Time.Testing;

namespace DrOrchestrator.Tests.Kubernetes.Watching;

public sealed class PodTableTests
{
    private static readonly PodSight Pod = new("u", "p", "n", "Running", true, null, null);

    private readonly FakeTimeProvider _time = new();
    private readonly WatchTimes _times = new();
    private readonly PodTable _table;
    private readonly ProcessClock _clock;

    public PodTableTests()
    {
        _clock = new ProcessClock(_time);
        _table = new PodTable("primary", "ledger", _clock, _times.Validity);
    }

    [Fact]
    public void Read_BeforeAnything_IsUnknown() => _table.Read().Should().Be(new SitePods("primary", "ledger", null, null, null, null));

    [Fact]
    public void Read_WithoutConfirmationForLongerThanItsValidity_IsUnknownHoweverGoodItWas()
    {
        _table.Replace(new() { ["u"] = Pod }, _clock.Now);
        _time.Advance(_times.Validity);
        _table.Read().Counts!.Total.Should().Be(1);

        _time.Advance(TimeSpan.FromSeconds(1));

        _table.Read().Should().BeEquivalentTo(new { Counts = (PodCounts?)null, Age = _times.Validity + TimeSpan.FromSeconds(1) });
    }

    [Fact]
    public void Read_BookmarksOnly_StaysKnown()
    {
        _table.Replace(new() { ["u"] = Pod }, _clock.Now);
        for (var minute = 0; minute < 10; minute++)
        {
            _time.Advance(TimeSpan.FromMinutes(1));
            _table.Apply(new WatchEvent.Bookmark("7"));
        }

        _table.Read().Should().BeEquivalentTo(new { Counts = new { Total = 1 }, Age = TimeSpan.Zero });
    }

    [Fact]
    public void Times_OfTheProduct_LeaveTimeForAListBetweenSilenceAndExpiry()
    {
        _times.Silence.Should().BeGreaterThan(TimeSpan.FromMinutes(1), "bookmarks come about once a minute");
        (_times.Validity - _times.Silence).Should().BeGreaterThan(_times.Page);
    }

    [Theory]
    [InlineData("""{"metadata":{"name":"p","deletionTimestamp":"2026-01-01T00:00:00Z"},"status":{"phase":"Running","conditions":[{"type":"Ready","status":"True"}]}}""", false, "Terminating")]
    [InlineData("""{"metadata":{"name":"p"},"status":{"phase":"Pending","conditions":[{"type":"PodScheduled","status":"False","reason":"Unschedulable"}]}}""", false, "Unschedulable")]
    [InlineData("""{"metadata":{"name":"p"},"status":{"phase":"Pending","containerStatuses":[{"state":{"waiting":{"reason":"ContainerCreating"}}}]}}""", false, null)]
    [InlineData("""{"metadata":{"name":"p"},"status":{"phase":"Pending","containerStatuses":[{"state":{"waiting":{"reason":"ImagePullBackOff"}}}]}}""", false, "ImagePullBackOff")]
    [InlineData("""{"metadata":{"name":"p"},"status":{"phase":"Running","containerStatuses":[{"restartCount":2,"state":{"running":{}},"lastState":{"terminated":{"reason":"OOMKilled","exitCode":137}}}]}}""", false, "OOMKilled")]
    [InlineData("""{"metadata":{"name":"p"},"status":{"phase":"Failed","reason":"Evicted"}}""", false, "Evicted")]
    [InlineData("""{"metadata":{"name":"p"},"status":{"phase":"Succeeded"}}""", false, null)]
    [InlineData("""{"metadata":{"name":"p"},"status":{"phase":"Hibernated","future":{"a":[1]},"conditions":[{"type":"Ready","status":"True"}]}}""", true, null)]
    [InlineData("""{}""", false, null)]
    public void Of_Pod_SaysWhyItIsNotReady(string json, bool ready, string? trouble)
    {
        var line = $$"""{"type":"ADDED","object":{{json}}}""";

        var seen = WatchEvent.Read(new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(line)));

        seen.Should().BeOfType<WatchEvent.Seen>().Which.Pod.Should().BeEquivalentTo(new { Ready = ready, Trouble = trouble });
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"type":"ADDED"}""")]
    [InlineData("""{"type":"ADDED","object":7}""")]
    [InlineData("""{"type":"ADDED","object":null}""")]
    public void Read_LineThatIsNoEvent_IsAnErrorOfJson(string line)
    {
        var read = () => WatchEvent.Read(new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(line)));

        read.Should().Throw<JsonException>();
    }

    [Fact]
    public void Read_UnknownType_IsPassedOver() =>
        WatchEvent.Read(new ReadOnlySequence<byte>("""{"type":"SOON","object":{}}"""u8.ToArray())).Should().Be(new WatchEvent.Other("SOON"));
}
