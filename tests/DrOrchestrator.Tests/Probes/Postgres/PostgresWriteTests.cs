using DrOrchestrator.Estates;
using DrOrchestrator.Probes;
using DrOrchestrator.Testing.Postgres;
using Microsoft.Extensions.Time.Testing;
using static DrOrchestrator.Tests.Probes.Postgres.PostgresLook;

namespace DrOrchestrator.Tests.Probes.Postgres;

/// <summary>Writes that are really committed, really refused, or in doubt.</summary>
public sealed class PostgresWriteTests(PostgresPair pair) : IClassFixture<PostgresPair>
{
    private readonly PostgresServer _primary = pair.Primary;
    private readonly PostgresServer _standby = pair.Standby;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task WriteAccepted_APrimary_CommitsANewValueEachTime(bool fresh)
    {
        using var probe = Probe(Settings(_primary, PostgresProbeMode.WriteAccepted) with { FreshConnection = fresh }, Long);
        var first = await probe.RunAsync(default);
        var written = await NonceAsync();

        var second = await probe.RunAsync(default);

        first.Should().BeEquivalentTo(new { Outcome = ProbeOutcome.Up, Reason = "write committed" });
        second.Outcome.Should().Be(ProbeOutcome.Up);
        (await NonceAsync()).Should().NotBe(written);
        (await _primary.ScalarAsync<long>("SELECT count(*) FROM dro_probe WHERE probe = 'p'")).Should().Be(1);
    }

    [Fact]
    public async Task WriteAccepted_AStandbyOrAReadOnlyDefault_IsDown()
    {
        var standby = await LookAsync(Settings(_standby, PostgresProbeMode.WriteAccepted));
        var reading = await LookAsync(Reading(PostgresProbeMode.WriteAccepted));

        standby.Should().BeEquivalentTo(new { Outcome = ProbeOutcome.Down, Reason = "write refused: in recovery" });
        reading.Should().BeEquivalentTo(new { Outcome = ProbeOutcome.Down, Reason = "write refused: by a read-only default only, which a session can lift" });
    }

    [Fact]
    public async Task WriteAccepted_NoTableOrNoRight_AreToldApart()
    {
        var settings = Settings(_primary, PostgresProbeMode.WriteAccepted);

        (await LookAsync(settings with { Table = "gone" })).Should().BeEquivalentTo(
            new { Outcome = ProbeOutcome.Down, Reason = "no such table (42P01): relation \"gone\" does not exist" });
        (await LookAsync(settings.With(server => server with { User = "poor" }))).Should().BeEquivalentTo(
            new { Outcome = ProbeOutcome.Unknown, Reason = "could not look: the probe's user lacks a right (42501): permission denied for table dro_probe" });
    }

    [Fact]
    public async Task WriteRefused_AStandbyAReadOnlyDefaultAndAPrimary_AreToldApart()
    {
        await _primary.ExecuteAsync("DELETE FROM dro_probe");

        var standby = await LookAsync(Settings(_standby, PostgresProbeMode.WriteRefused));
        var reading = await LookAsync(Reading(PostgresProbeMode.WriteRefused));
        var writing = await LookAsync(Settings(_primary, PostgresProbeMode.WriteRefused));
        var noTable = await LookAsync(Settings(_standby, PostgresProbeMode.WriteRefused) with { Table = "gone" });

        standby.Should().BeEquivalentTo(new { Outcome = ProbeOutcome.Up, Reason = "refuses writes: in recovery" });
        reading.Should().BeEquivalentTo(new { Outcome = ProbeOutcome.Up, Reason = "refuses writes: by a read-only default only, which a session can lift" });
        writing.Should().BeEquivalentTo(new { Outcome = ProbeOutcome.Down, Reason = "a write went through that must be refused (rolled back)" });
        noTable.Outcome.Should().Be(ProbeOutcome.Unknown);
        (await _primary.ScalarAsync<long>("SELECT count(*) FROM dro_probe")).Should().Be(0, "a write that should not be is not left behind");
    }

    [Fact]
    public async Task WriteAccepted_WaitForTheStandbyCancelled_IsDownThoughTheServerSaysSuccess()
    {
        var receiver = await StallAsync();
        try
        {
            using var probe = Probe(Settings(_primary, PostgresProbeMode.WriteAccepted), Long, new FakeTimeProvider());
            var look = probe.RunAsync(default);
            await UntilAsync(async () => await _primary.SessionsAsync("wait_event = 'SyncRep'") == 1);

            await _primary.ExecuteAsync("SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE application_name = 'dro'");

            (await look).Should().BeEquivalentTo(
                new { Outcome = ProbeOutcome.Down, Reason = "commit in doubt: warning 01000: canceling wait for synchronous replication due to user request" });
            await UntilAsync(async () => await _primary.SessionsAsync() == 0);
        }
        finally
        {
            await ReleaseAsync(receiver);
        }
    }

