using System.Text.Json.Nodes;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Steps.Postgres;
using DrOrchestrator.Testing.Postgres;

namespace DrOrchestrator.Tests.Drills.Steps.Postgres;

public sealed class PostgresPromoteStepTests
{
    private const string Kind = "postgres.promote";

    [Fact]
    public async Task Promote_ThatTimesOutAndActsLate_IsUnknownThenStillMayThenHappened()
    {
        await using var primary = await PostgresServer.StartNewAsync("synchronous_standby_names = '*'");
        var standby = await primary.AddStandbyAsync("two", "synchronous_standby_names = '*'");
        var bench = new PairBench(primary, standby);
        var step = new PostgresPromoteStep(bench.Sessions, bench.Promotions, TimeProvider.System);
        var context = bench.Context(Kind, """{ "database": "two" }""", timeoutSeconds: 1);
        var intent = await step.PrepareAsync(context, default);
        var before = await step.ObserveAsync(context, intent, default);
        var startup = await standby.BackendAsync("startup");

        await PostgresServer.SignalAsync("STOP", startup);
        var outcome = await step.ExecuteAsync(context, intent, default);
        var meanwhile = await step.ObserveAsync(context, intent, default);
        await PostgresServer.SignalAsync("CONT", startup);
        var after = meanwhile;
        for (var looks = 0; after.Answer is ObservedAnswer.StillMay && looks < 500; looks++)
        {
            after = await step.ObserveAsync(context, intent, default);
        }

        before.Answer.Should().Be(ObservedAnswer.CannotHappenAnyMore);
        outcome.Should().BeOfType<StepOutcome.Unknown>();
        meanwhile.Answer.Should().Be(ObservedAnswer.StillMay, meanwhile.Detail);
        after.Answer.Should().Be(ObservedAnswer.Happened, after.Detail);
        after.Outputs!["timeline"]!.GetValue<long>().Should().Be(2);
        LogSequence.Parse(after.Outputs["forkLsn"]!.GetValue<string>()).Should().NotBeNull();
        (await standby.ScalarAsync<int>("CREATE TABLE t (n int); INSERT INTO t VALUES (1) RETURNING n")).Should().Be(1, "its commits wait for nobody");
        (await step.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Failed>().Which.Reason.Should().Contain("no standby");
    }

    [Fact]
    public async Task Observe_SessionLeftBehind_StillMay()
    {
        await using var primary = await PostgresServer.StartNewAsync();
        var standby = await primary.AddStandbyAsync("two");
        var bench = new PairBench(primary, standby);
        var step = new PostgresPromoteStep(bench.Sessions, bench.Promotions, TimeProvider.System);
        var context = bench.Context(Kind, """{ "database": "two" }""");
        var intent = await step.PrepareAsync(context, default);

        await using var left = new Npgsql.NpgsqlConnection(standby.ConnectionTo("postgres", $"Application Name={intent["session"]}"));
        await left.OpenAsync();
        var seen = await step.ObserveAsync(context, intent, default);
        await left.CloseAsync();

        seen.Answer.Should().Be(ObservedAnswer.StillMay, seen.Detail);
    }

    [Fact]
    public async Task Prepare_WhatIsNoStandby_Refuses()
    {
        await using var primary = await PostgresServer.StartNewAsync();
        var bench = new PairBench(primary);
        var step = new PostgresPromoteStep(bench.Sessions, bench.Promotions, TimeProvider.System);

        var prepare = () => step.PrepareAsync(bench.Context(Kind, """{ "database": "one" }"""), default);

        await prepare.Should().ThrowAsync<StepFailedException>().WithMessage("it is no standby*");
    }

    [Theory]
    [InlineData("""{ "systemId": "9" }""", null, "another cluster")]
    [InlineData("""{ "systemId": "7", "timeline": 3 }""", null, "timeline 2, not on 3")]
    [InlineData("""{ "systemId": "7", "timeline": 2 }""", "0/3000060", "acknowledged transactions would be lost")]
    [InlineData("""{ "systemId": "7", "timeline": 1 }""", "0/3000058", null)]
    public void Refusal_FenceAndPosition_AreHeldAgainstTheStandby(string fence, string? mustHaveReplayed, string? refusal)
    {
        var intent = new JsonObject { ["systemId"] = "7", ["timeline"] = 2, ["mustHaveReplayed"] = mustHaveReplayed };
        var standby = new ServerSight(true, "7", 2, LogSequence.Parse("0/3000060"), LogSequence.Parse("0/3000058"), null, "");

        var said = PostgresPromoteStep.Refusal(intent, JsonNode.Parse(fence)!.AsObject(), standby);

        if (refusal is null)
        {
            said.Should().BeNull();
        }
        else
        {
            said.Should().Contain(refusal);
        }
    }
}
