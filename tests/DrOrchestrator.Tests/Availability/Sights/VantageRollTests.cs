using DrOrchestrator.Availability.Sights;
using DrOrchestrator.Estates;
using DrOrchestrator.Probes.Vantage;
using DrOrchestrator.Testing.Availability.Sights;
using DrOrchestrator.Time;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using static DrOrchestrator.Tests.Availability.Scenario;

namespace DrOrchestrator.Tests.Availability.Sights;

/// <summary>The roll as the reader's readings leave it, over a store in memory.</summary>
public sealed class VantageRollTests : IDisposable
{
    private readonly FakeTimeProvider _time = new(T0);
    private readonly MemorySightStore _store = new();
    private readonly EstateHolder _estates = new(Estate.None with
    {
        Hash = "e1",
        VantagePoints = [new VantagePoint("dc-a", [], ControlsRule.All), new VantagePoint("dc-b", [], ControlsRule.All)],
    });

    private readonly VantageRoll _roll;
    private readonly SightReader _reader;
    private long _number;

    public VantageRollTests()
    {
        var (clock, own) = (new ProcessClock(_time), new OwnVantage("dc-a"));
        var others = new OtherSights(clock);
        _roll = new VantageRoll(_estates, own, others, _store);
        _reader = new SightReader(_store, others, _roll, own, _estates, clock, NullLogger<SightReader>.Instance);
    }

    public void Dispose() => _reader.Dispose();

    [Fact]
    public async Task Read_AnyOther_SaysWhyItDoesNotVote()
    {
        await ReadAsync(beats: false);
        Other().Should().BeEquivalentTo(new { Votes = false, HeardAt = (DateTimeOffset?)null, Why = "not heard yet" });

        await ReadAsync();
        Other().Why.Should().Be("not heard yet", "a beat of a year ago looks like this one");
        await ReadAsync();
        Other().Should().BeEquivalentTo(new { Votes = true, HeardAt = At(2), Why = (string?)null });

        _store.Away = new InvalidOperationException("away");
        await ReadAsync(beats: false);
        Other().Votes.Should().BeTrue("its newest beat is young enough");
        _time.Advance(Span(9));
        Other().Should().BeEquivalentTo(new { Votes = false, HeardAt = At(2), Why = "the database is away" });

        _store.Away = null;
        await ReadAsync(beats: false);
        Other().Why.Should().Be("silent");

        _estates.Swap(_estates.Current with { Hash = "e2" });
        await ReadAsync();
        await ReadAsync();
        Other().Why.Should().Be("looks by another version of the estate");
    }

    [Fact]
    public void Read_OurOwn_DecidesAndVotes() =>
        _roll.Read()[0].Should().Be(new VantageStanding("dc-a", true, true, null, 0, null));

    [Fact]
    public async Task ReadAsync_OneDeclared_AsksNobody()
    {
        _estates.Swap(_estates.Current with { VantagePoints = [_estates.Current.VantagePoints[0]] });
        _store.Away = new InvalidOperationException("nobody may ask");

        await _reader.ReadAsync(default);

        _roll.Read().Should().ContainSingle();
    }

    private VantageStanding Other() => _roll.Read()[1];

    private async Task ReadAsync(bool beats = true)
    {
        if (beats)
        {
            await _store.WriteAsync(new VantageBeat("dc-b", "first", ++_number, "e1", 0, 0, T0), [], default);
        }

        await _reader.ReadAsync(default);
        _time.Advance(Span(1));
    }
}
