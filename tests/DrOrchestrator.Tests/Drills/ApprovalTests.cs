using DrOrchestrator.Drills;
using DrOrchestrator.Estates;
using DrOrchestrator.Plans;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace DrOrchestrator.Tests.Drills;

/// <summary>Approvals: whose word counts, how many, until when. Each complaint about other tools has a test of its name.</summary>
public sealed class ApprovalTests : IAsyncDisposable
{
    private readonly DrillBench _bench = new();

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task AnApprovalByThePersonWhoAsked_IsNeverTaken()
    {
        var admin = DrillBench.Operator with { Roles = [PersonRole.Operator, PersonRole.Approver, PersonRole.Admin] };
        var run = await WaitingAsync(1);

        var codes = new List<string>
        {
            await CodeAsync(run, DrillBench.Operator),
            await CodeAsync(run, admin),
            await CodeAsync(run, admin with { Roles = [PersonRole.Approver] }),
            await CodeAsync(run, Author),
        };

        codes.Should().AllBe("own-run", "nobody approves a run they asked for or wrote: admins, and people with a second token, included");
        (await _bench.ShowAsync(run)).Answers.Should().BeEmpty();
    }

    [Fact]
    public async Task AnApprovalByWhoeverUsesTheLocalOperatorsToken_IsNotTakenWhereTheEstateNamesThem()
    {
        NameLocalOperator("chen");
        var run = await WaitingAsync(1, Local);

        var own = await CodeAsync(run, DrillBench.Approver);
        var other = await CodeAsync(run, DrillBench.Other);

        own.Should().Be("own-run", "chen is who asks with the local operator's token");
        other.Should().Be("accepted");
        (await _bench.EntriesAsync(run))[0].Data["requesterIs"]!.GetValue<string>().Should().Be("chen");
    }

    [Fact]
    public async Task ALocalOperatorNoLongerNamed_StaysWhoTheyWereInTheRunsTheyAskedFor()
    {
        NameLocalOperator("chen");
        var run = await WaitingAsync(1, Local);
        NameLocalOperator(null);

        (await CodeAsync(run, DrillBench.Approver)).Should().Be("own-run");
    }

    [Fact]
    public async Task AnApprovalWithATokenThatTheRequesterMade_IsNotTaken()
    {
        var run = await WaitingAsync(1);

        var made = await _bench.Drills.AnswerAsync(run, "run-approval", DrillBench.Approver with { TokenId = 7, TokenMakers = [DrillBench.Operator.Id] }, true, null, default);

        made.Should().Be(new AnswerResult(false, "own-run", "The token of chen was made by li-wei, who asked for this run; answer with one that somebody else made."));
        (await CodeAsync(run, DrillBench.Approver with { TokenId = 7, TokenMakers = ["adam"] })).Should().Be("accepted");
    }

    [Fact]
    public async Task OnePersonWithTwoRolesOrTwoTokens_CountsOnce()
    {
        var run = await WaitingAsync(2);
        var second = DrillBench.Approver with { Roles = [PersonRole.Approver, PersonRole.Admin], TokenId = 7, TokenMakers = ["adam"] };

        var codes = (await CodeAsync(run, DrillBench.Approver), await CodeAsync(run, second));
        await _bench.CarryAsync(run);

        codes.Should().Be(("accepted", "already-answered"));
        (await _bench.ShowAsync(run)).Outcome.Should().Be("waiting");
    }

    [Fact]
    public async Task ALocalOperatorAndThePersonNamed_CountOnce()
    {
        NameLocalOperator("chen");
        _bench.Have(DrillBench.Operator, DrillBench.Approver with { Roles = [PersonRole.Operator] }, DrillBench.Other with { Roles = [PersonRole.Operator] });
        var run = await WaitingAsync(2, role: "operator");

        var codes = (await CodeAsync(run, Local), await CodeAsync(run, DrillBench.Approver with { Roles = [PersonRole.Operator] }));

        codes.Should().Be(("accepted", "already-answered"));
    }

    [Fact]
    public async Task AnAnswerOfAPersonWhoLostTheRoleMeanwhile_CountsNoMoreForAnOpenQuestion()
    {
        var third = new Person("sun", "Sun", "IT", [PersonRole.Approver], null, false);
        _bench.Have(DrillBench.Operator, DrillBench.Approver, DrillBench.Other, third);
        var run = await WaitingAsync(2);
        await CodeAsync(run, DrillBench.Approver);

        _bench.Have(DrillBench.Operator, DrillBench.Approver with { Roles = [PersonRole.Viewer] }, DrillBench.Other, third);
        await CodeAsync(run, DrillBench.Other);
        await _bench.CarryAsync(run);
        var waiting = await _bench.ShowAsync(run);
        var pending = (await _bench.Drills.PendingAsync(null, default)).Single();
        await CodeAsync(run, third);
        await _bench.CarryAsync(run);

        waiting.Outcome.Should().Be("waiting", "of the two words one counts no more");
        pending.Given.Should().Equal("zhao");
        pending.MayAnswer.Should().Equal("sun");
        (await _bench.ShowAsync(run)).Outcome.Should().Be("passed");
    }

