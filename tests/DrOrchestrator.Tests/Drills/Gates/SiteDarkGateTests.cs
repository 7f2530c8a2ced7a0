using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Carrying;
using DrOrchestrator.Drills.Gates;
using DrOrchestrator.Estates;
using DrOrchestrator.Plans;
using DrOrchestrator.Probes;
using DrOrchestrator.Tests.Drills.Steps;

namespace DrOrchestrator.Tests.Drills.Gates;

public sealed class SiteDarkGateTests
{
    private static readonly VantageLook Down = new("hq", ProbeOutcome.Down, "no answer within 1 s");
    private static readonly VantageLook OtherDown = new("branch", ProbeOutcome.Down, "no answer within 1 s");

    [Fact]
    public void Judge_TwoSeeItDown_Passes() => Judge(Down, OtherDown).Should().BeEquivalentTo(new { Passed = true, Value = "dark, as seen from hq, branch" });

    [Fact]
    public void Judge_OneOfThreeSeesItServe_DoesNotPass() =>
        Judge(Down, OtherDown, new VantageLook("cloud", ProbeOutcome.Up, "HTTP 200")).Should().BeEquivalentTo(new { Passed = false, Value = "it serves, as seen from cloud: HTTP 200" });

    [Fact]
    public void Judge_OneLooksAlone_IsUnknownUnlessThePlanSaysSo()
    {
        Judge(Down).Should().BeEquivalentTo(new { Passed = false, Value = "unknown: only hq looks" });
        SiteDarkJudge.Judge("primary", "p", [Down], [], 1, TimeSpan.Zero).Passed.Should().BeTrue();
    }

    [Fact]
    public void Judge_OneCannotLookAndOneSeesItDown_IsUnknown() =>
        Judge(new VantageLook("hq", ProbeOutcome.Unknown, "its own network"), OtherDown).Should().BeEquivalentTo(new { Passed = false, Value = "unknown: only branch looks" });

    [Fact]
    public void Judge_SilentOnes_AreNamedInTheRemedy() =>
        SiteDarkJudge.Judge("primary", "p", [Down], ["branch"], 2, TimeSpan.Zero).Remedy.Should().Be("See why these say nothing: branch; have somebody look from there.");

    [Fact]
    public void Own_LoopSuspectsItsOwnNetwork_ALookThatFoundNothingSaysNothing()
    {
        var now = DateTimeOffset.UnixEpoch;
        var down = new ProbeResult("p", ProbeOutcome.Down, now, now, "refused");
        var suspect = new ProbeResult("p", ProbeOutcome.Unknown, now, now, "control targets fail too") { Vantage = "hq" };

        SiteDarkJudge.Own(down, suspect).Should().Be(new VantageLook("hq", ProbeOutcome.Unknown, "control targets fail too"));
        SiteDarkJudge.Own(down, down with { Joint = new JointWord(ProbeOutcome.Unknown, TimeSpan.Zero) }).Outcome.Should().Be(ProbeOutcome.Unknown);
        SiteDarkJudge.Own(down, null).Outcome.Should().Be(ProbeOutcome.Unknown);
        SiteDarkJudge.Own(down, down).Outcome.Should().Be(ProbeOutcome.Down);
    }

    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 1)]
    public async Task Read_GateOfRealIncidents_IsAskedThereAlone(bool real, int results)
    {
        var plan = StepBench.Plan with { Gates = [new PlanCheck("only-real", StepParameters.None)] };

        (await PlanGates.ReadAsync(new GateKinds([new OnlyReal()]), plan, Estate.None, real, TimeProvider.System, default)).Should().HaveCount(results);
    }

    [Fact]
    public async Task Read_GateThatHangs_IsGivenUpAtItsOwnLimit()
    {
        var plan = StepBench.Plan with { Gates = [new PlanCheck("slow", StepParameters.None)] };

        var results = await PlanGates.ReadAsync(new GateKinds([new Slow()]), plan, Estate.None, real: false, TimeProvider.System, default);

        results.Should().ContainSingle().Which.Value.Should().Be("no answer within 50ms");
    }

    private static GateResult Judge(params VantageLook[] looks) => SiteDarkJudge.Judge("primary", "p", looks, [], 2, TimeSpan.Zero);

    private sealed class OnlyReal : IGateKind
    {
        public StepKindShape Shape { get; } = new("only-real", StepEffect.None, NeedsSite: false, "", [], []) { OnlyInReal = true };

        public Task<IReadOnlyList<GateResult>> CheckAsync(StepParameters parameters, Plan plan, Estate estate, CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyList<GateResult>>([new GateResult("only-real", true, "", "", "", TimeSpan.Zero, "")]);
    }
    private sealed class Slow : IGateKind
    {
        public StepKindShape Shape { get; } = new("slow", StepEffect.None, NeedsSite: false, "", [], []);

        public TimeSpan Longest => TimeSpan.FromMilliseconds(50);

        public async Task<IReadOnlyList<GateResult>> CheckAsync(StepParameters parameters, Plan plan, Estate estate, CancellationToken cancellationToken)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            return [];
        }
    }
}
