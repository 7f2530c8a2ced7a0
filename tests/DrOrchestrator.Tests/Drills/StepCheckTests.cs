using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Estates;
using DrOrchestrator.Plans;
using DrOrchestrator.Tests.Drills.People;
using Microsoft.Extensions.Time.Testing;

namespace DrOrchestrator.Tests.Drills;

/// <summary><c>check:</c> of a step: a second person says that its result is right before the run goes on.</summary>
public sealed class StepCheckTests : IAsyncDisposable
{
    private readonly DrillBench _bench = new();

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task Carry_AStepWithACheck_GoesOnOnlyOnceASecondPersonHasLooked()
    {
        _bench.Step("one").Checked("approver").Step("two");
        var run = await OpenAsync();
        var waiting = await _bench.ShowAsync(run);
        var landed = _bench.World.Landed.ToList();

        var requester = await AnswerAsync(run, "check:one", DrillBench.Operator);
        var second = await AnswerAsync(run, "check:one", DrillBench.Approver);
        await _bench.CarryAsync(run);

        waiting.WaitingFor.Should().Be("check 'check:one' by approver");
        landed.Should().Equal("one");
        (requester, second).Should().Be(("own-run", "accepted"));
        (await _bench.ShowAsync(run)).Outcome.Should().Be("passed");
        _bench.World.Landed.Should().Equal("one", "two");
    }

    [Fact]
    public async Task Carry_ACheckThatIsRefused_FailsTheStepAndUndoesIt()
    {
        _bench.Step("one").Checked("approver").Step("two");
        var run = await OpenAsync();

        await _bench.Drills.AnswerAsync(run, "check:one", DrillBench.Approver, false, "wrong rows", default);
        await _bench.CarryAsync(run);

        var view = await _bench.ShowAsync(run);
        (view.Outcome, view.Failure).Should().Be(("failed", "step 'one' failed: check 'check:one' was refused by chen: wrong rows"));
        _bench.World.Undone.Should().Equal("one");
        _bench.World.Landed.Should().Equal("one");
    }

