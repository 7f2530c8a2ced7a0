using System.Text.Json.Nodes;
using DrOrchestrator.Commands;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Steps.Postgres;
using DrOrchestrator.Estates;
using DrOrchestrator.Testing.Postgres;

namespace DrOrchestrator.Tests.Drills.Steps.Postgres;

public sealed class PostgresRebuildStepTests
{
    [Fact]
    public async Task Rebuild_ServerThatDoesNotStartTheFirstTime_IsGoneOnWithByTheNextAttempt()
    {
        await using var one = await PostgresServer.StartNewAsync();
        var two = await one.AddStandbyAsync("two");
        var bench = new PairBench(one, two);
        var step = new PostgresRebuildStep(bench.Hosts, bench.Sessions);
        var context = bench.Context("postgres.rebuild", """{ "database": "one", "from": "two", "method": "basebackup" }""", timeoutSeconds: 60);
        var database = bench.Estate.Databases[0];
        var failing = database with { Host = new DatabaseHost.Command(PostgresLab.HostProgram, ["--data", one.DataFolder, "--bin", PostgresServer.Programs, "--inside", "--start", "exit 1"]) };
        await bench.Hosts.AskAsync(database, default, "fence", "dro-7-fence", "20");
        await two.ExecuteAsync("SELECT pg_promote()");

        var intent = await step.PrepareAsync(context, default);
        var first = await step.ExecuteAsync(context with { Estate = bench.Estate with { Databases = [failing, bench.Estate.Databases[1]] } }, intent, default);
        bench.Intents["s"] = intent;
        var again = await step.PrepareAsync(context, default);
        var second = await step.ExecuteAsync(context, again, default);

        first.Should().BeOfType<StepOutcome.Failed>().Which.Reason.Should().Contain("does not start");
        JsonNode.DeepEquals(again, intent).Should().BeTrue("what stands is gone on with");
        second.Should().BeOfType<StepOutcome.Done>();
        (await one.ScalarAsync<bool>("SELECT pg_is_in_recovery()")).Should().BeTrue();
        (await step.ContradictionAsync(context, again, default)).Should().BeNull();

        await one.ExecuteAsync("SELECT pg_promote()");
        (await step.ContradictionAsync(context, again, default)).Should().Be("one was made a standby and is a primary");
    }

    [Fact]
    public async Task Keep_ListWithoutAnEnd_IsNone()
    {
        var hosts = new DatabaseHosts(new AllowedCommands(["/usr/bin/printf"]), TimeProvider.System);
        var old = new DatabaseDefinition(
            "one", "ledger", "primary", new PostgresTarget(["h"], 1, "d", "u", null, PostgresTls.Disable, null),
            new DatabaseHost.Command("/usr/bin/printf", ["""{"verb":"keep","commits":0,"complete":true,"oldEnd":"","reconciliation":[]}\n%.0s"""]), "one");

        var (outputs, _, answer) = await Divergence.KeepAsync(old, new JsonObject { ["fence"] = "dro-1", ["forkLsn"] = "0/3000060", ["timeline"] = 1 }, hosts, default);

        outputs.Should().BeNull();
        answer.Reason.Should().Contain("names no end of the log");
    }
}
