using DrOrchestrator.RecoveryPoints;

namespace DrOrchestrator.Tests.RecoveryPoints.Postgres;

/// <summary>Whether commits wait for the DR standby, by real servers (verdict rule 8).</summary>
public sealed class PostgresSynchronyTests(ReplicatedPostgres servers) : IClassFixture<ReplicatedPostgres>, IAsyncLifetime
{
    private readonly PostgresRounds _rounds = new(servers);

    public Task InitializeAsync() => servers.ArrivedAsync();

    public async Task DisposeAsync()
    {
        await servers.SetAsync(servers.Primary, "synchronous_standby_names", "");
        await servers.SetAsync(servers.Primary, "synchronous_commit", "on");
        await servers.Primary.ExecuteAsync("DROP ROLE IF EXISTS batch");
        await _rounds.DisposeAsync();
    }

    [Theory]
    [InlineData("dr", "on")]
    [InlineData("FIRST 2 (local, dr)", "on")]
    [InlineData("ANY 2 (local, dr)", "remote_apply")]
    public async Task Round_DrInEveryAcceptedSet_IsSynchronous(string names, string commit)
    {
        await ConfigureAsync(names, commit);

        var exposure = await _rounds.UntilAsync(e => e.Synchrony.State is Synchrony.Synchronous);

        exposure.Synchrony.Reason.Should().Be($"commits wait for dr: synchronous_commit={commit}, {names}; what a session sets for itself cannot be seen");
    }

    [Theory]
    [InlineData("", "on", "synchronous_standby_names is empty")]
    [InlineData("dr", "remote_write", "synchronous_commit is remote_write")]
    [InlineData("dr", "local", "synchronous_commit is local")]
    [InlineData("dr", "off", "synchronous_commit is off")]
    [InlineData("local", "on", "synchronous_standby_names is local, without dr")]
    [InlineData("ANY 1 (dr, local)", "on", "ANY 1 (dr, local) is satisfied without dr")]
    [InlineData("FIRST 1 (dr, local)", "on", "FIRST 1 (dr, local) is satisfied without dr")]
    [InlineData("*", "on", "* is satisfied without dr")]
    public async Task Round_SomeCommitMayDoWithoutDr_IsAsynchronous(string names, string commit, string reason)
    {
        await ConfigureAsync(names, commit);

        var exposure = await _rounds.UntilAsync(e => e.Synchrony.Reason == reason);

        exposure.Synchrony.State.Should().Be(Synchrony.Asynchronous);
    }

    [Fact]
    public async Task Round_OfRealServers_TellsTheMajorVersionAndTheModeThatLasts()
    {
        await ConfigureAsync("dr", "on");
        await _rounds.RoundAsync();
        var version = await servers.Primary.ScalarAsync<int>("SELECT current_setting('server_version_num')::int");
        _rounds.Facts.Should().BeEquivalentTo(new { MajorVersion = version / 10000, Modes = new Dictionary<string, string> { ["dr"] = "synchronous" } });

        await ConfigureAsync("", "on");
        await _rounds.RoundAsync();
        _rounds.Facts!.Modes["dr"].Should().Be("synchronous", "a mode of seconds is none");
        _rounds.Wait(TimeSpan.FromMinutes(10));
        await _rounds.RoundAsync();
        _rounds.Facts!.Modes["dr"].Should().Be("asynchronous");
    }

    [Fact]
    public async Task Round_ARoleHasAnOverride_BreaksTheStretch()
    {
        await ConfigureAsync("dr", "on");
        await _rounds.UntilAsync(e => e.Synchrony.State is Synchrony.Synchronous);
        var proven = (await _rounds.RoundAsync()).ObservedAt;
        await servers.Primary.ExecuteAsync("CREATE ROLE batch", "ALTER ROLE batch SET synchronous_commit = off");
        var broken = await _rounds.RoundAsync();
        await servers.Primary.ExecuteAsync("ALTER ROLE batch RESET synchronous_commit");
        await _rounds.UntilAsync(e => e.Synchrony.State is Synchrony.Synchronous);
        await _rounds.RoundAsync();

        broken.Synchrony.Should().BeEquivalentTo(new { State = Synchrony.Asynchronous, Reason = "role batch has synchronous_commit=off" });
        var stretches = _rounds.History.Synchrony("ledger", "dr", proven, _rounds.Now.AddSeconds(1));
        stretches.Select(s => s.State).Should().Equal(Synchrony.Synchronous, Synchrony.Asynchronous, Synchrony.Synchronous);
        stretches[0].To.Should().Be(proven);
        stretches[1].From.Should().Be(broken.ObservedAt);
        stretches[2].To.Should().BeAfter(stretches[2].From);
    }

    [Fact]
    public async Task Round_ConfigurationLoadedBetweenTwoLooks_LeavesTheTimeBetweenUnproven()
    {
        await ConfigureAsync("dr", "on");
        await _rounds.UntilAsync(e => e.Synchrony.State is Synchrony.Synchronous);
        var before = (await _rounds.RoundAsync()).ObservedAt;

        // Asynchronous for a moment, and back before anybody looked.
        await servers.SetAsync(servers.Primary, "synchronous_standby_names", "");
        await servers.SetAsync(servers.Primary, "synchronous_standby_names", "dr");
        await _rounds.UntilAsync(e => e.Synchrony.State is Synchrony.Synchronous && Since()[^1].From > before);

        Since()[0].To.Should().BeOnOrAfter(before).And.BeBefore(Since()[^1].From);
        Since()[^1].State.Should().Be(Synchrony.Synchronous);

        IReadOnlyList<SynchronyInterval> Since() => _rounds.History.Synchrony("ledger", "dr", before, _rounds.Now.AddSeconds(1));
    }

    private async Task ConfigureAsync(string names, string commit)
    {
        await servers.SetAsync(servers.Primary, "synchronous_commit", commit);
        await servers.SetAsync(servers.Primary, "synchronous_standby_names", names);
    }
}