    [Fact]
    public async Task WriteAccepted_CommitHangsBeyondTheTimeout_IsDownAndLeavesNoSession()
    {
        var receiver = await StallAsync();
        try
        {
            var time = new FakeTimeProvider();
            using var probe = Probe(Settings(_primary, PostgresProbeMode.WriteAccepted), Long, time);
            var look = probe.RunAsync(default);
            await UntilAsync(async () => await _primary.SessionsAsync("wait_event = 'SyncRep'") == 1);

            time.Advance(Long);

            (await look).Should().BeEquivalentTo(new { Outcome = ProbeOutcome.Down, Reason = "commit not acknowledged within 30s: in doubt" });
            await UntilAsync(async () => await _primary.SessionsAsync() == 0);
        }
        finally
        {
            await ReleaseAsync(receiver);
        }

        (await LookAsync(Settings(_primary, PostgresProbeMode.WriteAccepted))).Outcome.Should().Be(ProbeOutcome.Up);
    }

    [Fact]
    public async Task WriteAccepted_CommitHangsAtTheFirstOfSeveralHosts_IsInDoubtWhateverEndsIt()
    {
        var receiver = await StallAsync();
        try
        {
            var time = new FakeTimeProvider();
            using var probe = Probe(Settings(_primary, PostgresProbeMode.WriteAccepted).With(server => server with { Hosts = ["127.0.0.1", "localhost"] }), Long, time);
            var look = probe.RunAsync(default);
            await UntilAsync(async () => await _primary.SessionsAsync("wait_event = 'SyncRep'") == 1);

            // The first host's share of the time is over; its COMMIT is on its way, so no other is asked.
            time.Advance(Long / 2);
            await _primary.ExecuteAsync("SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE application_name = 'dro'");

            (await look).Should().BeEquivalentTo(
                new { Outcome = ProbeOutcome.Down, Reason = "commit in doubt: warning 01000: canceling wait for synchronous replication due to user request" });
        }
        finally
        {
            await ReleaseAsync(receiver);
        }
    }

    [Fact]
    public async Task WriteAccepted_ServerDiesDuringCommit_IsInDoubt()
    {
        await using var server = await PostgresServer.StartNewAsync("synchronous_standby_names = 'nobody'");
        await server.ExecuteAsync("SET synchronous_commit = local", PostgresPair.Table);
        using var probe = Probe(Settings(server, PostgresProbeMode.WriteAccepted), Long);
        var look = probe.RunAsync(default);
        await UntilAsync(async () => await server.SessionsAsync("wait_event = 'SyncRep'") == 1);

        await server.StopAsync("immediate");

        var result = await look;
        result.Outcome.Should().Be(ProbeOutcome.Down);
        result.Reason.Should().StartWith("commit in doubt: the connection was lost (");
    }

    /// <summary>From now on no commit is acknowledged.</summary>
    private async Task<int> StallAsync()
    {
        var receiver = await _standby.BackendAsync("walreceiver");
        await _primary.ExecuteAsync("ALTER SYSTEM SET synchronous_standby_names = 'dr'", "SELECT pg_reload_conf()");
        await UntilAsync(async () => await _primary.ScalarAsync<string>("SELECT COALESCE(max(sync_state), '') FROM pg_stat_replication") == "sync");
        await PostgresServer.SignalAsync("STOP", receiver);
        return receiver;
    }

    private async Task ReleaseAsync(int receiver)
    {
        await PostgresServer.SignalAsync("CONT", receiver);
        await _primary.ExecuteAsync("ALTER SYSTEM RESET synchronous_standby_names", "SELECT pg_reload_conf()");
        await UntilAsync(async () => await _primary.ScalarAsync<string>("SHOW synchronous_standby_names") == "");
    }

    /// <summary>A database whose sessions begin read-only.</summary>
    private PostgresProbeSettings Reading(PostgresProbeMode mode) => Settings(_primary, mode).With(server => server with { Database = "reading" });

    private Task<string> NonceAsync() => _primary.ScalarAsync<string>("SELECT nonce FROM dro_probe WHERE probe = 'p'");
}
