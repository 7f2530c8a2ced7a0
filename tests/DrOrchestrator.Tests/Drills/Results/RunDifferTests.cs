using System.Text.Json.Nodes;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Drills.Results;
using DrOrchestrator.Estates;
using DrOrchestrator.Plans;
using DrOrchestrator.Storage;
using DrOrchestrator.Testing.Evidence;
using DrOrchestrator.Testing.Plans;
using DrOrchestrator.Time;

namespace DrOrchestrator.Tests.Drills.Results;

public sealed class RunDifferTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 22, 8, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Of_StepsThatTookOtherwise_AreSlowerOrFasterBeyondTheNoise()
    {
        var diff = Diff([Step("slow"), Step("fast"), Step("same"), Step("long")], [View("slow", 2), View("fast", 3), View("same", 1), View("long", 100)], [View("slow", 5), View("fast", 1), View("same", 1.09), View("long", 109)]);

        diff.Steps.Select(step => (step.Step, step.DeltaSeconds, step.Ratio, string.Join(",", step.Marks))).Should().Equal(
            ("slow", 3, 2.5, "Slower"), ("fast", -2, 0.33, "Faster"), ("same", 0.09, 1.09, ""), ("long", 9, 1.09, ""));
    }

    [Fact]
    public void Of_OtherPlans_NamesNewRemovedAndChangedSteps()
    {
        PlanStep[] before = [Step("fence"), Step("old"), Step("wait", with: """{"for":"1s","body":{"epoch":1,"site":"dr"}}""")];
        PlanStep[] after = [Step("fence", kind: "k8s.fence", timeout: 60), Step("new"), Step("wait", with: """{"for":"2s","body":{"epoch":1}}""")];

        var diff = RunDiffer.Of(Run(1, [View("fence", 1), View("old", 1), View("wait", 1)]), Plan("a", before), null, Run(2, [View("fence", 1), View("new", 1), View("wait", 1)]) with { PlanHash = "b" }, Plan("b", after), null);

        diff.SamePlan.Should().BeFalse();
        diff.Steps.Select(step => (step.Step, string.Join(",", step.Marks))).Should().Equal(("fence", "Changed"), ("new", "New"), ("wait", "Changed"), ("old", "Removed"));
        diff.Steps[0].Changes.Should().Equal(new StepChange("kind", "act", "k8s.fence"), new StepChange("timeout", "30s", "1m"));
        diff.Steps[2].Changes.Should().Equal(new StepChange("with.for", "1s", "2s"), new StepChange("with.body.site", "dr", null));
        (diff.Steps[1].StateA, diff.Steps[3].StateB).Should().Be((null, null));
    }

    [Theory]
    [InlineData("pending", "Skipped", "skipped")]
    [InlineData("failed", "OutcomeChanged", "failed")]
    [InlineData("undone", "OutcomeChanged", "undone")]
    public void Of_StepThatEndedOtherwise_SaysSoAndComparesNoTimes(string state, string mark, string shown)
    {
        var diff = Diff([Step("one")], [View("one", 2)], [View("one", 5) with { State = state }]);

        diff.Steps.Single().Should().BeEquivalentTo(new { StateA = "done", StateB = shown, DeltaSeconds = (double?)null, Ratio = (double?)null });
        diff.Steps.Single().Marks.Select(found => found.ToString()).Should().Equal(mark);
    }

    [Fact]
    public void Of_RunThatIsStillOpen_SkipsNothing() =>
        RunDiffer.Of(Run(1, [View("one", 2)]), Plan("a", [Step("one")]), null, Run(2, [View("one", 0) with { State = "pending" }]) with { ClosedAt = null }, Plan("a", [Step("one")]), null)
            .Steps.Single().StateB.Should().Be("pending");

    [Fact]
    public void Of_Measurements_ComparesPhasesInTheirOrderAndForecastErrors()
    {
        var a = Run(1, []) with { Measurement = Measured(10, ("promoted", 3), ("detected", 1)), Forecast = new RunForecast(12, 20, 4, [], null), ForecastErrorSeconds = 2 };
        var b = Run(2, []) with { Measurement = Measured(8, ("detected", 2), ("fenced", 1)) };

        var diff = RunDiffer.Of(a, Plan("a", []), null, b, Plan("a", []), null);

        diff.Phases.Should().Equal(new PhaseDiff("detected", 1, 2, 1), new PhaseDiff("fenced", null, 1, null), new PhaseDiff("promoted", 3, null, null));
        (diff.A.RtoSeconds, diff.A.ForecastErrorSeconds, diff.B.RtoSeconds, diff.B.ForecastErrorSeconds).Should().Be((10, 2, 8, null));
    }

    [Theory]
    [InlineData("live", 1.5)]
    [InlineData("real", -2.5)]
    public void ErrorSeconds_ByMode_LeavesOutTheDecisionOnlyWhereItCameBeforeTheInterruption(string mode, double error) =>
        new RunForecast(12.5, 20, 4, [], null).ErrorSeconds(Measured(10).Rto, mode).Should().Be(error);

    [Fact]
    public void ErrorSeconds_WithoutForecastOrRestoredService_IsNull()
    {
        RunForecast.None("gates").ErrorSeconds(Measured(10).Rto, "live").Should().BeNull();
        new RunForecast(12.5, 20, 4, [], null).ErrorSeconds(Measured(10).Rto! with { Restored = false }, "live").Should().BeNull();
        new RunForecast(12.5, 20, 4, [], null).ErrorSeconds(null, "live").Should().BeNull();
    }

    [Fact]
    public async Task OfAsync_PlanFileWasChangedSince_ComparesByTheTextsThatWereKept()
    {
        using var folder = new EstateFolderBuilder();
        using var stored = new SqliteEvidence();
        var loaded = folder.LoadGood();
        var journal = new SqlDrillJournal(stored.Database, stored.Gate, stored.Store, new ServingSites(new EstateHolder(loaded.Estate)), new ProcessClock(stored.Time), new LeaseClock(stored.Database, new ProcessClock(stored.Time)));
        await OpenAsync(journal, EstateFolderBuilder.GoodPlan);
        await OpenAsync(journal, EstateFolderBuilder.GoodPlan.Replace("with: { for: 1s }", "with: { for: 9s }", StringComparison.Ordinal));
        await OpenAsync(journal, "plan: no plan");
        var diffs = new RunDiffs(journal, new RunPlans(new PlanLibrary(new Dictionary<string, Plan>()), new EstateHolder(loaded.Estate), SmallCatalog.Instance, stored.Archive));

        var diff = await diffs.OfAsync(1, 2, default);
        var unreadable = await diffs.OfAsync(1, 3, default);

        diff!.Steps.Where(step => step.Marks.Count > 0).Should().ContainSingle().Which.Changes.Should().Equal(new StepChange("with.for", "1s", "9s"));
        unreadable!.B.Unreadable.Should().StartWith("the estate to fit plan 'failover'");
        unreadable.Steps.Should().BeEmpty("nothing is called removed that could not be read");
        (await diffs.OfAsync(1, 4, default)).Should().BeNull();
    }

    private static Task OpenAsync(IDrillJournal journal, string text)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(text);
        var opened = new JsonObject { ["plan"] = "failover", ["planFile"] = "failover.yaml", ["planHash"] = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes)) };
        return journal.OpenAsync("li-wei", [], opened, [new RawOutput("failover.yaml", "application/yaml", bytes)], default);
    }

    private static RunDiff Diff(PlanStep[] plan, StepView[] a, StepView[] b) => RunDiffer.Of(Run(1, a), Plan("a", plan), null, Run(2, b), Plan("a", plan), null);

    private static RunView Run(long id, StepView[] steps) => Calendars.OverdueDrillsTests.Run(id, Start.AddHours(1)) with { Steps = steps };

    private static StepView View(string name, double seconds) => new(name, "act", null, "done", 1, Start, Start.AddSeconds(seconds), null, false, false);

    private static PlanStep Step(string name, string kind = "act", int timeout = 30, string with = "{}") => new(
        name, kind, new Dictionary<string, string>(), null, new StepParameters(JsonNode.Parse(with)!.AsObject()), [], null, null, false, TimeSpan.FromSeconds(timeout), 0, null);

    private static Plan Plan(string hash, PlanStep[] steps) => new(
        "failover", "failover.yaml", hash, "1", new Dictionary<string, string>(), DrillKind.Failover, [RunMode.Live], ["ledger"], [], new PlanContents(new Dictionary<string, string>(), ""), [], [], [], steps, []);

    private static RunMeasurement Measured(double seconds, params (string Phase, double Seconds)[] phases) => new(
        new RtoMeasurement(
            seconds, seconds, seconds, seconds, 100, true, true, phases.ToDictionary(phase => phase.Phase, phase => phase.Seconds), false, Start, Start, Start, Start, null),
        null, null, null);
}
