using DrOrchestrator.RecoveryPoints;
using DrOrchestrator.Testing.Postgres;

namespace DrOrchestrator.Tests.RecoveryPoints.Postgres;

/// <summary>Exposure by real streaming replication.</summary>
public sealed class PostgresExposureTests(ReplicatedPostgres servers) : IClassFixture<ReplicatedPostgres>, IAsyncLifetime
{
    private PostgresRounds _rounds = new(servers);

    public Task InitializeAsync() => servers.ArrivedAsync();

    public async Task DisposeAsync() => await _rounds.DisposeAsync();

    [Fact]
    public async Task Round_PrimaryIdle_IsZeroRoundAfterRound()
    {
        for (var i = 0; i < 5; i++)
        {
            await servers.ArrivedAsync();
            var exposure = await ZeroAsync();
            exposure.Replication.Should().Be(ReplicationState.Protected);
            exposure.Reason.Should().Be("dr has received everything");
            exposure.Mechanism.Should().Be(CopyMechanism.Continuous);
        }

        (await servers.Primary.ScalarAsync<long>("SELECT beat FROM dro_heartbeat WHERE recovery_point = 'ledger-log'")).Should().BeGreaterThanOrEqualTo(5);
    }

    [Fact]
    public async Task Round_OnlyReplayLags_IsZeroAndTheLagStandsApart()
    {
        await ZeroAsync();
        await servers.Dr.ExecuteAsync("SELECT pg_wal_replay_pause()");
        try
        {
            await ReplicatedPostgres.UntilAsync(() => servers.Dr.ScalarAsync<bool>("SELECT pg_get_wal_replay_pause_state() = 'paused'"), "replay is paused");
            await _rounds.RoundAsync();
            await servers.Primary.ExecuteAsync("CREATE TABLE IF NOT EXISTS filler (n int)", "INSERT INTO filler SELECT generate_series(1, 100)");
            await _rounds.RoundAsync();
            await _rounds.RoundAsync();
            var exposure = await ZeroAsync();

            exposure.Replication.Should().Be(ReplicationState.Protected);
            exposure.ReplayLag.Should().BeGreaterThan(TimeSpan.FromSeconds(1));
            exposure.Notes.Should().Contain("dr has paused replay: what it received is safe, and takes longer to be served from there");
        }
        finally
        {
            await servers.Dr.ExecuteAsync("SELECT pg_wal_replay_resume()");
        }
    }

    [Fact]
    public async Task Round_ReceiverStoppedAndStillSaysStreaming_RisesWithinOneHeartbeatAndIsNotProtected()
    {
        await ZeroAsync();
        await servers.ArrivedAsync();
        var receiver = await servers.Dr.BackendAsync("walreceiver");
        await PostgresServer.SignalAsync("STOP", receiver);
        try
        {
            // Its round's heartbeat is the first that cannot arrive.
            await _rounds.RoundAsync();
            var next = await _rounds.RoundAsync();
            var later = await _rounds.RoundAsync();

            (await servers.Dr.ScalarAsync<string>("SELECT status FROM pg_stat_wal_receiver")).Should().Be("streaming");
            (await servers.Primary.ScalarAsync<string>("SELECT state FROM pg_stat_replication WHERE application_name = 'dr'")).Should().Be("streaming");
            next.Value.Should().BeGreaterThanOrEqualTo(TimeSpan.FromSeconds(1));
            next.Replication.Should().Be(ReplicationState.NotProtected);
            next.Reason.Should().StartWith("dr says it is connected, and has received nothing for ");
            later.Value.Should().Be(next.Value + TimeSpan.FromSeconds(1));
        }
        finally
        {
            await PostgresServer.SignalAsync("CONT", receiver);
        }

        await servers.ArrivedAsync();
        (await ZeroAsync()).Replication.Should().Be(ReplicationState.Protected);
    }

