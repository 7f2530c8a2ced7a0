using DrOrchestrator.Availability;
using DrOrchestrator.Availability.Sights;
using DrOrchestrator.Estates;
using DrOrchestrator.Probes;
using DrOrchestrator.Testing.Availability;
using DrOrchestrator.Time;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using static DrOrchestrator.Tests.Availability.Scenario;

namespace DrOrchestrator.Tests.Availability.Sights;

/// <summary>What floors and minutes make of results that others had a say in: they measure from here.</summary>
public class JointMeasurementTests
{
    private static readonly LqaFloor Success = new(LqaKind.Success, 0.8, null, Span(10), true);

    [Fact]
    public void Floor_FailuresThatOthersDoNotSee_NeitherBreakItNorHideIt()
    {
        var (state, changes) = Hold("++++++++++++" + "----------" + "++++++++++++", "++++++++++++" + "++++++++++" + "++++++++++++");

        changes.Should().Equal(IntervalState.Up);
        state.ObservedUntil.Should().Be(At(33.2));
    }

    [Fact]
    public void Floor_FailuresThatAllSee_BreakIt() =>
        Hold("++++++++++++" + "------", "++++++++++++" + "------").Changes.Should().Equal(IntervalState.Up, IntervalState.Down);

    [Fact]
    public void Floor_GoodFromHereAndDownFromThere_HoldsByWhatIsMeasuredHere() =>
        Hold("++++++++++++" + "++++++++", "++++++++++++" + "--------").Changes.Should().Equal(IntervalState.Up);

    [Fact]
    public void Floor_WeCannotLook_IsUnknownWhateverOthersSay() =>
        Hold("++++++++++++" + "??", "++++++++++++" + "++").Changes.Should().Equal(IntervalState.Up, IntervalState.Unknown);

    [Theory]
    [InlineData('+', '+', 1, 0, 0)]
    [InlineData('+', '-', 1, 0, 0)]
    [InlineData('-', '-', 0, 1, 0)]
    [InlineData('-', '+', 0, 0, 1)]
    [InlineData('?', '+', 0, 0, 1)]
    [InlineData('?', '-', 0, 0, 1)]
    public void Minute_AnyVote_CountsWhatWasMeasuredHere(char here, char there, int good, int failed, int unknown)
    {
        var recorder = new MinuteRecorder("p");

        recorder.Add(Settled(Result(here, there, 0)));

        recorder.SoFar().Should().BeEquivalentTo(new { Good = good, Failed = failed, Unknown = unknown });
    }

    /// <summary>Through the time line: <paramref name="failed"/> and <paramref name="setAside"/> of the looks from here, and what became of a floor of 80 % over 10 s.</summary>
    [Theory]
    [InlineData("++++++++++++-+-+-+-+-+++", "++++++++++++++++++++++++", 5, 0, "Up,Down")] // failures that nobody confirms are the service's
    [InlineData("++++++++++++-------------", "+++++++++++++++++++++++++", 0, 13, "Up")] // a path of our own that fails is not
    [InlineData("++++++++++++-----", "++++++++++++++---", 5, 0, "Up,Down")] // the others only saw it later
    public async Task Timeline_FailuresThatOthersDoNotSeeYet_CountUnlessTheyDisagreeForGood(string here, string there, int failed, int setAside, string floor)
    {
        var time = new FakeTimeProvider(T0);
        var store = new MemoryTimelineStore();
        using var timeline = new Timeline(store, new ProcessClock(time), NullLogger<Timeline>.Instance);
        var probe = new ProbeDefinition("p", "s", null, ProbeRole.Service, "f", Span(1), Span(1), 2, new TcpProbeSettings("h", 1)) { Floors = [Success] };
        for (var second = 0; second < here.Length; second++)
        {
            await timeline.AcceptAsync(probe, Result(here[second], there[second], second), default);
        }

        await timeline.EndAsync(default);

        var minutes = (await store.Minutes.ReadAsync("p", T0, At(3600), default)).Select(seen => seen.Minute).ToList();
        (minutes.Sum(minute => minute.Failed), minutes.Sum(minute => minute.Unknown)).Should().Be((failed, setAside));
        string.Join(",", (await store.ReadAsync("p#success", T0, At(3600), default)).Select(row => row.State)).Should().Be(floor);
    }

    private static (DetectorState State, List<IntervalState> Changes) Hold(string here, string there)
    {
        var (floor, rules, state, changes) = (new FloorDetector(Success, Span(1)), new DetectorRules(2, Span(3)), DetectorState.Nothing, new List<IntervalState>());
        for (var second = 0; second < here.Length; second++)
        {
            var detection = floor.Accept(state, rules, "p#success", Settled(Result(here[second], there[second], second)));
            state = detection.State;
            changes.AddRange(detection.Changes.Select(change => change.State));
        }

        return (state, changes);
    }

    /// <summary>A failure that others do not see is taken for disputed for good.</summary>
    private static ProbeResult Settled(ProbeResult result) => result is { Outcome: ProbeOutcome.Degraded, Own: ProbeOutcome.Down } ? result : result.Measured;

    private static ProbeResult Result(char here, char there, double at)
    {
        var outcome = here switch { '+' => ProbeOutcome.Up, '-' => ProbeOutcome.Down, _ => ProbeOutcome.Unknown };
        return VantageVote.Of(new ProbeResult("p", outcome, At(at), At(at + 0.2), "") { Vantage = "dc-a" }, [new OtherWord("dc-b", there == '-', "")], Span(4));
    }
}
