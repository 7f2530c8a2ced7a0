using DrOrchestrator.Availability;
using DrOrchestrator.Availability.Sights;
using DrOrchestrator.Estates;
using DrOrchestrator.Probes;
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

        recorder.Add(Result(here, there, 0));

        recorder.SoFar().Should().BeEquivalentTo(new { Good = good, Failed = failed, Unknown = unknown });
    }

    private static (DetectorState State, List<IntervalState> Changes) Hold(string here, string there)
    {
        var (floor, rules, state, changes) = (new FloorDetector(Success, Span(1)), new DetectorRules(2, Span(3)), DetectorState.Nothing, new List<IntervalState>());
        for (var second = 0; second < here.Length; second++)
        {
            var detection = floor.Accept(state, rules, "p#success", Result(here[second], there[second], second));
            state = detection.State;
            changes.AddRange(detection.Changes.Select(change => change.State));
        }

        return (state, changes);
    }

    private static ProbeResult Result(char here, char there, double at)
    {
        var outcome = here switch { '+' => ProbeOutcome.Up, '-' => ProbeOutcome.Down, _ => ProbeOutcome.Unknown };
        return VantageVote.Of(new ProbeResult("p", outcome, At(at), At(at + 0.2), "") { Vantage = "dc-a" }, [new OtherWord("dc-b", there == '-', "")], Span(4));
    }
}