    [Fact]
    public async Task Round_ReplicationCut_NeverShowsZeroAndReturnsToIt()
    {
        await ZeroAsync();
        var conninfo = await servers.Dr.ScalarAsync<string>("SELECT current_setting('primary_conninfo')");
        await servers.Dr.ExecuteAsync("ALTER SYSTEM SET primary_conninfo = 'host=127.0.0.1 port=1'", "SELECT pg_reload_conf()");
        try
        {
            await ReplicatedPostgres.UntilAsync(() => servers.Dr.ScalarAsync<bool>("SELECT NOT EXISTS (SELECT FROM pg_stat_wal_receiver WHERE status = 'streaming')"), "the receiver is gone");
            await _rounds.RoundAsync();
            for (var i = 0; i < 5; i++)
            {
                var exposure = await _rounds.RoundAsync();
                exposure.Value.Should().BeGreaterThanOrEqualTo(TimeSpan.FromSeconds(1));
                exposure.Replication.Should().Be(ReplicationState.NotProtected);
                exposure.Reason.Should().Be("dr does not hear its primary");
            }
        }
        finally
        {
            await servers.Dr.ExecuteAsync($"ALTER SYSTEM SET primary_conninfo = '{conninfo.Replace("'", "''", StringComparison.Ordinal)}'", "SELECT pg_reload_conf()");
        }

        (await _rounds.UntilAsync(e => e.Value == TimeSpan.Zero)).Replication.Should().Be(ReplicationState.Protected);
    }

    [Fact]
    public async Task Round_PrimaryGone_SaysWhatWouldBeLostIfPromotedNow()
    {
        await ZeroAsync();
        await servers.Primary.StopAsync("immediate");
        try
        {
            var exposure = await _rounds.RoundAsync();

            exposure.Replication.Should().Be(ReplicationState.NotProtected);
            exposure.Reason.Should().Match($"connection refused by 127.0.0.1:{servers.Primary.Port}; lost if promoted now: 0s to *s");
            exposure.Lowest.Should().Be(TimeSpan.Zero);
            exposure.Highest.Should().BeGreaterThan(TimeSpan.Zero);
            var later = await _rounds.RoundAsync();
            later.Highest.Should().Be(exposure.Highest, "nothing was written any more");
            later.Synchrony.State.Should().Be(Synchrony.Unknown);
        }
        finally
        {
            await servers.Primary.StartAsync();
        }

        await _rounds.UntilAsync(e => e.Value == TimeSpan.Zero && e.Replication is ReplicationState.Protected);
    }

    [Fact]
    public async Task Round_NoRightToWrite_IsUnknownOnceNothingShowsThatTheStandbyReceives()
    {
        await servers.Primary.ExecuteAsync("DROP ROLE IF EXISTS reader", "CREATE ROLE reader LOGIN");
        await servers.ArrivedAsync();
        await ReplicatedPostgres.UntilAsync(() => servers.Dr.ScalarAsync<bool>("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = 'reader')"), "the role is there");
        await _rounds.DisposeAsync();
        _rounds = new PostgresRounds(servers, heartbeat: "elsewhere.dro_heartbeat", user: "reader");

        await _rounds.RoundAsync();
        var exposure = await _rounds.UntilAsync(e => e.Replication is ReplicationState.Unknown);

        exposure.Value.Should().Be(TimeSpan.Zero);
        exposure.Reason.Should().Match("dr has received everything, but nothing was written since that would show that it still receives: *elsewhere*");
        exposure.Notes.Should().Contain("the role that reads may not see the standbys; grant it pg_monitor");
        exposure.Synchrony.State.Should().NotBe(Synchrony.Synchronous);
    }

    private async Task<Exposure> ZeroAsync()
    {
        // A round in which the server itself has just written something is no idle one.
        await _rounds.RoundAsync();
        for (var i = 0; i < 20; i++)
        {
            await servers.ArrivedAsync();
            if (await _rounds.RoundAsync() is { Value.Ticks: 0 } zero)
            {
                return zero;
            }
        }

        throw new InvalidOperationException("Exposure does not return to 0.");
    }
}
