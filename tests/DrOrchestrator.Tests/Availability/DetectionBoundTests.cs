using DrOrchestrator.Availability;
using DrOrchestrator.Estates;
using DrOrchestrator.Probes;
using static DrOrchestrator.Tests.Availability.Scenario;

namespace DrOrchestrator.Tests.Availability;

public class DetectionBoundTests
{
    [Theory]
    [InlineData(2, 2, 12)]
    [InlineData(1, 1, 7)]
    [InlineData(3, 5, 27)]
    public void Of_ConfirmationsOf_TakesTheLooksOfTheWholeWindow(int confirmations, int of, double seconds) =>
        DetectionBound.Of(Probe(confirmations, of)).Should().Be(Span(seconds));

    [Fact]
    public void Of_TimeoutBeyondTheInterval_LooksFollowEachOtherATimeoutApart() =>
        DetectionBound.Of(Probe(5, 5) with { Interval = Span(1), Timeout = Span(30) }).Should().Be(Span((5 * 30) + 30));

    [Fact]
    public void Of_SeveralVantagePoints_WaitsForTheLastWordAndConfirmsIt() =>
        DetectionBound.Of(Probe(2, 2), several: true).Should().Be(Span(12 + 4 + 12));

    /// <summary>Every way in which an interruption that the rules call one can show itself, from its first failure on: confirmed by the bound, and by no less for the worst.</summary>
    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(2, 3)]
    [InlineData(3, 5)]
    [InlineData(2, 6)]
    public void Of_EveryInterruption_IsConfirmedByThen(int confirmations, int of)
    {
        var probe = Probe(confirmations, of);
        var worst = TimeSpan.Zero;
        for (var pattern = 0; pattern < 1 << of; pattern++)
        {
            var failures = Enumerable.Range(0, of).Select(i => (pattern & (1 << i)) != 0).ToList();
            if (failures[0] && failures.Count(failed => failed) >= confirmations)
            {
                worst = TimeSpan.FromTicks(Math.Max(worst.Ticks, ConfirmedAfter(probe, failures).Ticks));
            }
        }

        worst.Should().Be(DetectionBound.Of(probe));
    }

    /// <summary>The target fails right after a look that passed; each failed look hangs to its timeout.</summary>
    private static TimeSpan ConfirmedAfter(ProbeDefinition probe, List<bool> failures)
    {
        var rules = DetectorRules.For(probe);
        var state = DetectorState.Nothing;
        for (var look = -10; look <= 0; look++)
        {
            state = EdgeDetector.Accept(state, rules, new ProbeResult("p", ProbeOutcome.Up, At(5 * look), At(5 * look), "")).State;
        }

        for (var look = 0; look < failures.Count; look++)
        {
            var at = At(5 * (look + 1));
            var detection = EdgeDetector.Accept(state, rules, new ProbeResult("p", failures[look] ? ProbeOutcome.Down : ProbeOutcome.Up, at, failures[look] ? at + probe.Timeout : at, ""));
            state = detection.State;
            if (detection.Changes.Count > 0)
            {
                return at + probe.Timeout - At(0);
            }
        }

        throw new InvalidOperationException("never confirmed");
    }

    private static ProbeDefinition Probe(int confirmations, int of) =>
        new("p", "s", null, ProbeRole.Service, "f", Span(5), Span(2), confirmations, new TcpProbeSettings("h", 1)) { ConfirmationsOf = of };
}
