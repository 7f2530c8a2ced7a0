using DrOrchestrator.Compliance;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Tests.Compliance;

public sealed class RtoForecasterTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 27, 8, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Detection = TimeSpan.FromSeconds(7);

    [Fact]
    public void Of_StepsSideBySide_AddsUpTheLongerWayAndLeavesOutWhatComesBeforeDetection()
    {
        // 100 s of preparation before detection do not count; fence (20 s) beats start (10 s); then promote 5 s and verify 60 s by a person.
        var forecast = RtoForecaster.Of(Plan(), [Run(1, ("prepare", 100), ("detect", 6), ("fence", 20), ("start", 10), ("promote", 5), ("verify", 60))], Detection, TimeSpan.FromSeconds(3));

        forecast.CriticalPath.Select(step => step.Step).Should().Equal("fence", "promote", "verify");
        forecast.CriticalPath[^1].ByPeople.Should().BeTrue();
        forecast.Decision.Should().Be(TimeSpan.FromSeconds(30), "gates and approvals took as long");
        forecast.P50.Should().Be(TimeSpan.FromSeconds(20 + 5 + 60 + 7 + 30 + 3));
        forecast.P95.Should().Be(forecast.P50, "one run is all of them");
        forecast.NeverRun.Should().BeEmpty();
    }

    [Fact]
    public void Of_SeveralRuns_TakesTheMiddleAndTheWorstOfTwenty()
    {
        var runs = Enumerable.Range(1, 20).Select(n => Run(n, ("fence", n), ("start", 0), ("promote", 1), ("verify", 1))).Reverse().ToList();

        var forecast = RtoForecaster.Of(Plan(), runs, TimeSpan.Zero, null);

        forecast.CriticalPath[0].Should().BeEquivalentTo(new { Step = "fence", P50 = TimeSpan.FromSeconds(10), P95 = TimeSpan.FromSeconds(19), Runs = 20 });
        forecast.P50.Should().Be(TimeSpan.FromSeconds(10 + 2 + 30));
        forecast.P95.Should().Be(TimeSpan.FromSeconds(19 + 2 + 30));
    }

    [Fact]
    public void Of_StepThatNeverRan_CountsItsTimeoutAndIsMarked()
    {
        var forecast = RtoForecaster.Of(Plan(), [Run(1, ("fence", 20), ("start", 10), ("promote", 5))], Detection, null);

        forecast.NeverRun.Should().Equal("verify");
        forecast.CriticalPath[^1].Should().BeEquivalentTo(new { Step = "verify", P50 = TimeSpan.FromMinutes(30), Runs = 0 });
    }

    [Fact]
    public void Of_PlanThatNeverRan_CountsTheDeadlineOfItsApprovals() =>
        RtoForecaster.Of(Plan(), [], Detection, null).Should().BeEquivalentTo(new { Decision = TimeSpan.FromMinutes(10), NeverRun = new[] { "fence", "promote", "verify" } });

    [Fact]
    public void Of_GatesThatFailedLast_IsNoForecastButAReason() =>
        RtoForecaster.Of(Plan(), [Run(2) with { GateFailure = "standby-healthy dr: NotProtected" }, Run(1, ("fence", 1))], Detection, null)
            .Should().BeEquivalentTo(new { P50 = (TimeSpan?)null, P95 = (TimeSpan?)null, Reason = "the gates of run 2 did not pass: standby-healthy dr: NotProtected" });

    [Fact]
    public void Of_OnlyRunFailedItsGates_IsNoForecastEither() => RtoForecaster.Of(Plan(), [Run(1) with { GateFailure = "why" }], Detection, null).Reason.Should().Be("the gates of run 1 did not pass: why");

    [Fact]
    public void Of_RunsOfAnotherPlan_SayNothingOfThisOne()
    {
        var other = Run(9, ("fence", 1), ("verify", 1)) with { Plan = "other", GateFailure = "why" };
        var own = Run(1, ("fence", 20), ("start", 10), ("promote", 5), ("verify", 60));

        RtoForecaster.Of(Plan(), [other, own], Detection, null).Should().BeEquivalentTo(RtoForecaster.Of(Plan(), [own], Detection, null));
        RtoForecaster.Left(Plan(), Run(2) with { ClosedAt = null }, [other, own], Start).Should().Be(RtoForecaster.Left(Plan(), Run(2) with { ClosedAt = null }, [own], Start));
    }

    [Fact]
    public void Of_DecisionsOfDifferentLength_TakesTheMiddleAndTheLongest()
    {
        PastRun Decided(long run, int seconds) => Run(run, ("fence", 1), ("start", 1), ("promote", 1), ("verify", 1)) with { OpenedAt = Start.AddSeconds(30 - seconds) };

        var forecast = RtoForecaster.Of(Plan(), [Decided(3, 10), Decided(2, 300), Decided(1, 20)], TimeSpan.Zero, null);

        forecast.Decision.Should().Be(TimeSpan.FromSeconds(20));
        forecast.P95.Should().Be(TimeSpan.FromSeconds(3 + 300));
    }

    [Fact]
    public void Of_StepThatDidNotEndWell_IsNotHowLongItTakes()
    {
        var run = Run(1, ("fence", 20), ("start", 10), ("promote", 5));
        var failed = run with { Steps = [.. run.Steps, new PastStep("verify", false, Start, Start.AddSeconds(1))] };

        RtoForecaster.Of(Plan(), [failed], Detection, null).NeverRun.Should().Equal("verify");
    }

    [Fact]
    public void Of_PlanThatMarksNoDetection_CountsFromItsFirstStep()
    {
        var plan = Plan() with { Steps = [Step("fence", []), Step("verify", ["fence"], RtoMark.BusinessVerified)] };

        RtoForecaster.Of(plan, [Run(1, ("fence", 20), ("verify", 60))], Detection, null).CriticalPath.Select(step => step.Step).Should().Equal("fence", "verify");
    }

    [Fact]
    public void Of_AMeasuredRun_SaysHowFarTheForecastBeforeItWasOff()
    {
        var first = Run(1, ("fence", 20), ("start", 10), ("promote", 5), ("verify", 60));
        var second = Run(2, ("fence", 40), ("start", 10), ("promote", 5), ("verify", 60)) with { RtoSeconds = 118 };

        var forecast = RtoForecaster.Of(Plan(), [second, first], Detection, null);

        forecast.Should().BeEquivalentTo(new { LastErrorRun = 2L, LastErrorSeconds = 118 - (20.0 + 5 + 60 + 7) });
    }

    [Fact]
    public void Of_PlannedSwitch_CountsFromTheSideThatIsFencedOnAndIsNotOffForAUsualRun()
    {
        var plan = Switchover();
        (string, int)[] took = [("canary-start", 8), ("start-application", 40), ("decide", 300), ("demote", 1), ("fence", 2), ("promote", 1), ("verify", 20)];

        // Measured from the first refused write on: demote, fence, promote and the word of the business.
        var forecast = RtoForecaster.Of(plan, [Run(2, took) with { RtoSeconds = 24 }, Run(1, took)], Detection, null);

        forecast.CriticalPath.Select(step => step.Step).Should().Equal("demote", "fence", "promote", "verify");
        forecast.Should().BeEquivalentTo(new { P50 = TimeSpan.FromSeconds(24), Detection = TimeSpan.Zero, Decision = TimeSpan.Zero, LastErrorSeconds = 0.0 });
    }

    [Fact]
    public void Of_PlannedSwitchWithoutAMarkedFence_CountsAllOfItsSteps()
    {
        var plan = Switchover() with { Steps = [.. Switchover().Steps.Select(step => step with { Mark = step.Mark is RtoMark.Fenced ? null : step.Mark })] };

        RtoForecaster.Of(plan, [], Detection, null).CriticalPath.Should().HaveCount(7);
    }

    [Fact]
    public void Left_OfARunThatGoesOn_CountsWhatIsNotDoneYet()
    {
        var past = Run(1, ("fence", 20), ("start", 10), ("promote", 5), ("verify", 60));
        var now = Start.AddMinutes(5);
        var open = Run(2) with
        {
            ClosedAt = null,
            Steps = [new("fence", true, Start, Start.AddSeconds(9)), new("start", true, Start, Start), new("promote", true, Start, Start), new("verify", false, now.AddSeconds(-25), null)],
        };

        RtoForecaster.Left(Plan(), open, [open, past], now).Should().Be(TimeSpan.FromSeconds(35));
        RtoForecaster.Left(Plan(), open, [open, past], now.AddHours(1)).Should().Be(TimeSpan.Zero, "a step that takes longer than usual is about to end");
    }

    [Theory]
    [InlineData(60, false)]
    [InlineData(59.9, true)]
    public void Running_NobodyKnowsAPlan_GoesByTheClockAlone(double limit, bool exceeds) =>
        RunningRecovery.Of(Start, Start, TimeSpan.FromSeconds(limit), null, null, null, [], Start.AddSeconds(60))
            .Should().BeEquivalentTo(new { ProjectedEnd = (DateTimeOffset?)null, Projected = (TimeSpan?)null, Exceeds = exceeds });

    [Fact]
    public void Running_SystemWithoutALimit_ExceedsNone() =>
        RunningRecovery.Of(Start, Start, null, null, null, null, [], Start.AddDays(9)).Should().BeEquivalentTo(new { LimitAt = (DateTimeOffset?)null, Exceeds = false });

    [Theory]
    [InlineData(600, false)]
    [InlineData(175, false)] // exactly as projected
    [InlineData(110, true)]
    [InlineData(50, true)]
    public void Running_DuringAnOutage_HoldsTheClockAndTheProjectionAgainstTheLimit(int limit, bool exceeds)
    {
        var past = Run(1, ("fence", 20), ("start", 10), ("promote", 5), ("verify", 60));
        var forecast = RtoForecaster.Of(Plan(), [past], Detection, null);
        var now = Start.AddSeconds(60);

        var running = RunningRecovery.Of(Start, Start.AddSeconds(2), TimeSpan.FromSeconds(limit), Plan(), forecast, null, [past], now);

        running.Should().BeEquivalentTo(new
        {
            Elapsed = TimeSpan.FromSeconds(60), ElapsedAtLeast = TimeSpan.FromSeconds(58), LimitAt = Start.AddSeconds(limit), Run = (long?)null,
            ProjectedEnd = now.AddSeconds(20 + 5 + 60 + 30), Exceeds = exceeds,
        });
    }

    private static Plan Plan() => new(
        "failover", "f.yaml", "h", "1", new Dictionary<string, string>(), DrillKind.Failover, [RunMode.Live], ["ledger"], [], new PlanContents(new Dictionary<string, string>(), "verify"),
        [new PlanApproval("go", "approver", 1, TimeSpan.FromMinutes(10))], [], [],
        [
            Step("prepare", []),
            Step("detect", ["prepare"], RtoMark.Detected),
            Step("fence", ["detect"]),
            Step("start", ["detect"]),
            Step("promote", ["fence", "start"]),
            Step("verify", ["promote"], RtoMark.BusinessVerified, "task"),
            Step("afterwards", ["verify"]),
        ],
        []);

    /// <summary>As runbooks/planned-switchover.yaml: users are refused from the demotion of the old side on, in front of its fence.</summary>
    private static Plan Switchover() => Plan() with
    {
        Kind = DrillKind.Switchover,
        Steps =
        [
            Step("canary-start", []),
            Step("start-application", ["canary-start"]) with { Site = "dr" },
            Step("decide", ["start-application"], RtoMark.Decided, "approval"),
            Step("demote", ["decide"]) with { Site = "primary" },
            Step("fence", ["demote"], RtoMark.Fenced) with { Site = "primary" },
            Step("promote", ["fence"], RtoMark.Promoted) with { Site = "dr" },
            Step("verify", ["promote"], RtoMark.BusinessVerified, "task"),
        ],
    };

    private static PlanStep Step(string name, string[] needs, RtoMark? mark = null, string kind = "act") =>
        new(name, kind, new Dictionary<string, string>(), null, StepParameters.None, needs, mark, null, false, TimeSpan.FromMinutes(30), 0, null);

    private static PastRun Run(long run, params (string Step, int Seconds)[] steps) => new(
        run, "failover", ["ledger"], Start, Start.AddHours(1), null, null,
        [.. steps.Select(step => new PastStep(step.Step, true, Start.AddSeconds(30), Start.AddSeconds(30 + step.Seconds)))]);
}
