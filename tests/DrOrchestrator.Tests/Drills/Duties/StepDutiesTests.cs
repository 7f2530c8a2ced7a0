using System.Text.Json.Nodes;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Duties;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Plans;
using Microsoft.Extensions.DependencyInjection;

namespace DrOrchestrator.Tests.Drills.Duties;

/// <summary>What a done step leaves to do is on record until a later step, a linked run or a person has done it.</summary>
public sealed class StepDutiesTests : IAsyncDisposable
{
    private const string Words = OwingStep.Words;
    private readonly OwingStep _owes = new("owes");
    private readonly DrillBench _bench;

    public StepDutiesTests() => _bench = new DrillBench { Serves = true, MoreKinds = { _owes, new PayingStep("pays") } };

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

    [Fact]
    public async Task Carry_FailedBehindItsEffect_HasLeftItAllTheSame()
    {
        _bench.RailHolds = () => false;

        var run = await RunAsync(bench => bench.Step("take", "owes", with: """{ "holds": "true" }""", verify: true));

        (run.Outcome, run.Duties.Should().ContainSingle().Subject).Should().Be(("failed", Words));
    }

    [Fact]
    public async Task Carry_DoneByTheWordOfAPerson_IsNotPassed()
    {
        var run = await SettledByWordAsync(happened: true, "it happened");

        (run.Outcome, run.Duties.Should().ContainSingle().Subject).Should().Be(("switched-not-returned", Words));
    }

    [Fact]
    public async Task Carry_ByTheWordOfAPersonItDidNotHappen_LeavesWhatNobodyHasSeen()
    {
        var run = await SettledByWordAsync(happened: false, "not there");

        run.Duties.Should().Equal($"{Words}, as far as anybody knows");
    }

    [Fact]
    public async Task Carry_FailedAndSaysThatItLeftSomething_LeavesIt_AlsoWhereTheNextAttemptNeverBegan()
    {
        _owes.Ends = _ => new StepOutcome.Failed("no answer") { Left = new JsonObject { ["names"] = "one" } };
        _owes.PreparesUpTo = 1;

        var run = await RunAsync(bench => bench.Step("take", "owes", with: """{ "holds": "true" }""", retries: 1));

        (run.Outcome, run.Steps[0].Attempts, run.Duties.Should().ContainSingle().Subject).Should().Be(("failed", 2, $"{Words}: one"));
    }

    [Fact]
    public async Task Carry_FailedAndTheNextAttemptGaveItBack_LeavesNothing()
    {
        _owes.Ends = attempt => new StepOutcome.Failed("no answer") { Left = attempt == 1 ? new JsonObject { ["names"] = "one" } : null };

        var run = await RunAsync(bench => bench.Step("take", "owes", with: """{ "holds": "true" }""", retries: 1));

        (run.Outcome, run.Duties.Count).Should().Be(("failed", 0));
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

    /// <summary>A look may be a pod on the very volume that the run is about to fence.</summary>
    [Fact]
    public async Task Look_WhileARunIsOpenOnTheSystem_IsNotTaken()
    {
        var run = await RunAsync(bench => bench.Step("take", "owes", with: """{ "holds": "true" }"""));
        var other = await _bench.OpenAsync(RunMode.Live);
        _owes.SeenDone = "two";
        var loop = ActivatorUtilities.CreateInstance<StepDutiesLoop>(_bench.Process);

        await loop.LookAsync(default);
        var (asked, during) = (_owes.Asked, (await _bench.ShowAsync(run.Id)).Duties);
        await _bench.CarryAsync(other);
        await loop.LookAsync(default);

        (asked, during.Count).Should().Be((0, 1));
        (await _bench.ShowAsync(run.Id)).Duties.Should().BeEmpty("the run is over");
    }

    [Fact]
    public async Task Look_OneHostFails_LooksAtTheOthersAllTheSame()
    {
        var first = await RunAsync(bench => bench.Step("take", "owes", with: """{ "holds": "true" }"""));
        _bench.ForgetSteps();
        _bench.Step("take", "owes", with: """{ "holds": "true", "subject": "three" }""");
        _bench.Restart();
        var second = await RunAsync(_ => { });
        (_owes.Fails, _owes.SeenDone) = ("two", "three");

        await ActivatorUtilities.CreateInstance<StepDutiesLoop>(_bench.Process).LookAsync(default);

        (await _bench.ShowAsync(first.Id)).Duties.Should().Equal(Words);
        (await _bench.ShowAsync(second.Id)).Duties.Should().BeEmpty();
    }

    private async Task<RunView> RunAsync(Action<DrillBench> steps, RunMode mode = RunMode.Live)
    {
        steps(_bench);
        var run = await _bench.OpenAsync(mode);
        await _bench.CarryAsync(run);
        return await _bench.ShowAsync(run);
    }

    /// <summary>Neither the step nor its target can tell; a person does.</summary>
    private async Task<RunView> SettledByWordAsync(bool happened, string note)
    {
        _owes.Ends = _ => new StepOutcome.Unknown("no answer");
        _owes.Seen = ObservedAnswer.CannotTell;
        var asked = await RunAsync(bench => bench.Step("take", "owes", with: """{ "holds": "true" }"""));
        await _bench.Drills.AnswerAsync(asked.Id, "observe:take:1", DrillBench.Colleague, happened, note, default);
        await _bench.CarryAsync(asked.Id);
        return await _bench.ShowAsync(asked.Id);
    }
}
