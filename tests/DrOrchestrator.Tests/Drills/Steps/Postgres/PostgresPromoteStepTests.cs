using System.Text.Json.Nodes;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Carrying;
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
        var step = bench.Promote;
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
        var step = bench.Promote;
        var context = bench.Context(Kind, """{ "database": "two" }""");
        var intent = await step.PrepareAsync(context, default);

        await using var left = new Npgsql.NpgsqlConnection(standby.ConnectionTo("postgres", $"Application Name={intent["session"]}"));
        await left.OpenAsync();
        var seen = await step.ObserveAsync(context, intent, default);
        await left.CloseAsync();

        seen.Answer.Should().Be(ObservedAnswer.StillMay, seen.Detail);
    }

    [Fact]
    public async Task Prepare_NamesThatAnEarlierAttemptCouldNotGiveBack_AreStillOwed()
    {
        await using var primary = await PostgresServer.StartNewAsync();
        var standby = await primary.AddStandbyAsync("two", "synchronous_standby_names = 'one'");
        var bench = new PairBench(primary, standby);
        var first = await bench.Promote.PrepareAsync(bench.Context(Kind, """{ "database": "two" }""", step: "promote"), default);
        await standby.ExecuteAsync("ALTER SYSTEM SET synchronous_standby_names = ''", "SELECT pg_reload_conf()");
        await PostgresServer.UntilAsync(async () => await standby.ScalarAsync<string>("SELECT current_setting('synchronous_standby_names')") == "");
        bench.Intents["promote"] = first;

        var context = bench.Context(Kind, """{ "database": "two" }""", step: "promote", attempt: 2);
        var intent = await bench.Promote.PrepareAsync(context, default);
        var done = (await bench.Promote.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Done>().Which;

        done.Outputs["emptied"]!.ToString().Should().Be("one");
        bench.Promote.DutyOf(intent, done.Outputs)!.Holds.Should().BeTrue();
        bench.Promote.DutyOf(intent, []).Should().NotBeNull("by the word of a person that it happened");
    }

    /// <summary>The right to act ends between taking the names and giving them back; the next attempt, by somebody who may promote, finds them empty.</summary>
    [Fact]
    public async Task Execute_CouldNotGiveTheNamesBack_SaysSo_AndTheNextAttemptOwesThem()
    {
        await using var primary = await StartWhereNobodyMayPromoteAsync();
        var standby = await primary.AddStandbyAsync("two", "synchronous_standby_names = 'one'");
        var bench = new PairBench(primary, standby, user: "dro");
        var over = new StandingStill(after: 4);
        var context = bench.Context(Kind, """{ "database": "two" }""", step: "promote") with { Permit = new SendPermit(LeaseProof.Now(over), TimeSpan.FromMinutes(1), over) };
        var first = await bench.Promote.PrepareAsync(context, default);

        var failed = (await bench.Promote.ExecuteAsync(context, first, default)).Should().BeOfType<StepOutcome.Failed>().Which;
        await PostgresServer.UntilAsync(async () => await standby.ScalarAsync<string>("SELECT current_setting('synchronous_standby_names')") == "");
        var second = new PairBench(primary, standby) { Intents = { ["promote"] = first } };
        var again = second.Context(Kind, """{ "database": "two" }""", step: "promote", attempt: 2);
        var intent = await second.Promote.PrepareAsync(again, default);
        var done = (await second.Promote.ExecuteAsync(again, intent, default)).Should().BeOfType<StepOutcome.Done>().Which;

        failed.Reason.Should().Contain("may be empty: it was 'one'");
        failed.Left!.ToJsonString().Should().Be("""{"emptied":"one"}""");
        bench.Promote.DutyOfFailed(first, failed.Left)!.Text.Should().Be("see that commits of two wait for a standby again: its synchronous_standby_names was 'one' before the promotion was tried, and may be empty");
        done.Outputs["emptied"]!.ToString().Should().Be("one");
    }

    [Fact]
    public async Task Execute_RefusedBehindAnAttemptThatTookTheNames_GivesThemBack()
    {
        await using var primary = await PostgresServer.StartNewAsync();
        var standby = await primary.AddStandbyAsync("two", "synchronous_standby_names = 'one'");
        var bench = new PairBench(primary, standby);
        bench.Intents["promote"] = await bench.Promote.PrepareAsync(bench.Context(Kind, """{ "database": "two" }""", step: "promote"), default);
        await standby.ExecuteAsync("ALTER SYSTEM SET synchronous_standby_names = ''", "SELECT pg_reload_conf()");
        await PostgresServer.UntilAsync(async () => await standby.ScalarAsync<string>("SELECT current_setting('synchronous_standby_names')") == "");
        var context = bench.Context(Kind, """{ "database": "two" }""", step: "promote", attempt: 2);
        var intent = await bench.Promote.PrepareAsync(context, default);
        intent["systemId"] = "9";

        var failed = (await bench.Promote.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Failed>().Which;

        (failed.Reason.Contains("another cluster", StringComparison.Ordinal), failed.Left).Should().Be((true, null));
        await PostgresServer.UntilAsync(async () => await standby.ScalarAsync<string>("SELECT current_setting('synchronous_standby_names')") == "one");
    }

    [Fact]
    public async Task Prepare_WhatIsNoStandby_Refuses()
    {
        await using var primary = await PostgresServer.StartNewAsync();
        var bench = new PairBench(primary);
        var step = bench.Promote;

        var prepare = () => step.PrepareAsync(bench.Context(Kind, """{ "database": "one" }"""), default);

        await prepare.Should().ThrowAsync<StepFailedException>().WithMessage("it is no standby*");
    }

    [Theory]
    [InlineData("""{ "systemId": "9" }""", null, "another cluster")]
    [InlineData("""{ "systemId": "7", "timeline": 3 }""", null, "timeline 2, not on 3")]
    [InlineData("""{ "systemId": "7", "timeline": 2 }""", "0/3000060", "acknowledged transactions would be lost")]
    [InlineData("""{ "systemId": "7", "timeline": 2 }""", "0/3000058", null)]
    [InlineData("""{ "systemId": "7", "timeline": 1 }""", "0/3000058", "timeline 2, not on 1")]
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

    [Fact]
    public void Objection_OthersOfTheCluster_ThatServeOrAreAhead_AreNamed()
    {
        var now = new ServerSight(true, "7", 2, LogSequence.Parse("0/3000060"), LogSequence.Parse("0/3000060"), null, "");

        OtherServers.Objection("c", now with { InRecovery = false, Timeline = 3 }, now).Should().Be("c is a primary already, on timeline 3");
        OtherServers.Objection("c", now with { Received = LogSequence.Parse("0/3000068") }, now).Should().Contain("has received up to 0/3000068");
        OtherServers.Objection("c", now, now).Should().BeNull();
        OtherServers.Objection("c", null, now).Should().BeNull();
        OtherServers.Objection("c", now with { InRecovery = false, SystemId = "8" }, now).Should().BeNull("it is of another cluster");
    }

    /// <summary>Three servers of which any one may acknowledge: what the one that lags has not got, was acknowledged by the other.</summary>
    [Fact]
    public async Task Prepare_AnotherStandbyHasReceivedMore_Refuses_UntilItIsThatOne()
    {
        await using var one = await PostgresServer.StartNewAsync("synchronous_standby_names = 'ANY 1 (two, three)'");
        var two = await one.AddStandbyAsync("two");
        var three = await one.AddStandbyAsync("three");
        await PostgresServer.UntilAsync(async () => await one.ScalarAsync<long>("SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'quorum'") == 2);
        await PostgresServer.SignalAsync("STOP", await two.BackendAsync("walreceiver"));
        await one.ExecuteAsync("CREATE TABLE t (n int)", "INSERT INTO t VALUES (1)");
        await one.KillAsync();
        var bench = new PairBench(one, two, three);
        bench.Outputs["fence"] = new JsonObject { ["timeline"] = 1, ["systemId"] = await two.ScalarAsync<string>("SELECT system_identifier::text FROM pg_control_system()") };

        var behind = () => bench.Promote.PrepareAsync(bench.Context(Kind, """{ "database": "two" }""", fencedBy: "fence"), default);
        var ahead = await bench.Promote.PrepareAsync(bench.Context(Kind, """{ "database": "three" }""", fencedBy: "fence"), default);

        await behind.Should().ThrowAsync<StepFailedException>().WithMessage("three has received up to *: acknowledged transactions may be there only");
        ahead["database"]!.GetValue<string>().Should().Be("three");
        (await three.ScalarAsync<long>("SELECT count(*) FROM t")).Should().Be(1, "it was acknowledged by this one");
    }

    [Fact]
    public async Task Execute_InAProcessThatStoodStill_AsksForNothing()
    {
        await using var primary = await PostgresServer.StartNewAsync();
        var standby = await primary.AddStandbyAsync("two");
        var bench = new PairBench(primary, standby);
        var context = bench.Context(Kind, """{ "database": "two" }""");
        var intent = await bench.Promote.PrepareAsync(context, default);

        var outcome = await new PostgresPromoteStep(bench.Sessions, bench.Promotions, bench.Others, new StandingStill(after: 3)).ExecuteAsync(context, intent, default).WaitAsync(TimeSpan.FromSeconds(60), TimeProvider.System);

        outcome.Should().BeOfType<StepOutcome.Failed>().Which.Reason.Should().Contain("the time for it was over");
        (await standby.ScalarAsync<bool>("SELECT pg_is_in_recovery()")).Should().BeTrue();
        (await bench.Promote.ObserveAsync(context, intent, default)).Answer.Should().Be(ObservedAnswer.CannotHappenAnyMore);
    }

    [Fact]
    public async Task Execute_RightToPromoteMissing_PutsTheNamesBack()
    {
        await using var primary = await StartWhereNobodyMayPromoteAsync();
        var standby = await primary.AddStandbyAsync("two", "synchronous_standby_names = 'one'");
        var bench = new PairBench(primary, standby, user: "dro");
        var context = bench.Context(Kind, """{ "database": "two" }""");
        var intent = await bench.Promote.PrepareAsync(context, default);

        var outcome = await bench.Promote.ExecuteAsync(context, intent, default);

        outcome.Should().BeOfType<StepOutcome.Failed>().Which.Reason.Should().Contain("42501").And.NotContain("may be empty");
        await PostgresServer.UntilAsync(async () => await standby.ScalarAsync<string>("SELECT current_setting('synchronous_standby_names')") == "one");
    }

    /// <summary>A process that died between emptying the names and asking for the promotion.</summary>
    [Fact]
    public async Task Observe_NamesEmptiedAndNothingAskedFor_PutsTheNamesBack()
    {
        await using var primary = await PostgresServer.StartNewAsync();
        var standby = await primary.AddStandbyAsync("two", "synchronous_standby_names = 'one'");
        var bench = new PairBench(primary, standby);
        var context = bench.Context(Kind, """{ "database": "two" }""");
        var intent = await bench.Promote.PrepareAsync(context, default);
        await standby.ExecuteAsync("ALTER SYSTEM SET synchronous_standby_names = ''", "SELECT pg_reload_conf()");
        await PostgresServer.UntilAsync(async () => await standby.ScalarAsync<string>("SELECT current_setting('synchronous_standby_names')") == "");

        var seen = await bench.Promote.ObserveAsync(context, intent, default);

        seen.Answer.Should().Be(ObservedAnswer.CannotHappenAnyMore, seen.Detail);
        seen.Detail.Should().NotContain("may be empty");
        await PostgresServer.UntilAsync(async () => await standby.ScalarAsync<string>("SELECT current_setting('synchronous_standby_names')") == "one");
    }

    /// <summary>With a role that may do all that goes before a promotion, and not that.</summary>
    private static async Task<PostgresServer> StartWhereNobodyMayPromoteAsync()
    {
        var primary = await PostgresServer.StartNewAsync();
        await primary.ExecuteAsync(
            "CREATE ROLE dro LOGIN IN ROLE pg_monitor",
            "GRANT ALTER SYSTEM ON PARAMETER synchronous_standby_names TO dro",
            "GRANT EXECUTE ON FUNCTION pg_reload_conf(), pg_wal_replay_resume(), pg_stat_file(text, boolean) TO dro");
        return primary;
    }

    /// <summary>Time goes by an hour at each look after so many, and no timer of it ever fires, as for a process that wakes up in the middle.</summary>
    private sealed class StandingStill(int after) : TimeProvider
    {
        private int _looks;

        public override long GetTimestamp() => System.GetTimestamp() + (Interlocked.Increment(ref _looks) > after ? System.TimestampFrequency * 3600 : 0);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => System.CreateTimer(_ => { }, null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }
}
