using System.Text.Json.Nodes;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Steps.Postgres;
using DrOrchestrator.Testing.Postgres;
using Npgsql;

namespace DrOrchestrator.Tests.Drills.Steps.Postgres;

/// <summary>A name that a promotion took and did not give back is zero loss that is gone without a word, with the next reload.</summary>
public sealed class TakenNamesTests
{
    private const string Kind = "postgres.promote";
    private const string With = """{ "database": "two" }""";

    [Theory]
    [InlineData(null, null)]
    [InlineData("", null)]
    [InlineData("# synchronous_standby_names = 'one'\nport = 1\n", null)]
    [InlineData("synchronous_standby_names = ''\n", "")]
    [InlineData("synchronous_standby_names = 'one'\n", "one")]
    [InlineData("port = '1'\nSynchronous_Standby_Names='ANY 1 (\"it''s\")' # ours", "ANY 1 (\"it's\")")]
    [InlineData("synchronous_standby_names = 'one'\nsynchronous_standby_names = ''\n", "")]
    [InlineData("  synchronous_standby_names one\n", "one")]
    public void Filed_FileOfSettings_SaysWhatTheServerWillGoBy(string? file, string? names) => TakenNames.Filed(file).Should().Be(names);

    /// <summary>A process that died, or a session that broke, between the statement and the reload: the server still goes by the name, and its file is empty.</summary>
    [Theory]
    [InlineData("postgres")]
    [InlineData("dro")]
    public async Task Observe_TakenAndNotReloaded_IsGivenBack(string user)
    {
        await using var primary = await PostgresServer.StartNewAsync();
        await primary.ExecuteAsync(
            "CREATE ROLE dro LOGIN IN ROLE pg_monitor",
            "GRANT ALTER SYSTEM ON PARAMETER synchronous_standby_names TO dro",
            "GRANT EXECUTE ON FUNCTION pg_reload_conf(), pg_wal_replay_resume(), pg_stat_file(text, boolean) TO dro");
        var standby = await primary.AddStandbyAsync("two", "synchronous_standby_names = 'one'");
        var bench = new PairBench(primary, standby, user: user);
        var context = bench.Context(Kind, With);
        var intent = await bench.Promote.PrepareAsync(context, default);
        await standby.ExecuteAsync("ALTER SYSTEM SET synchronous_standby_names = ''");

        var seen = await bench.Promote.ObserveAsync(context, intent, default);

        seen.Answer.Should().Be(ObservedAnswer.CannotHappenAnyMore, seen.Detail);
        (await FiledAsync(standby), seen.Left).Should().Be(("one", null), "the next reload, whoever asks for it, must not take it");
    }

    /// <summary>It was given back by a process that ended before it asked for the reload.</summary>
    [Fact]
    public async Task Observe_GivenBackAndNotReloaded_IsWaitedForUntilTheServerGoesByIt()
    {
        await using var primary = await PostgresServer.StartNewAsync();
        var standby = await primary.AddStandbyAsync("two", "synchronous_standby_names = 'one'");
        var bench = new PairBench(primary, standby);
        var context = bench.Context(Kind, With);
        var intent = await bench.Promote.PrepareAsync(context, default);
        await standby.ExecuteAsync("ALTER SYSTEM SET synchronous_standby_names = ''", "SELECT pg_reload_conf()");
        await PostgresServer.UntilAsync(async () => await NowAsync(standby) == "");
        await standby.ExecuteAsync("ALTER SYSTEM SET synchronous_standby_names = 'one'");

        var seen = await bench.Promote.ObserveAsync(context, intent, default);

        (await NowAsync(standby), seen.Left).Should().Be(("one", null), "it is read there, not hoped for");
    }

    /// <summary>Against it no file has a word: what would be written there would stay, and show itself when the option is taken away.</summary>
    [Fact]
    public async Task Execute_NamesOnTheServersCommandLine_LeavesItsFileAlone()
    {
        await using var primary = await PostgresServer.StartNewAsync();
        var standby = await primary.AddStandbyAsync("two");
        await standby.StopAsync();
        (await standby.StartByOthersAsync("-c synchronous_standby_names=one")).Should().BeTrue();
        var bench = new PairBench(primary, standby);
        var context = bench.Context(Kind, With);
        var intent = await bench.Promote.PrepareAsync(context, default);

        var failed = (await bench.Promote.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Failed>().Which;
        var before = await FiledAsync(standby);
        await standby.ExecuteAsync("ALTER SYSTEM SET synchronous_standby_names = ''");
        var seen = await bench.Promote.ObserveAsync(context, intent, default);

        failed.Reason.Should().StartWith("synchronous_standby_names is 'one' and cannot be emptied");
        (before, failed.Left).Should().Be((null, null));
        (await FiledAsync(standby), seen.Left).Should().Be(("one", null), "a release before has written there");
    }

    /// <summary>A session of the attempt that was cut off, and whose statement comes late.</summary>
    [Fact]
    public async Task Execute_StatementOfItsOwnStillUnderWay_IsNotOverlooked()
    {
        await using var primary = await PostgresServer.StartNewAsync();
        var standby = await primary.AddStandbyAsync("two", "synchronous_standby_names = 'one'");
        var bench = new PairBench(primary, standby);
        var context = bench.Context(Kind, With);
        var intent = await bench.Promote.PrepareAsync(context, default);
        (intent["systemId"], intent["takenBefore"]) = ("9", true);
        await using var cutOff = new NpgsqlConnection(standby.ConnectionTo("postgres", $"Application Name={intent["session"]}"));
        await cutOff.OpenAsync();

        var executing = bench.Promote.ExecuteAsync(context, intent, default);
        await Task.WhenAny(executing, PostgresServer.UntilAsync(async () => await standby.ScalarAsync<long>("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'dro'") > 0));
        await using (var late = new NpgsqlCommand("ALTER SYSTEM SET synchronous_standby_names = ''", cutOff))
        {
            await late.ExecuteNonQueryAsync();
        }

        await cutOff.CloseAsync();
        var failed = (await executing).Should().BeOfType<StepOutcome.Failed>().Which;

        // Where that took too long, it says that nobody knows.
        (await FiledAsync(standby) is "one" || failed.Left is not null).Should().BeTrue($"the file says '{await FiledAsync(standby)}', and '{failed.Reason}'");
    }

    private static Task<string> NowAsync(PostgresServer server) => server.ScalarAsync<string>("SELECT current_setting('synchronous_standby_names')");

    private static async Task<string?> FiledAsync(PostgresServer server) => TakenNames.Filed(await server.ScalarAsync<string>("SELECT pg_read_file('postgresql.auto.conf')"));
}
