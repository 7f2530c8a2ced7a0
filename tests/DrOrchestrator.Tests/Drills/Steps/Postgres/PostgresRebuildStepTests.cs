using System.Runtime.Versioning;
using System.Text.Json.Nodes;
using DrOrchestrator.Commands;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Steps.Postgres;
using DrOrchestrator.Estates;
using DrOrchestrator.Testing.Postgres;
using DrOrchestrator.Time;

namespace DrOrchestrator.Tests.Drills.Steps.Postgres;

[UnsupportedOSPlatform("windows")]
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
    public async Task IsDone_OldDataOfARebuild_OnlyWhereTheirOwnPlaceShowsThatTheyAreGone()
    {
        await using var one = await PostgresServer.StartNewAsync();
        await one.StopAsync();
        var bench = new PairBench(one);
        var step = new PostgresRebuildStep(bench.Hosts, bench.Sessions);
        var subject = step.DutyOf(new JsonObject { ["database"] = "one", ["fence"] = "dro-7-fence" }, new JsonObject { ["kept"] = one.DataFolder + ".dro/dro-7-fence", ["commits"] = 0, ["prepared"] = 0 })!.Subject;
        Task<bool> IsDoneAsync(string about) => step.IsDoneAsync(about, bench.Estate, default);
        var kept = one.DataFolder + ".dro/dro-7-fence";
        var before = await FilesAsync(one);

        var neverThere = await IsDoneAsync(subject);
        await PostgresServer.RunAsync("/bin/sh", "-c", $"mkdir -p {kept}/data && echo '{{}}' >{kept}/divergence.json");
        var there = await IsDoneAsync(subject);
        await PostgresServer.RunAsync("/bin/mv", one.DataFolder + ".dro", one.DataFolder + ".elsewhere");
        var notMounted = await IsDoneAsync(subject);
        await PostgresServer.RunAsync("/bin/sh", "-c", $"mkdir {one.DataFolder}.dro && mkdir {one.DataFolder}.dro/dro-7-fence");
        var anotherVolume = await IsDoneAsync(subject);
        await PostgresServer.RunAsync("/bin/sh", "-c", $"rm -r {one.DataFolder}.dro && mv {one.DataFolder}.elsewhere {one.DataFolder}.dro && rmdir {kept}/data");
        var removed = await IsDoneAsync(subject);
        var ofBefore = await IsDoneAsync("kept one");
        var ofNobody = await IsDoneAsync("kept nobody dro-7-fence");

        (neverThere, there, notMounted, anotherVolume, removed).Should().Be((false, false, false, false, true), "what is not to be seen is not known to be gone");
        (ofBefore, ofNobody).Should().Be((false, false));
        (await FilesAsync(one)).Should().Be(before, "a look changes nothing, also for a moment");
        File.Exists(HostLock.FileOf(one)).Should().BeFalse();
    }

    [Theory]
    [InlineData("0", "0", "kept one dro-7-fence", "remove the old data of one at /k/data")]
    [InlineData("3", "0", "unaccounted one", "account for the old data of one at /k/data")]
    [InlineData("0", "1", "unaccounted one", "account for the old data of one at /k/data")]
    [InlineData(null, null, "unaccounted one", "account for the old data of one at /k/data")]
    [InlineData("0", "\"unknown\"", "unaccounted one", "account for the old data of one at /k/data")]
    public async Task IsDone_TransactionsThatOnlyTheOldDataHave_APersonSaysThatTheyAreAccountedFor(string? commits, string? prepared, string subject, string text)
    {
        using var folder = new ScriptFolder();
        var host = new DatabaseHost.Command(folder.Script("host", $$"""echo "$*" >>{{folder.File("asked")}}; echo '{"verb":"kept","kept":"/k","copy":false}'"""), []);
        var estate = Estate.None with { Databases = [new DatabaseDefinition("one", "ledger", "primary", new PostgresTarget(["h"], 1, "d", "u", null, PostgresTls.Disable, null), host, "one")] };
        var step = new PostgresRebuildStep(new DatabaseHosts(new AllowedCommands([host.Program]), TimeProvider.System), new DatabaseSessions(new ProcessClock(TimeProvider.System)));

        var duty = step.DutyOf(new JsonObject { ["database"] = "one", ["fence"] = "dro-7-fence" }, new JsonObject { ["kept"] = "/k", ["commits"] = commits is null ? null : JsonNode.Parse(commits), ["prepared"] = prepared is null ? null : JsonNode.Parse(prepared) })!;
        var isDone = await step.IsDoneAsync(duty.Subject, estate, default);

        (duty.Subject, duty.Holds).Should().Be((subject, false));
        duty.Text.Should().StartWith(text);
        isDone.Should().Be(subject.StartsWith("kept ", StringComparison.Ordinal), "the host says that they are gone, and that is all a host can say");
        folder.Read("asked").Should().Be(isDone ? "kept dro-7-fence\n" : "");
    }

    /// <summary>Names and times of everything that a fence or a check would touch.</summary>
    private static Task<string> FilesAsync(PostgresServer server) => PostgresServer.RunAsync("/usr/bin/stat", "-c", "%n %i %z", server.DataFolder + "/global", server.DataFolder);

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
