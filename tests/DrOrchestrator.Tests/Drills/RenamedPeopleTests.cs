using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Estates;
using DrOrchestrator.Tests.Drills.People;

namespace DrOrchestrator.Tests.Drills;

/// <summary>Somebody whose id in the estate was changed (<c>formerly:</c>) is the same person in every run on record.</summary>
public sealed class RenamedPeopleTests : IAsyncDisposable
{
    private static readonly Person Renamed = DrillBench.Operator with { Id = "li.wei", FormerIds = ["li-wei"] };
    private readonly DrillBench _bench = new();

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task ARequesterUnderANewName_ApprovesNothingOfTheirOwn_AndOthersDo()
    {
        var run = await _bench.WaitForApprovalAsync();
        _bench.Have(Renamed, DrillBench.Approver);

        var own = await ApproveAsync(run, Renamed);
        var made = await ApproveAsync(run, DrillBench.Approver.MadeBy("li.wei"));
        var other = await ApproveAsync(run, DrillBench.Approver);

        (own, made, other).Should().Be(("own-run", "own-run", "accepted"), "the estate says who li-wei is now");
    }

    [Fact]
    public async Task AnAuthorUnderANewName_ApprovesNothingOfTheirPlan()
    {
        var run = await _bench.WaitForApprovalAsync();
        var author = new Person("au", "Author", "IT", [PersonRole.Approver], null, false) { FormerIds = ["author"] };
        _bench.Have(DrillBench.Operator, DrillBench.Approver, author);

        (await ApproveAsync(run, author)).Should().Be("own-run");
    }

    [Fact]
    public async Task AnApproverUnderANewName_CountsOnce()
    {
        var run = await _bench.WaitForApprovalAsync(quorum: 2);
        await ApproveAsync(run, DrillBench.Approver);
        var renamed = DrillBench.Approver with { Id = "chen.yu", FormerIds = ["chen"] };
        _bench.Have(DrillBench.Operator, renamed, DrillBench.Other);

        (await ApproveAsync(run, renamed)).Should().Be("already-answered");
        (await ApproveAsync(run, DrillBench.Other)).Should().Be("accepted");
        await _bench.CarryAsync(run);

        (await _bench.ShowAsync(run)).Outcome.Should().Be("passed", "the word of before counts under the new name");
    }

    [Fact]
    public async Task WhoeverDidAStep_DoesNotCheckItUnderANewName_NorIsItCheckedWhereNobodyKnowsWhoDidIt()
    {
        var sun = new Person("sun", "Sun", "IT", [PersonRole.Operator, PersonRole.Approver], null, false);
        _bench.Step("task", "task", with: """{"role":"operator","text":"do it"}""").Checked("approver");
        _bench.Have(DrillBench.Operator, DrillBench.Approver, sun);
        var run = await _bench.OpenAsync();
        await _bench.CarryAsync(run);
        await _bench.Drills.AnswerAsync(run, "task", sun, true, null, default);
        await _bench.CarryAsync(run);
        var renamed = sun with { Id = "sun.li", FormerIds = ["sun"] };

        _bench.Have(DrillBench.Operator, DrillBench.Approver, sun with { Id = "sun.li" });
        var gone = await _bench.Drills.AnswerAsync(run, "check:task", sun with { Id = "sun.li" }, true, null, default);
        _bench.Have(DrillBench.Operator, DrillBench.Approver, renamed);
        var own = await _bench.Drills.AnswerAsync(run, "check:task", renamed, true, null, default);
        var other = await _bench.Drills.AnswerAsync(run, "check:task", DrillBench.Approver, true, null, default);

        gone.Detail.Should().Be("The estate has no sun any more, who did or confirmed step 'task'; nobody can tell that somebody else checks it. Put that id back, or say whose it was (formerly).");
        (own.Code, other.Code).Should().Be(("own-step", "accepted"));
    }

    [Fact]
    public async Task WhoeverTookPart_ReviewsNothingOfItUnderANewName()
    {
        var run = await _bench.WaitForApprovalAsync(DrillBench.Operator.MadeBy("zhang"));
        await _bench.Drills.AnswerAsync(run, "run-approval", DrillBench.Approver.MadeBy("zhang"), true, null, default);
        await _bench.CarryAsync(run);
        var renamed = DrillBench.Approver with { Id = "chen.yu", FormerIds = ["chen"] };
        _bench.Have(DrillBench.Operator, renamed);

        (await _bench.Drills.ReviewAsync(run, renamed, "looked", default)).Detail.Should().Be("chen.yu took part in this run; somebody else must review it.");
    }

    private async Task<string> ApproveAsync(long run, Person person) => (await _bench.Drills.AnswerAsync(run, "run-approval", person, true, null, default)).Code;
}
