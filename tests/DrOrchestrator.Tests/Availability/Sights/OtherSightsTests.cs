using DrOrchestrator.Availability;
using DrOrchestrator.Availability.Sights;
using DrOrchestrator.Estates;
using DrOrchestrator.Time;
using Microsoft.Extensions.Time.Testing;
using static DrOrchestrator.Tests.Availability.Scenario;

namespace DrOrchestrator.Tests.Availability.Sights;

public class OtherSightsTests
{
    private static readonly Estate Estate = Estate.None with
    {
        Hash = "e1",
        VantagePoints = [new VantagePoint("dc-a", [], ControlsRule.All), new VantagePoint("dc-b", [], ControlsRule.All), new VantagePoint("dc-c", [], ControlsRule.All)],
    };

    private readonly FakeTimeProvider _time = new(T0);
    private readonly OtherSights _others;

    public OtherSightsTests() => _others = new OtherSights(new ProcessClock(_time));

    [Fact]
    public void WordsOn_FirstReading_DoesNotVote()
    {
        // A row of a lookout that died last year looks like this too.
        Read(Beat("dc-b", 7), whole: true, Down("p"));

        _others.WordsOn("p").Should().BeEmpty();
        _others.HeardOf("dc-b")!.HeardAt.Should().BeNull();
    }

    [Fact]
    public void WordsOn_BeatThatMoved_Votes()
    {
        Read(Beat("dc-b", 7), whole: true, Down("p"));
        Pass(1);
        Read(Beat("dc-b", 8));

        _others.WordsOn("p").Should().Equal(new OtherWord("dc-b", true, "refused") { SuspectsItself = true });
        _others.AnySeesDown("p").Should().BeTrue();
        _others.WordsOn("other").Should().BeEmpty();
    }

    [Fact]
    public void WordsOn_BeatThatStandsStill_IsSilentByOurOwnClockAfterFourSeconds()
    {
        Alive();
        Pass(3);
        _others.WordsOn("p").Should().ContainSingle("the beat was written after the reading a second before the one that saw it");

        Pass(0.1);
        _others.WordsOn("p").Should().BeEmpty();
        _others.AnySeesDown("p").Should().BeFalse();
        _others.HeardOf("dc-b").Should().BeEquivalentTo(new { IsFresh = false, HeardAt = At(1) });
    }

    [Fact]
    public void WordsOn_ReadingAfterALongGap_DoesNotTakeTheBeatForNew()
    {
        Alive();
        Pass(60);
        Read(Beat("dc-b", 9));

        _others.WordsOn("p").Should().BeEmpty("it may have been written 60 s ago, right after the reading before");
        Pass(1);
        Read(Beat("dc-b", 10));
        _others.WordsOn("p").Should().ContainSingle();
    }

    [Fact]
    public void WordsOn_OneThatBeganAnew_SaysOnlyWhatItSeesNow()
    {
        Alive();
        Pass(1);
        Read(Beat("dc-b", 1, epoch: "second"), whole: true, Up("q"));

        _others.WordsOn("p").Should().BeEmpty();
        _others.WordsOn("q").Should().Equal(new OtherWord("dc-b", false, "fine") { SuspectsItself = true });
    }

    [Theory]
    [InlineData(IntervalState.Unknown)]
    [InlineData(IntervalState.Maintenance)]
    public void WordsOn_OneThatCannotTell_DoesNotVote(IntervalState state)
    {
        Alive();
        Pass(1);
        Read(Beat("dc-b", 9), whole: false, Up("p") with { State = state });

        _others.WordsOn("p").Should().BeEmpty();
    }

    [Fact]
    public void WordsOn_OneOfAnotherEstate_DoesNotVote()
    {
        Read(Beat("dc-b", 7) with { Estate = "e0" }, whole: true, Down("p"));
        Pass(1);
        Read(Beat("dc-b", 8) with { Estate = "e0" });

        _others.WordsOn("p").Should().BeEmpty();
        _others.HeardOf("dc-b").Should().BeEquivalentTo(new { IsFresh = true, IsOfThisEstate = false });
    }

    [Theory]
    [InlineData("dc-a", "it is our own")]
    [InlineData("dc-z", "the estate does not declare it")]
    public void WordsOn_OneWithoutASay_IsNotHeard(string vantage, string because)
    {
        Read(Beat(vantage, 7), whole: true, Down("p"));
        Pass(1);
        Read(Beat(vantage, 8));

        _others.WordsOn("p").Should().BeEmpty(because);
        _others.Any.Should().BeFalse();
    }

    private static VantageBeat Beat(string vantage, long number, string epoch = "first") => new(vantage, epoch, number, "e1", 1, 0, T0);

    private static Sight Down(string probe) => new(probe, IntervalState.Down, T0, T0, "refused");

    private static Sight Up(string probe) => new(probe, IntervalState.Up, T0, T0, "fine");

    private void Alive()
    {
        Read(Beat("dc-b", 7), whole: true, Down("p"));
        Pass(1);
        Read(Beat("dc-b", 8));
    }

    private void Pass(double seconds) => _time.Advance(Span(seconds));

    private void Read(VantageBeat beat, bool whole = false, params Sight[] sights) => _others.Take([new VantageReading(beat, whole, sights)], _time.GetTimestamp(), Estate, "dc-a");
}
