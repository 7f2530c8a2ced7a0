using DrOrchestrator.Availability.Sights;
using DrOrchestrator.Probes;
using static DrOrchestrator.Tests.Availability.Scenario;

namespace DrOrchestrator.Tests.Availability.Sights;

public class VantageVoteTests
{
    private static readonly TimeSpan Lateness = TimeSpan.FromSeconds(9);

    /// <summary>What dc-a saw itself, what dc-b (and dc-c) say: <c>+</c> up, <c>-</c> down, <c>?</c> cannot look.</summary>
    [Theory]
    [InlineData('+', "", ProbeOutcome.Up, "own")]
    [InlineData('-', "", ProbeOutcome.Down, "own")]
    [InlineData('?', "", ProbeOutcome.Unknown, "own")]
    [InlineData('+', "+", ProbeOutcome.Up, "own")]
    [InlineData('-', "-", ProbeOutcome.Down, "own")]
    [InlineData('-', "+", ProbeOutcome.Degraded, "degraded: from dc-a (own); up from dc-b (fine)")]
    [InlineData('+', "-", ProbeOutcome.Degraded, "degraded: from dc-b (refused); up from dc-a (own)")]
    [InlineData('?', "+", ProbeOutcome.Up, "up from dc-b (fine); dc-a cannot look: own")]
    [InlineData('?', "-", ProbeOutcome.Down, "down from dc-b (refused); dc-a cannot look: own")]
    [InlineData('-', "++", ProbeOutcome.Degraded, "degraded: from dc-a (own); up from dc-b (fine); up from dc-c (fine)")]
    [InlineData('-', "-+", ProbeOutcome.Down, "own")]
    [InlineData('-', "--", ProbeOutcome.Down, "own")]
    [InlineData('+', "-+", ProbeOutcome.Degraded, "degraded: from dc-b (refused); up from dc-a (own); up from dc-c (fine)")]
    [InlineData('+', "--", ProbeOutcome.Down, "down from dc-b (refused); from dc-c (refused); up from dc-a (own)")]
    [InlineData('?', "+-", ProbeOutcome.Degraded, "degraded: from dc-c (refused); up from dc-b (fine); dc-a cannot look: own")]
    [InlineData('?', "--", ProbeOutcome.Down, "down from dc-b (refused); from dc-c (refused); dc-a cannot look: own")]
    [InlineData('?', "++", ProbeOutcome.Up, "up from dc-b (fine); up from dc-c (fine); dc-a cannot look: own")]
    [InlineData('-', "-++", ProbeOutcome.Degraded, "degraded: from dc-a (own); from dc-b (refused); up from dc-c (fine); up from dc-d (fine)")]
    [InlineData('-', "--+", ProbeOutcome.Down, "own")]
    public void Of_OwnAndOthers_CountsAsMoreThanHalfSay(char own, string others, ProbeOutcome outcome, string reason)
    {
        var result = Own(own);

        var joint = VantageVote.Of(result, Others(others), Lateness);

        (joint.Outcome, joint.Reason, joint.Own).Should().Be((outcome, reason, result.Outcome));
    }

    [Theory]
    [InlineData('+', "++")]
    [InlineData('+', "")]
    [InlineData('-', "")]
    public void Of_NothingToVoteOn_LeavesTheLookAsItIs(char own, string others)
    {
        var result = Own(own);

        VantageVote.Of(result, Others(others), Lateness).Should().BeSameAs(result);
    }

    [Theory]
    [InlineData('+', "-")]
    [InlineData('-', "+")]
    [InlineData('?', "+")]
    [InlineData('-', "-")]
    public void Of_OutcomeThatRestsOnOthers_MayBeAsOldAsTheirWord(char own, string others)
    {
        var joint = VantageVote.Of(Own(own), Others(others), Lateness);

        (joint.ShowsFrom, joint.StartedAt, joint.EndedAt).Should().Be((At(-9), At(0), At(0.2)));
    }

    [Fact]
    public void Of_ProcessThatStoodStill_TakesNobodysWord()
    {
        // What it heard of the others is as old as its sleep.
        var result = Own('?') with { StoodStill = true };

        VantageVote.Of(result, Others("++"), Lateness).Should().BeSameAs(result);
    }

    [Theory]
    [InlineData("-", ProbeOutcome.Unknown, "own")]
    [InlineData("-+", ProbeOutcome.Up, "up from dc-c (fine); dc-a cannot look: own")]
    public void Of_WeCannotLook_DownFromWhereNoControlTargetsAreIsNoWord(string others, ProbeOutcome outcome, string reason)
    {
        var joint = VantageVote.Of(Own('?'), [.. Others(others).Select(other => other with { SuspectsItself = false })], Lateness);

        (joint.Outcome, joint.Reason).Should().Be((outcome, reason), "the network between may have failed at both ends");
    }

    private static ProbeResult Own(char saw) => new("p", saw switch { '+' => ProbeOutcome.Up, '-' => ProbeOutcome.Down, _ => ProbeOutcome.Unknown }, At(0), At(0.2), "own") { Vantage = "dc-a" };

    private static List<OtherWord> Others(string saw) => [.. saw.Select((one, i) => new OtherWord($"dc-{(char)('b' + i)}", one == '-', one == '-' ? "refused" : "fine") { SuspectsItself = true })];
}
