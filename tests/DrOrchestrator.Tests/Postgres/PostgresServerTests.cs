using DrOrchestrator.Testing.Postgres;

namespace DrOrchestrator.Tests.Postgres;

/// <summary>The real server that other tests rest on does what they take for granted.</summary>
public sealed class PostgresServerTests
{
    [Fact]
    public async Task Standby_OfARunningServer_Streams()
    {
        await using var primary = await PostgresServer.StartNewAsync();
        var standby = await primary.AddStandbyAsync("dr");

        await primary.ExecuteAsync("CREATE TABLE t (n int)", "INSERT INTO t VALUES (7)");

        (await standby.BackendAsync("walreceiver")).Should().BePositive();
        (await standby.ScalarAsync<bool>("SELECT pg_is_in_recovery()")).Should().BeTrue();
        (await primary.ScalarAsync<string>("SELECT application_name FROM pg_stat_replication")).Should().Be("dr");
    }

    [Fact]
    public async Task Server_KilledAndStartedAgain_HasItsData()
    {
        await using var server = await PostgresServer.StartNewAsync();
        await server.ExecuteAsync("CREATE TABLE t (n int)", "INSERT INTO t VALUES (7)");

        await server.KillAsync();
        await server.StartAsync();

        (await server.ScalarAsync<int>("SELECT n FROM t")).Should().Be(7);
    }

    /// <summary>A session that stands still outlives its killed server, and would keep its memory and its port for ever.</summary>
    [Fact]
    public async Task Dispose_OfAKilledServerWhoseSenderStandsStill_EndsIt()
    {
        var sender = 0;
        try
        {
            await using (var server = await PostgresServer.StartNewAsync())
            {
                await server.AddStandbyAsync("dr");
                sender = await server.BackendAsync("walsender");
                await PostgresServer.SignalAsync("STOP", sender);
                await PostgresServer.SignalAsync("KILL", server.Postmaster());
                Lives(sender).Should().BeTrue("nobody has told it to end");
            }

            await PostgresServer.UntilAsync(() => Task.FromResult(!Lives(sender)));
        }
        finally
        {
            if (Lives(sender))
            {
                await PostgresServer.SignalAsync("KILL", sender);
            }
        }
    }

    /// <summary>One that has ended, and that nobody has asked for its end, lives no more.</summary>
    private static bool Lives(int process) => process > 0 && File.Exists($"/proc/{process}/stat") && File.ReadAllText($"/proc/{process}/stat").Split(' ')[2] is not "Z";
}
