using DrOrchestrator.Credentials;
using DrOrchestrator.Drills;
using DrOrchestrator.Estates;
using DrOrchestrator.Plans;
using DrOrchestrator.Testing.Credentials;
using DrOrchestrator.Time;
using Microsoft.Extensions.DependencyInjection;

namespace DrOrchestrator.Tests.Drills.People;

/// <summary>That nobody's token could approve a run is said when it is asked for, not behind the deadline.</summary>
public sealed class AnswerChancesTests : IAsyncDisposable
{
    private static readonly Person Local = new(Person.LocalOperatorId, "Local operator", "", [PersonRole.Operator, PersonRole.Viewer], null, false);
    private readonly MemoryPersonTokens _tokens = new(new ProcessClock(TimeProvider.System));
    private readonly DrillBench _bench = new();

    public AnswerChancesTests()
    {
        _bench.Tokens = _tokens;
        _bench.Approvals.Add(new PlanApproval("run-approval", "approver", 1, TimeSpan.FromMinutes(10)));
        _bench.Step("one");
    }

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task Start_ByTheLocalOperator_WithApproversOfTokensOnRecordOnly_IsRefused()
    {
        await HaveTokensAsync("operator");

        var result = await StartAsync(Local);

        result.Should().Be(new StartResult.Refused(
            "nobody-may-approve",
            "A run of plan 'plan' waits for a word that nobody may give: 'run-approval' could not be given: whoever asks (operator) had a hand in every token of li-wei, chen, zhao, or they in the one it is asked with. Ask with a token of your own that they did not make, or put the hash of a token of theirs into the estate (token-sha256)."));
        (await _bench.Drills.ListAsync(default)).Should().BeEmpty();
    }

    [Fact]
    public async Task Start_AsReal_BeginsAndSaysItWhereItWaits()
    {
        await HaveTokensAsync("adam", "operator");

        var run = (await StartAsync(Local, RunMode.Real)).Should().BeOfType<StartResult.Started>().Which.Run;
        await _bench.CarryAsync(run);

        (await _bench.Drills.PendingAsync(null, default)).Single().Question.Should().StartWith("NOBODY MAY GIVE IT: 'run-approval' could not be given: whoever asks (operator) had a hand in every token of");
    }

    [Theory]
    [InlineData("a hash in the estate")]
    [InlineData("a token that another made")]
    [InlineData("a person without any token yet")]
    [InlineData("somebody else asks")]
    public async Task Start_WhereOneMayAnswer_IsTaken(string because)
    {
        await HaveTokensAsync("operator");
        switch (because)
        {
            case "a hash in the estate":
                _bench.Have(DrillBench.Operator, DrillBench.Approver with { TokenSha256 = new string('a', 64) }, DrillBench.Other);
                break;
            case "a token that another made":
                await AddAsync("chen", "eve");
                break;
            case "a person without any token yet":
                _bench.Have(DrillBench.Operator, DrillBench.Approver, DrillBench.Other, DrillBench.Approver with { Id = "shen" });
                break;
        }

        (await StartAsync(because == "somebody else asks" ? DrillBench.Operator : Local)).Should().BeOfType<StartResult.Started>();
    }

    [Fact]
    public async Task Start_QuorumOfTwoOfWhomOneMayNot_IsRefused()
    {
        _bench.Approvals[0] = _bench.Approvals[0] with { Quorum = 2 };
        await AddAsync("chen", "li-wei");

        (await StartAsync(DrillBench.Operator)).Should().BeOfType<StartResult.Refused>().Which.Detail.Should().Contain("every token of chen,");
    }

    private async Task HaveTokensAsync(params IReadOnlyList<string> makers)
    {
        foreach (var person in new[] { "li-wei", "chen", "zhao" })
        {
            await AddAsync(person, makers);
        }
    }

    private Task<PersonToken> AddAsync(string person, params IReadOnlyList<string> makers) => _tokens.AddAsync(
        new PersonToken(0, person, null, null, makers[0], DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue, null, null, null) { Makers = makers }, $"{person} {makers[0]}", "api", default);

    private async Task<StartResult> StartAsync(Person by, RunMode mode = RunMode.Live) => await _bench.Drills.StartAsync(new StartRequest("plan", mode, "because", by), default);
}
