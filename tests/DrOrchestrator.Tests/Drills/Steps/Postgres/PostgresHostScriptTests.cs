using System.Text.Json.Nodes;
using DrOrchestrator.Commands;
using DrOrchestrator.Drills.Steps.Postgres;
using DrOrchestrator.Testing.Postgres;

namespace DrOrchestrator.Tests.Drills.Steps.Postgres;

/// <summary>The script that runs on a server's own host, against real servers.</summary>
public sealed class PostgresHostScriptTests
{
    [Fact]
    public void Script_InTheProduct_IsTheOnePackedBesideIt()
    {
        using var embedded = typeof(HostAnswer).Assembly.GetManifestResourceStream("DrOrchestrator.postgres-host.sh");
        using var reader = new StreamReader(embedded!);

        reader.ReadToEnd().Should().Be(File.ReadAllText(Path.Combine(PostgresLab.Runbooks, "postgres-host.sh")));
    }

    [Fact]
    public async Task Fence_OfARunningServer_EndsItCleanlyAndHoldsUntilItsOwnMarkLiftsIt()
    {
        await using var server = await PostgresServer.StartNewAsync();
        await server.ExecuteAsync("CREATE TABLE t (n int)");

        var before = Status(await AskAsync(server, "status"));
        var fenced = Status(await AskAsync(server, "fence", "dro-1", "10"));
        var again = await AskAsync(server, "fence", "dro-1", "10");
        var other = await AskAsync(server, "fence", "dro-2", "10");
        var start = () => PostgresServer.RunAsync("pg_ctl", "start", "-D", server.DataFolder, "-w", "-l", server.LogFile + ".again");
        await start.Should().ThrowAsync<InvalidOperationException>();
        var liftedByOther = await AskAsync(server, "release", "dro-2");
        var lifted = Status(await AskAsync(server, "release", "dro-1", "start"));

        before.Should().Match<HostStatus>(status => status.Running && !status.Fenced && !status.Standby);
        fenced.Should().Match<HostStatus>(status => status.IsHeldBy("dro-1") && status.State == "shut down");
        fenced.End.Should().NotBeNull();
        again.Should().BeOfType<HostAnswer.Said>("the same fence, asked for again");
        other.Should().BeOfType<HostAnswer.No>().Which.Reason.Should().Contain("fenced already, by dro-1");
        liftedByOther.Should().BeOfType<HostAnswer.No>();
        lifted.Running.Should().BeTrue();
        (await server.ScalarAsync<long>("SELECT count(*) FROM t")).Should().Be(0);
    }

    [Fact]
    public async Task Fence_OfAServerThatStandsStill_KillsAllOfIt()
    {
        await using var server = await PostgresServer.StartNewAsync();
        await using var session = new Npgsql.NpgsqlConnection(server.ConnectionString);
        await session.OpenAsync();
        await server.StandStillAsync();

        var fenced = Status(await AskAsync(server, "fence", "dro-1", "10"));

        fenced.IsHeldBy("dro-1").Should().BeTrue();
        fenced.End.Should().BeNull("it did not end cleanly");
    }

    [Fact]
    public async Task Rebuild_ByBaseBackupAskedTwice_MakesOneStandbyAndKeepsTheOldDataFenced()
    {
        await using var old = await PostgresServer.StartNewAsync();
        var next = await old.AddStandbyAsync("next");
        await old.ExecuteAsync("CREATE TABLE t (n int)");

        // The table is on both sides: a sender that is stopped before it has sent it would make it a third transaction that only the old one has.
        await PostgresServer.UntilAsync(async () => await next.ScalarAsync<bool>("SELECT to_regclass('t') IS NOT NULL"));
        await PostgresServer.SignalAsync("STOP", await old.BackendAsync("walsender"));
        await old.ExecuteAsync("INSERT INTO t VALUES (1)", "INSERT INTO t VALUES (2)");

        // The stopped sender outlives its postmaster until the fence finds it.
        var killed = old.KillAsync();
        await AskAsync(old, "fence", "dro-1", "10");
        await killed;
        await next.ExecuteAsync("SELECT pg_promote()", "CHECKPOINT");
        var fork = Divergence.ForkOf(await next.ScalarAsync<string>("SELECT pg_read_file('pg_wal/00000002.history')"), 1)!.Value.ToString();
        string[] words = ["dro-9", "dro-1", "basebackup", "127.0.0.1", $"{next.Port}", "postgres", "postgres", "disable", "old"];

        var tooEarly = await AskAsync(old, "rebuild", words);
        var kept = (await AskAsync(old, "keep", "dro-1", fork, "1")).Should().BeOfType<HostAnswer.Said>().Subject.Facts;
        var rebuilt = Status(await AskAsync(old, "rebuild", words));
        var again = Status(await AskAsync(old, "rebuild", words));
        var keptStill = (await AskAsync(old, "keep", "dro-1", fork, "1")).Should().BeOfType<HostAnswer.Said>().Subject.Facts;

        tooEarly.Should().BeOfType<HostAnswer.No>().Which.Reason.Should().Contain("was not kept yet");
        kept["commits"]!.GetValue<int>().Should().Be(2);
        rebuilt.Should().Match<HostStatus>(status => status.Running && status.Standby && !status.Fenced && status.Rebuilt == "dro-9");
        again.Rebuilt.Should().Be("dro-9");
        JsonNode.DeepEquals(kept, keptStill).Should().BeTrue("what was kept is told again");
        File.Exists(Path.Combine(old.DataFolder + ".dro", "dro-1", "data", "global", "pg_control.dro-fence.dro-1")).Should().BeTrue("the old data are whole and still fenced");
        (await old.ScalarAsync<long>("SELECT count(*) FROM t")).Should().Be(0);
    }

    private static HostStatus Status(HostAnswer answer) => HostStatus.From(answer.Should().BeOfType<HostAnswer.Said>(answer.Reason).Subject.Facts);

    private static async Task<HostAnswer> AskAsync(PostgresServer server, string verb, params string[] words) => HostAnswer.Of(
        verb,
        await ProgramRun.RunAsync(
            "/bin/sh",
            [Path.Combine(PostgresLab.Runbooks, "postgres-host.sh"), "--data", server.DataFolder, "--bin", PostgresServer.Programs, "--inside", "--start", server.StartCommand, verb, .. words],
            new Dictionary<string, string>(),
            TimeProvider.System,
            default));
}