    [Fact]
    public async Task AnAnswerOfAPersonWhoLostTheRole_StandsWhereTheQuestionWasSettledBefore()
    {
        var run = await WaitingAsync(2);
        await CodeAsync(run, DrillBench.Approver);
        await CodeAsync(run, DrillBench.Other);

        _bench.Have(DrillBench.Operator);
        await _bench.CarryAsync(run);

        (await _bench.ShowAsync(run)).Outcome.Should().Be("passed");
    }

    [Fact]
    public async Task ARoleForRehearsals_ApprovesNoLiveRunAndStartsNone()
    {
        var run = await WaitingAsync(1);
        var rehearser = DrillBench.Approver with { ModesOf = new Dictionary<PersonRole, IReadOnlyList<string>> { [PersonRole.Approver] = ["tabletop", "rehearsal"] } };
        var asker = DrillBench.Colleague with { ModesOf = new Dictionary<PersonRole, IReadOnlyList<string>> { [PersonRole.Operator] = ["rehearsal"] } };

        var answer = await _bench.Drills.AnswerAsync(run, "run-approval", rehearser, true, null, default);
        var start = await _bench.Drills.StartAsync(new StartRequest("plan", RunMode.Live, "r", asker), default);

        answer.Should().Be(new AnswerResult(false, "role-missing", "'run-approval' is for approver; chen has that role, but not in a run of mode live."));
        start.Should().Be(new StartResult.Refused("not-allowed", "wang is no operator of live runs; only operators ask for runs."));
    }

    [Theory]
    [InlineData(-1, "accepted", "passed")]
    [InlineData(0, "too-late", "aborted")]
    [InlineData(1, "too-late", "aborted")]
    public async Task ADeadline_ToTheMillisecond_FailsClosed(int milliseconds, string code, string outcome)
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 11, 22, 8, 0, 0, TimeSpan.Zero));
        _bench.Time = clock;
        var run = await WaitingAsync(1);

        clock.Advance(TimeSpan.FromMinutes(10) + TimeSpan.FromMilliseconds(milliseconds));
        var answered = await CodeAsync(run, DrillBench.Approver);
        await _bench.CarryAsync(run);

        answered.Should().Be(code);
        (await _bench.ShowAsync(run)).Outcome.Should().Be(outcome);
    }

    [Fact]
    public async Task ADeadlineThatPassesWithHalfTheQuorum_FailsClosed()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 11, 22, 8, 0, 0, TimeSpan.Zero));
        _bench.Time = clock;
        var run = await WaitingAsync(2);
        await CodeAsync(run, DrillBench.Approver);

        clock.Advance(TimeSpan.FromMinutes(10));
        await _bench.CarryAsync(run);

        (await _bench.ShowAsync(run)).Outcome.Should().Be("aborted");
    }

    [Theory]
    [InlineData(null)]
    [InlineData(" ")]
    public async Task ARefusal_WithoutAReason_IsNotTaken(string? reason)
    {
        var run = await WaitingAsync(1);

        var silent = await _bench.Drills.AnswerAsync(run, "run-approval", DrillBench.Approver, false, reason, default);
        var said = await _bench.Drills.AnswerAsync(run, "run-approval", DrillBench.Approver, false, "month end", default);
        await _bench.CarryAsync(run);

        silent.Code.Should().Be("reason-missing");
        said.Code.Should().Be("accepted");
        (await _bench.ShowAsync(run)).Failure.Should().Be("approval 'run-approval' was refused by chen: month end");
    }

    [Fact]
    public async Task AnApproval_OfOneRun_IsNoneOfTheNext()
    {
        var first = await WaitingAsync(1);
        await CodeAsync(first, DrillBench.Approver);
        await _bench.CarryAsync(first);
        var second = await _bench.OpenAsync();

        await _bench.CarryAsync(second);

        (await _bench.ShowAsync(first)).Outcome.Should().Be("passed");
        (await _bench.ShowAsync(second)).Outcome.Should().Be("waiting");
    }

    private static Person Author => new("author", "Author", "IT", [PersonRole.Approver, PersonRole.Admin], null, false);

    private static Person Local => new(Person.LocalOperatorId, "Local operator", "", [PersonRole.Operator, PersonRole.Viewer], null, false);

    private void NameLocalOperator(string? person)
    {
        var holder = _bench.Process.GetRequiredService<EstateHolder>();
        holder.Swap(holder.Current with { LocalOperator = person });
    }

    private async Task<string> CodeAsync(long run, Person person) => (await _bench.Drills.AnswerAsync(run, "run-approval", person, true, null, default)).Code;

    private Task<long> WaitingAsync(int quorum, Person? requester = null, string role = "approver") => _bench.WaitForApprovalAsync(requester, quorum, role);
}
