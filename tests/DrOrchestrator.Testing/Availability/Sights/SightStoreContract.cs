using DrOrchestrator.Availability;
using DrOrchestrator.Availability.Sights;
using FluentAssertions;
using Xunit;

namespace DrOrchestrator.Testing.Availability.Sights;

/// <summary>What every <see cref="ISightStore"/> must keep.</summary>
public abstract class SightStoreContract
{
    private static readonly DateTimeOffset T0 = new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);
    private static readonly Dictionary<string, VantageBeat> Nothing = [];
    private static readonly Sight Down = new("网银", IntervalState.Down, T0.AddMicroseconds(7), T0.AddSeconds(1), "connection refused by 10.0.0.1:443");
    private static readonly Sight Never = new("web", IntervalState.Unknown, null, null, "never observed");

    protected abstract ISightStore Store { get; }

    [Fact]
    public async Task ReadAsync_NothingWritten_IsEmpty() => (await Store.ReadAsync(Nothing, default)).Should().BeEmpty();

    [Fact]
    public async Task WriteAsync_FirstBeat_IsReadWhole()
    {
        var beat = Beat(1) with { Looks = 5_000_000_000 };

        (await Store.WriteAsync(beat, [Down, Never], default)).Should().Be(SightWrite.Kept);

        var reading = (await Store.ReadAsync(Nothing, default)).Should().ContainSingle().Subject;
        reading.Beat.Should().Be(beat);
        reading.IsWhole.Should().BeTrue();
        reading.Sights.Should().BeEquivalentTo([Down, Never]);
    }

    [Fact]
    public async Task ReadAsync_SinceAKnownBeat_BringsOnlyWhatHasChanged()
    {
        await Store.WriteAsync(Beat(1), [Down, Never], default);
        var known = await KnownAsync();
        (await Store.ReadAsync(known, default)).Single().Should().BeEquivalentTo(new { IsWhole = false, Sights = Array.Empty<Sight>() });

        var up = Never with { State = IntervalState.Up, Since = T0, LookedAt = T0, Reason = "HTTP 200" };
        (await Store.WriteAsync(Beat(2) with { Looks = 9, At = T0.AddSeconds(1) }, [up], default)).Should().Be(SightWrite.Kept);
        (await Store.WriteAsync(Beat(3), [], default)).Should().Be(SightWrite.Kept);

        var reading = (await Store.ReadAsync(known, default)).Single();
        reading.Beat.Number.Should().Be(3);
        reading.IsWhole.Should().BeFalse();
        reading.Sights.Should().Equal(up);
        (await Store.ReadAsync(await KnownAsync(), default)).Single().Sights.Should().BeEmpty();
        (await Store.ReadAsync(Nothing, default)).Single().Sights.Should().BeEquivalentTo([Down, up]);
    }

    [Fact]
    public async Task WriteAsync_NewEpoch_BeginsAnew()
    {
        await Store.WriteAsync(Beat(1), [Down], default);
        var known = await KnownAsync();

        (await Store.WriteAsync(Beat(1, "second") with { Estate = "e2", Controls = 3 }, [Never], default)).Should().Be(SightWrite.Kept);

        var reading = (await Store.ReadAsync(known, default)).Single();
        reading.Beat.Should().Be(Beat(1, "second") with { Estate = "e2", Controls = 3 });
        reading.IsWhole.Should().BeTrue();
        reading.Sights.Should().Equal(Never);
    }

    [Fact]
    public async Task WriteAsync_OfAnEpochThatWasReplaced_IsRefusedAndWritesNothing()
    {
        await Store.WriteAsync(Beat(1), [], default);
        await Store.WriteAsync(Beat(1, "second"), [Never], default);

        (await Store.WriteAsync(Beat(2), [Down], default)).Should().Be(SightWrite.Replaced);

        (await Store.ReadAsync(Nothing, default)).Single().Should().BeEquivalentTo(new { Beat = Beat(1, "second"), Sights = new[] { Never } });
    }

    [Theory]
    [InlineData(1, 3)]
    [InlineData(3, 3)]
    public async Task WriteAsync_NotBehindTheBeatBefore_IsLost(int there, int next)
    {
        for (var number = 1; number <= there; number++)
        {
            await Store.WriteAsync(Beat(number), [Never], default);
        }

        (await Store.WriteAsync(Beat(next), [Down], default)).Should().Be(SightWrite.Lost);

        (await Store.ReadAsync(Nothing, default)).Single().Sights.Should().Equal(Never);
    }

    [Fact]
    public async Task WriteAsync_WhereNothingIsThere_IsLost() => (await Store.WriteAsync(Beat(2), [], default)).Should().Be(SightWrite.Lost);

    [Fact]
    public async Task WriteAsync_SeveralVantagePoints_KeepOutOfEachOthersWay()
    {
        await Store.WriteAsync(Beat(1), [Down], default);
        await Store.WriteAsync(Beat(1) with { Vantage = "dc-c" }, [Never with { Probe = Down.Probe }], default);
        var known = await KnownAsync();
        await Store.WriteAsync(Beat(2) with { Vantage = "dc-c" }, Enumerable.Range(0, 250).Select(i => Never with { Probe = $"p{i}" }).ToList(), default);

        var readings = await Store.ReadAsync(known, default);

        readings.Select(reading => (reading.Beat.Vantage, reading.Beat.Number, reading.Sights.Count)).Should().Equal(("dc-b", 1, 0), ("dc-c", 2, 250));
    }

    private static VantageBeat Beat(long number, string epoch = "first") => new("dc-b", epoch, number, "e1", 2, 0, T0);

    private async Task<Dictionary<string, VantageBeat>> KnownAsync() => (await Store.ReadAsync(Nothing, default)).ToDictionary(reading => reading.Beat.Vantage, reading => reading.Beat);
}
