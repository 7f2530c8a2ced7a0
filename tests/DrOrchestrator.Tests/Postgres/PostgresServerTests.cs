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
}
