using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Steps.Postgres;
using DrOrchestrator.Testing.Postgres;

namespace DrOrchestrator.Tests.Drills.Steps.Postgres;

public sealed class PostgresSynchronousStepTests
{
    [Fact]
    public async Task Execute_StandbyThatStreams_IsWaitedForUntilUndone()
    {
        await using var primary = await PostgresServer.StartNewAsync();
        var standby = await primary.AddStandbyAsync("two");
        await primary.BackendAsync("walsender");
        var bench = new PairBench(primary, standby);
        var step = new PostgresSynchronousStep(bench.Sessions, TimeProvider.System);
        var context = bench.Context("postgres.synchronous", """{ "database": "one", "standby": "two" }""");
        while (await primary.ScalarAsync<long>("SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'") == 0)
        {
            // It attaches by itself.
        }

        var intent = await step.PrepareAsync(context, default);
        var before = await step.ObserveAsync(context, intent, default);
        var outcome = await step.ExecuteAsync(context, intent, default);
        var after = await step.ObserveAsync(context, intent, default);
        var stands = await step.ContradictionAsync(context, intent, default);
        await primary.ExecuteAsync("ALTER SYSTEM SET synchronous_standby_names = ''", "SELECT pg_reload_conf()");
        await PostgresServer.UntilAsync(async () => await primary.ScalarAsync<string>("SELECT current_setting('synchronous_standby_names')") == "");
        var takenBack = await step.ContradictionAsync(context, intent, default);
        var undone = await step.UndoAsync(context, intent, null, default);

        before.Answer.Should().Be(ObservedAnswer.CannotHappenAnyMore);
        outcome.Should().BeOfType<StepOutcome.Done>().Which.Outputs["syncState"]!.GetValue<string>().Should().Be("sync");
        after.Answer.Should().Be(ObservedAnswer.Happened);
        stands.Should().BeNull();
        takenBack.Should().Be("synchronous_standby_names of one was set to '\"two\"' and is empty");
        undone.Should().BeOfType<StepOutcome.Done>();
        (await primary.ScalarAsync<string>("SELECT current_setting('synchronous_standby_names')")).Should().BeEmpty();
    }

    [Fact]
    public async Task Prepare_StandbyThatIsAway_Refuses()
    {
        await using var primary = await PostgresServer.StartNewAsync();
        var bench = new PairBench(primary, primary);
        var step = new PostgresSynchronousStep(bench.Sessions, TimeProvider.System);

        var prepare = () => step.PrepareAsync(bench.Context("postgres.synchronous", """{ "database": "one", "standby": "two" }"""), default);

        await prepare.Should().ThrowAsync<StepFailedException>().WithMessage("nobody called 'two' streams from one*");
    }

    [Fact]
    public async Task Execute_StandbyThatGoesInThatMoment_LetsCommitsFlowAgain()
    {
        await using var primary = await PostgresServer.StartNewAsync();
        var standby = await primary.AddStandbyAsync("two");
        await PostgresServer.UntilAsync(async () => await primary.ScalarAsync<long>("SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'") == 1);
        var bench = new PairBench(primary, standby);
        var step = new PostgresSynchronousStep(bench.Sessions, TimeProvider.System);
        var context = bench.Context("postgres.synchronous", """{ "database": "one", "standby": "two" }""", timeoutSeconds: 1);
        var intent = await step.PrepareAsync(context, default);

        await standby.StopAsync();
        var outcome = await step.ExecuteAsync(context, intent, default);

        outcome.Should().BeOfType<StepOutcome.Failed>().Which.Reason.Should().EndWith("it is '' again, as before");
        await PostgresServer.UntilAsync(async () => await primary.ScalarAsync<string>("SELECT current_setting('synchronous_standby_names')") == "");
        await primary.ExecuteAsync("CREATE TABLE t (n int)");
    }

    [Theory]
    [InlineData("ANY 1 (two, three)", "commits may be acknowledged without 'two'")]
    [InlineData("three", "does not name 'two'")]
    [InlineData("ANY (", "is no value")]
    [InlineData("FIRST 1 (two, three)", null)]
    [InlineData("ANY 2 (two, three)", null)]
    [InlineData("*", null)]
    public void Lack_NamesUnderWhichCommitsDoNotWaitForTheStandby_AreRefused(string names, string? lack)
    {
        var standby = new DrOrchestrator.Estates.DatabaseDefinition("b", "ledger", "dr", new DrOrchestrator.Estates.PostgresTarget(["h"], 1, "d", "u", null, DrOrchestrator.Estates.PostgresTls.Disable, null), null, "two");

        (PostgresSynchronousStep.Lack(names, standby) ?? "nothing").Should().Contain(lack ?? "nothing");
    }
}
