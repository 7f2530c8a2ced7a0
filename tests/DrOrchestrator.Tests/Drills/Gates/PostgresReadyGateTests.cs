using System.Text.Json.Nodes;
using DrOrchestrator.Drills.Gates;
using DrOrchestrator.Drills.Steps.Postgres;
using DrOrchestrator.Estates;
using DrOrchestrator.Plans;
using DrOrchestrator.RecoveryPoints.Postgres;
using DrOrchestrator.Testing.Postgres;
using DrOrchestrator.Tests.Drills.Steps;
using DrOrchestrator.Tests.Drills.Steps.Postgres;

namespace DrOrchestrator.Tests.Drills.Gates;

public sealed class PostgresReadyGateTests
{
    private static readonly DatabaseDefinition Two = new("two", "ledger", "dr", new PostgresTarget(["h"], 1, "d", "u", null, PostgresTls.Disable, null), null, "two");

    [Theory]
    [InlineData("", false, true, "synchronous_standby_names is empty")]
    [InlineData("", true, false, "synchronous_standby_names is empty")]
    [InlineData("two", false, true, "commits wait for two*")]
    [InlineData("two", true, true, "commits wait for two*")]
    [InlineData("ANY 1 (two, three)", false, false, "ANY 1 (two, three) is satisfied without two")]
    [InlineData("FIRST 1 (three, two)", false, false, "FIRST 1 (three, two) is satisfied without two")]
    [InlineData("ANY 2 (two, three)", false, true, "commits wait for two*")]
    [InlineData("three", false, false, "synchronous_standby_names is three, without two")]
    public void Synchrony_NamesOfThePrimary_AreHeldAgainstTheStandby(string names, bool mustWait, bool passes, string value)
    {
        var primary = Primary(names, "on", "streaming", names.Length == 0 ? "async" : "sync");

        var item = PostgresReadyJudge.Synchrony(primary, Two, mustWait);

        (item.Check, item.Passed).Should().Be(("postgres-ready two synchronous", passes));
        item.Value.Should().Match(value);
    }

    [Theory]
    [InlineData("local", "streaming", "sync", "synchronous_commit is local")]
    [InlineData("on", "catchup", "async", "two is attached and not streaming: catchup")]
    [InlineData("on", null, null, "the role that reads may not see the standbys; grant it pg_monitor")]
    public void Synchrony_NamedAndNotWaitedFor_DoesNotPass(string commit, string? state, string? sync, string value)
    {
        var item = PostgresReadyJudge.Synchrony(Primary("two", commit, state, sync), Two, mustWait: false);

        (item.Passed, item.Value).Should().Be((false, value));
    }

    [Fact]
    public async Task Check_AnyOfTwoStandbys_NamesTheStandbyThatOthersAcknowledgeFor()
    {
        await using var one = await PostgresServer.StartNewAsync("synchronous_standby_names = 'ANY 1 (two, three)'", "wal_log_hints = on");
        var two = await one.AddStandbyAsync("two");
        var three = await one.AddStandbyAsync("three");
        await PostgresServer.UntilAsync(async () => await one.ScalarAsync<long>("SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'quorum'") == 2);
        var bench = new PairBench(one, two, three);
        var gate = new PostgresReadyGate(bench.Sessions, bench.Hosts, TimeProvider.System);
        var parameters = new StepParameters(new() { ["primary"] = "one", ["standby"] = "two" });

        var any = (await gate.CheckAsync(parameters, StepBench.Plan, bench.Estate, default)).Single(item => item.Check == "postgres-ready two synchronous");
        await one.ExecuteAsync("ALTER SYSTEM SET synchronous_standby_names = 'ANY 2 (two, three)'", "SELECT pg_reload_conf()");
        await PostgresServer.UntilAsync(async () => await one.ScalarAsync<string>("SELECT current_setting('synchronous_standby_names')") == "ANY 2 (two, three)");
        var both = (await gate.CheckAsync(parameters, StepBench.Plan, bench.Estate, default)).Single(item => item.Check == "postgres-ready two synchronous");

        // Two distributions call one version by two names ("15.14 (Debian 15.14-0+deb12u1)"): only the number counts.
        var version = (await gate.CheckAsync(parameters, StepBench.Plan, bench.Estate, default)).Single(item => item.Check == "postgres-ready two version");
        version.Value.Should().MatchRegex("^([0-9.]+) and \\1$");
        version.Passed.Should().BeTrue();
        (any.Passed, any.Value).Should().Be((false, "ANY 1 (two, three) is satisfied without two"));
        (both.Passed, both.Limit).Should().Be((true, "no commit is acknowledged by others without two"), both.Value);
    }

    [Fact]
    public async Task Read_VersionOfADistribution_IsTheNumberAlone()
    {
        await using var server = await PostgresServer.StartNewAsync();
        var bench = new PairBench(server);

        var read = await bench.Sessions.UseAsync(bench.Estate.Databases[0], "dro", connection => PostgresReadiness.ReadAsync(connection, [], default), default);

        // "15.14 (Debian 15.14-0+deb12u1)" and "15.14" are one version.
        var number = await server.ScalarAsync<int>("SELECT current_setting('server_version_num')::int");
        read.Version.Should().Be($"{number / 10000}.{number % 10000}");
    }

    [Theory]
    [InlineData(119, false)]
    [InlineData(120, true)]
    public void Host_RoomForTheDataAndTheirLogOnceMore_IsAsked(int freeGigabytes, bool passes)
    {
        const long Gigabyte = 1024 * 1024;
        var facts = new JsonObject { ["dataKilobytes"] = 100 * Gigabyte, ["walKilobytes"] = 20 * Gigabyte, ["freeKilobytes"] = freeGigabytes * Gigabyte, ["keptCopies"] = 3 };

        var room = PostgresHostJudge.Judge(Two, new HostAnswer.Said(facts)).Single();

        (room.Check, room.Passed, room.Limit).Should().Be(("postgres-ready two room", passes, "at least 120.0 GB, the size of the data and of their log"));
        room.Value.Should().Be($"{freeGigabytes}.0 GB free; 3 old copies are kept");
        facts["keptCopies"] = null;
        PostgresHostJudge.Judge(Two, new HostAnswer.Said(facts)).Single().Value.Should().Be($"{freeGigabytes}.0 GB free; whether old copies are kept cannot be told");
    }

    private static PostgresReadiness Primary(string names, string commit, string? state, string? sync) =>
        new(new ServerSight(false, "7", 1, null, null, null, names), "15", new Dictionary<string, string>(), [], 0, [], [], [], false, true)
        {
            Waiting = new PostgresPrimaryReport(commit, "default", names, true, [], [new AttachedStandby("two", state, sync, "")], ""),
        };
}
