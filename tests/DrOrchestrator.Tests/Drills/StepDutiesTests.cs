using System.Text.Json.Nodes;
using DrOrchestrator.Drills;
using DrOrchestrator.Estates;
using DrOrchestrator.Plans;
using Microsoft.Extensions.DependencyInjection;

namespace DrOrchestrator.Tests.Drills;

/// <summary>What a done step leaves to do is on record until a later step, a linked run or a person has done it.</summary>
public sealed class StepDutiesTests : IAsyncDisposable
{
    private const string Words = "let commits of two wait again";
    private readonly Owes _owes = new("owes");
    private readonly DrillBench _bench;

    public StepDutiesTests() => _bench = new DrillBench { Serves = true, MoreKinds = { _owes, new Pays("pays") } };

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task Carry_NothingDoesWhatAStepLeft_IsNotPassed()
    {
        var run = await RunAsync(bench => bench.Step("take", "owes", with: """{ "holds": "true" }"""));

        (run.Outcome, run.Duties.Should().ContainSingle().Subject).Should().Be(("switched-not-returned", Words));
    }

    [Fact]
    public async Task Carry_ALaterStepDoesIt_IsPassedWithNothingLeft()
    {
        var run = await RunAsync(bench => bench.Step("take", "owes", with: """{ "holds": "true" }""").Step("give", "pays"));

        (run.Outcome, run.Duties.Count).Should().Be(("passed", 0));
    }

    [Fact]
    public async Task Carry_DoneBeforeItWasLeft_CountsForNothing()
    {
        var run = await RunAsync(bench => bench.Step("give", "pays").Step("take", "owes", with: """{ "holds": "true" }"""));

        run.Outcome.Should().Be("switched-not-returned");
    }

    [Fact]
    public async Task Carry_WhatMakesNothingLessSafe_IsLeftBesidePassed()
    {
        var run = await RunAsync(bench => bench.Step("take", "owes", with: """{ "holds": "false" }"""));

        (run.Outcome, run.Duties.Should().ContainSingle().Subject).Should().Be(("passed", Words));
    }

    [Fact]
    public async Task Carry_Rehearsed_LeavesNothing()
    {
        var run = await RunAsync(bench => bench.Step("take", "owes", with: """{ "holds": "true" }""", rehearsal: new RehearsalTarget(false, "lab", new StepParameters(JsonNode.Parse("""{ "holds": "true" }""")!.AsObject()))), RunMode.Rehearsal);

        (run.Outcome, run.Duties.Count).Should().Be(("passed", 0));
    }

    [Theory]
    [InlineData("pays", false)]
    [InlineData("act", true)]
    public async Task Carry_LinkedRun_ClosesItOnlyWhereItHasDoneIt(string kind, bool stands)
    {
        var first = await RunAsync(bench => bench.Step("take", "owes", with: """{ "holds": "true" }"""));
        _bench.ForgetSteps();
        _bench.Step("give", kind);
        _bench.Restart();

        var linked = await _bench.OpenAsync(closes: first.Id);
        await _bench.CarryAsync(linked);

        (await _bench.ShowAsync(linked)).Outcome.Should().Be("passed");
        var closed = await _bench.ShowAsync(first.Id);
        closed.ClosedByRun.Should().Be(linked);
        closed.Duties.Should().Equal(stands ? [Words] : []);
        (await _bench.EntriesAsync(linked))[^1].Data["dutiesClosed"]!.AsArray().Should().HaveCount(stands ? 0 : 1);
    }

    [Fact]
    public async Task Settle_ByAnApproverWhoDidNotAsk_ClosesIt()
    {
        var run = await RunAsync(bench => bench.Step("take", "owes", with: """{ "holds": "true" }"""));

        var own = await _bench.Drills.SettleDutyAsync(run.Id, "take", DrillBench.Operator, "done by hand", default);
        var other = await _bench.Drills.SettleDutyAsync(run.Id, "take", DrillBench.Approver, "done by hand", default);
        var again = await _bench.Drills.SettleDutyAsync(run.Id, "take", DrillBench.Approver, "done by hand", default);

        (own.Accepted, other.Accepted, again.Code).Should().Be((false, true, "no-duty"));
        (await _bench.ShowAsync(run.Id)).Duties.Should().BeEmpty();
    }

    [Fact]
    public async Task Look_TheWorldShowsThatItIsDone_ClosesItOnce()
    {
        var run = await RunAsync(bench => bench.Step("take", "owes", with: """{ "holds": "true" }"""));
        var loop = ActivatorUtilities.CreateInstance<StepDutiesLoop>(_bench.Process);

        await loop.LookAsync(default);
        var before = (await _bench.ShowAsync(run.Id)).Duties;
        _owes.SeenDone = "two";
        await loop.LookAsync(default);
        await loop.LookAsync(default);

        before.Should().Equal(Words);
        (await _bench.ShowAsync(run.Id)).Duties.Should().BeEmpty();
        (await _bench.EntriesAsync(run.Id)).Count(line => line.Kind == JournalKinds.DutySettled).Should().Be(1);
    }

    private async Task<RunView> RunAsync(Action<DrillBench> steps, RunMode mode = RunMode.Live)
    {
        steps(_bench);
        var run = await _bench.OpenAsync(mode);
        await _bench.CarryAsync(run);
        return await _bench.ShowAsync(run);
    }

    private class Owes(string kind) : IDutyKind
    {
        public StepKindShape Shape { get; } = new(kind, StepEffect.None, false, "", [], []);

        public Task<JsonObject> PrepareAsync(StepContext context, CancellationToken cancellationToken) => Task.FromResult(new JsonObject { ["holds"] = context.Parameters.OptionalText("holds") });

        public Task<StepOutcome> ExecuteAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken) => Task.FromResult<StepOutcome>(new StepOutcome.Done([]));

        public Task<Observation> ObserveAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken) => Task.FromResult(new Observation(ObservedAnswer.Happened, "", []));

        /// <summary>What the world shows to be done.</summary>
        public string? SeenDone { get; set; }

        public Task<bool> IsDoneAsync(string subject, Estate estate, CancellationToken cancellationToken) => Task.FromResult(subject == SeenDone);

        public virtual StepDuty? DutyOf(JsonObject intent, JsonObject outputs) => new("two", Words, intent["holds"]!.GetValue<string>() == "true");

        public string Describe(PlanStep step, Estate estate) => step.Name;
    }

    private sealed class Pays(string kind) : Owes(kind), IDutyKind
    {
        public override StepDuty? DutyOf(JsonObject intent, JsonObject outputs) => null;

        bool IDutyKind.Does(string subject, JsonObject intent, JsonObject outputs) => subject == "two";
    }
}