    [Fact]
    public async Task Carry_ACheckNobodyGivesInTime_FailsTheStep()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 11, 22, 8, 0, 0, TimeSpan.Zero));
        _bench.Time = clock;
        _bench.Step("one").Checked("approver", TimeSpan.FromMinutes(30)).Step("two");
        var run = await OpenAsync();

        clock.Advance(TimeSpan.FromMinutes(30));
        await _bench.CarryAsync(run);

        (await _bench.ShowAsync(run)).Failure.Should().Be("step 'one' failed: check 'check:one' was not given by approver before its deadline of 30m");
    }

    [Fact]
    public async Task Answer_ByWhoeverDidTheStep_IsNotTakenAsTheCheckOfIt()
    {
        var both = new Person("sun", "Sun", "IT", [PersonRole.Operator, PersonRole.Approver], null, false);
        _bench.Have(DrillBench.Operator, DrillBench.Approver, both);
        _bench.Step("task", "task", with: """{"role":"operator","text":"do it"}""").Checked("approver");
        _bench.Restart();
        _bench.Have(DrillBench.Operator, DrillBench.Approver, both);
        var run = await OpenAsync();
        await AnswerAsync(run, "task", both);
        await _bench.CarryAsync(run);

        var own = await _bench.Drills.AnswerAsync(run, "check:task", both, true, null, default);

        (await _bench.Drills.AnswerAsync(run, "check:task", DrillBench.Approver.MadeBy("sun"), true, null, default)).Detail
            .Should().Be("The token of chen was made by sun, who has confirmed 'task' already; answer with one that somebody else made.");
        own.Should().Be(new AnswerResult(false, "own-step", "sun did or confirmed step 'task'; somebody else must check it."));
        (await AnswerAsync(run, "check:task", DrillBench.Approver)).Should().Be("accepted");
    }

    [Fact]
    public async Task Answer_OfARequesterToATaskThatOthersDid_IsTakenWhereTheRoleDecidesNothing()
    {
        _bench.Step("task", "task", with: """{"role":"operator","text":"do it"}""").Checked("operator");
        _bench.Have(DrillBench.Operator, DrillBench.Colleague);
        var run = await OpenAsync();
        await AnswerAsync(run, "task", DrillBench.Colleague);
        await _bench.CarryAsync(run);

        (await AnswerAsync(run, "check:task", DrillBench.Colleague)).Should().Be("own-step");
        (await AnswerAsync(run, "check:task", DrillBench.Operator)).Should().Be("accepted");
    }

    [Theory]
    [InlineData(JournalKinds.Outcome, true)]
    [InlineData(JournalKinds.Asked, false)]
    [InlineData(JournalKinds.Asked, true)]
    [InlineData(JournalKinds.Waiting, false)]
    public async Task Carry_KilledAroundTheQuestion_AsksItOnceAndRepeatsNoEffect(string kind, bool written)
    {
        _bench.Step("one").Checked("approver").Step("two");
        _bench.Restart((draft, after) => draft.Kind == kind && (draft.Step ?? "one") == "one" && after == written);
        var run = await _bench.OpenAsync();
        await _bench.Invoking(bench => bench.CarryAsync(run)).Should().ThrowAsync<CrashingJournal.Killed>();

        _bench.Restart();
        await _bench.CarryAsync(run);
        await AnswerAsync(run, "check:one", DrillBench.Approver);
        await _bench.CarryAsync(run);

        (await _bench.ShowAsync(run)).Outcome.Should().Be("passed");
        (await _bench.EntriesAsync(run)).Count(entry => entry.Kind == JournalKinds.Asked).Should().Be(1);
        _bench.World.Landed.Should().Equal("one", "two");
    }

    /// <summary>Whoever lets a real run go on over a refused check has mended something: the second person looks once more, and what they say then counts.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Carry_ARefusedCheckInAReal_IsAskedOnceMorePerGoOnAndNeverByItself(bool confirmed)
    {
        _bench.Step("one").Checked("approver").Step("two");
        _bench.Have(DrillBench.Operator, DrillBench.Approver, DrillBench.Colleague);
        var run = await _bench.OpenAsync(RunMode.Real);
        await _bench.CarryAsync(run);
        await _bench.Drills.AnswerAsync(run, "check:one", DrillBench.Approver, false, "wrong rows", default);
        await _bench.CarryAsync(run);
        await _bench.CarryAsync(run);

        (await AnswerAsync(run, "decide:one:1:go-on", DrillBench.Colleague)).Should().Be("accepted");
        await _bench.CarryAsync(run);
        await _bench.CarryAsync(run);
        var asked = (await AskedAsync(run)).ToList();
        (await _bench.Drills.AnswerAsync(run, "check:one:2", DrillBench.Approver, confirmed, "again", default)).Code.Should().Be("accepted");
        await _bench.CarryAsync(run);
        await _bench.CarryAsync(run);

        asked.Where(item => item.StartsWith("check:", StringComparison.Ordinal)).Should().Equal("check:one", "check:one:2");
        asked.Where(item => item.EndsWith("go-on", StringComparison.Ordinal)).Should().Equal("decide:one:1:go-on");
        _bench.World.Landed.Should().Equal(confirmed ? ["one", "two"] : ["one"]);
        if (!confirmed)
        {
            (await AskedAsync(run)).Should().Contain("decide:one:2:close").And.NotContain("check:one:3", "nobody has said to go on");
            (await AnswerAsync(run, "decide:one:2:close", DrillBench.Colleague)).Should().Be("accepted");
            await _bench.CarryAsync(run);
        }

        (await _bench.ShowAsync(run)).Outcome.Should().Be(confirmed ? "passed" : "failed");
    }

    private async Task<IEnumerable<string>> AskedAsync(long run) =>
        (await _bench.EntriesAsync(run)).Where(line => line.Kind == JournalKinds.Asked).Select(line => line.Data["item"]!.GetValue<string>());

    private async Task<long> OpenAsync()
    {
        var run = await _bench.OpenAsync();
        await _bench.CarryAsync(run);
        return run;
    }

    private async Task<string> AnswerAsync(long run, string item, Person person) => (await _bench.Drills.AnswerAsync(run, item, person, true, "I looked", default)).Code;
}
