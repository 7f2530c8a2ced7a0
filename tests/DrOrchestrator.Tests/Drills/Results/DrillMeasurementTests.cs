using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Results;
using DrOrchestrator.Plans;
using DrOrchestrator.RecoveryPoints;

namespace DrOrchestrator.Tests.Drills.Results;

public sealed class DrillMeasurementTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 22, 8, 0, 0, TimeSpan.Zero);

    /// <summary>Last good probe starts at 0 s, first failed ends at 1 s, last failed starts at 9 s, first good ends at 10 s.</summary>
    private static readonly Interruption Outage = new(At(0), At(1), At(9), At(10));

    [Fact]
    public void Rto_WithBusinessVerification_RunsToItAndThePhasesSumToTheUpperBound()
    {
        var marks = new Dictionary<RtoMark, DateTimeOffset>
        {
            [RtoMark.Detected] = At(2),
            [RtoMark.Fenced] = At(5),
            [RtoMark.Promoted] = At(7),
            [RtoMark.BusinessVerified] = At(20),
        };

        var rto = DrillMeasurement.Rto(Outage, marks, TimeSpan.FromHours(4), planned: false);

        rto.Should().BeEquivalentTo(new { Seconds = 20.0, UpperSeconds = 20.0, LowerSeconds = 19.0, TechnicalSeconds = 10.0, LimitSeconds = 14400.0, Met = true });
        rto.Phases.Should().Equal(new Dictionary<string, double> { ["detected"] = 2, ["fenced"] = 3, ["promoted"] = 2, ["technicallyConfirmed"] = 3, ["businessVerified"] = 10 });
        rto.Phases.Values.Sum().Should().Be(rto.Seconds);
    }

    [Fact]
    public void Overall_OfSeveralSystems_RunsFromTheFirstInterruptionToTheLastRestoration()
    {
        var none = new Dictionary<RtoMark, DateTimeOffset>();
        var first = DrillMeasurement.Rto(Outage, none, TimeSpan.FromHours(4), planned: false);
        var second = DrillMeasurement.Rto(new(At(4), At(5), At(29), At(30)), new Dictionary<RtoMark, DateTimeOffset> { [RtoMark.BusinessVerified] = At(50) }, TimeSpan.FromSeconds(45), planned: false);

        DrillMeasurement.Overall([first, second]).Should().Be(new OverallRecovery(50, 49, Restored: true, Met: false, At(0), At(50)), "the second system broke its limit of 45 s by one");
        DrillMeasurement.Overall([second, first with { Restored = false, Met = false }]).Should().BeEquivalentTo(new { Restored = false, Met = false });
        DrillMeasurement.Overall([]).Should().BeNull();
    }

    [Fact]
    public void Rto_WithoutBusinessVerification_IsEndedByProbesWithBothBounds()
    {
        var rto = DrillMeasurement.Rto(Outage, new Dictionary<RtoMark, DateTimeOffset>(), TimeSpan.FromSeconds(9), planned: false);

        rto.Should().BeEquivalentTo(new { Seconds = 10.0, LowerSeconds = 8.0, TechnicalSeconds = 10.0, Met = false });
    }

    [Fact]
    public void Rto_MarkSetBeforeTheInterruption_CountsNothingAndTheSumStaysRight()
    {
        var marks = new Dictionary<RtoMark, DateTimeOffset> { [RtoMark.ApplicationHealthy] = At(-30), [RtoMark.TrafficMoved] = At(60) };

        var rto = DrillMeasurement.Rto(Outage, marks, TimeSpan.FromHours(4), planned: true);

        rto.Phases.Should().Equal(new Dictionary<string, double> { ["applicationHealthy"] = 0, ["trafficMoved"] = 10, ["technicallyConfirmed"] = 0 });
    }

    [Fact]
    public void Rto_DeclaredLong_BeforeNothingMovesTheStart()
    {
        var early = DrillMeasurement.Rto(Outage, new Dictionary<RtoMark, DateTimeOffset> { [RtoMark.Declared] = At(-100) }, TimeSpan.FromHours(4), planned: false);

        early.Seconds.Should().Be(10);
    }

    [Fact]
    public void Seen_SomeMarkersRefused_RunsFromTheAcknowledgedBeforeToTheAcknowledgedAfter()
    {
        Marker[] markers =
        [
            new(1, At(1), At(1.1), MarkerFate.Acknowledged, 1),
            new(2, At(2), At(2.1), MarkerFate.Refused, null),
            new(3, At(3), At(3.1), MarkerFate.Acknowledged, 2),
            new(4, At(4), At(4.1), MarkerFate.InDoubt, null),
            new(5, At(5), At(5.1), MarkerFate.Acknowledged, 3),
        ];

        DrillMeasurement.Seen(markers).Should().Be(new Interruption(At(1), At(2.1), At(4), At(5.1)));
    }

    [Fact]
    public void Seen_MarkerCutOffByOurOwnDeath_OnlyWidensTheEarliestEdge() =>
        DrillMeasurement.Seen(
        [
            new(1, At(1), At(1.1), MarkerFate.Acknowledged, 1),
            new(2, At(2), null, MarkerFate.Sent, null),
            new(3, At(32), At(32.1), MarkerFate.Refused, null),
            new(4, At(35), At(35.1), MarkerFate.Acknowledged, 2),
        ]).Should().Be(new Interruption(At(1), At(32.1), At(32), At(35.1)));

    [Fact]
    public void Seen_OnlyOurOwnDeath_IsNoInterruption() =>
        DrillMeasurement.Seen([new(1, At(1), At(1.1), MarkerFate.Acknowledged, 1), new(2, At(2), null, MarkerFate.Sent, null)]).Should().BeNull();

    [Fact]
    public void Seen_AllAcknowledged_IsNoInterruption() =>
        DrillMeasurement.Seen([new(1, At(1), At(1.1), MarkerFate.Acknowledged, 1)]).Should().BeNull();

    [Theory]
    [InlineData(0.5, 0.7, 0, 0, true)]
    [InlineData(0.5, 1.5, 0, 0, false)]
    [InlineData(1.5, 0.7, 0, 0, false)]
    [InlineData(0.0, null, 0, 0, false)]
    [InlineData(0.5, 0.7, 1, 0, false)]
    [InlineData(0.5, 0.7, 0, 1, false)]
    public void Rpo_TheWorseOfCountedLossAndExposureDecides(double lostSeconds, double? worst, long notProtected, long unknown, bool met) =>
        DrillMeasurement.Rpo(new CanaryCount(10, 8, 1, 1, 1, lostSeconds, 0), new ExposureWorst(worst, 9, notProtected, unknown), TimeSpan.FromSeconds(1))
            .Should().BeEquivalentTo(new { Met = met, NotProtectedSeconds = notProtected, UnknownSeconds = unknown });

    [Theory]
    [InlineData(0, 0.3, 0, 0, true)]
    [InlineData(0, 0.3, 0, 1, null)]
    [InlineData(0, 0.3, 1, 0, false)]
    [InlineData(0, 0.3, 1, 1, false)]
    [InlineData(2, 0.3, 0, 1, false)]
    [InlineData(0, 1.5, 0, 1, false)]
    public void IsMet_SecondsNobodyKnows_AreNeitherMetNorBreached(double lostSeconds, double worst, int notProtected, int unknown, bool? expected)
    {
        var rpo = DrillMeasurement.Rpo(new CanaryCount(10, 8, 1, 1, 1, lostSeconds, 0), new ExposureWorst(worst, 9, notProtected, unknown), TimeSpan.FromSeconds(1));

        DrillMeasurement.IsMet(rpo).Should().Be(expected);
    }

    [Fact]
    public void Rpo_NoWholeSecondBeforeTheInterruption_TheCountAloneDecides() =>
        DrillMeasurement.Rpo(new CanaryCount(10, 8, 1, 1, 0, 0, 0), null, TimeSpan.FromSeconds(1)).Should().BeEquivalentTo(new { Met = true, WorstExposureSeconds = (double?)null });

    [Fact]
    public void Rto_ServiceThatNeverCameBack_IsAtLeastSoLongAndNotMet()
    {
        var lasting = new Interruption(At(1), At(2), At(30), At(30), Restored: false);

        var rto = DrillMeasurement.Rto(lasting, new Dictionary<RtoMark, DateTimeOffset>(), TimeSpan.FromHours(4), planned: false);

        rto.Should().BeEquivalentTo(new { Restored = false, Met = false, Seconds = 29.0, LowerSeconds = 28.0 });
    }

    [Fact]
    public void Seen_NothingAcknowledgedAfterTheFirstMiss_IsNotRestored() =>
        DrillMeasurement.Seen([new(1, At(1), At(1.1), MarkerFate.Acknowledged, 1), new(2, At(2), At(2.1), MarkerFate.Refused, null)])!.Value.Restored.Should().BeFalse();

    private static DateTimeOffset At(double seconds) => Start.AddSeconds(seconds);
}
