using DrOrchestrator.Estates;
using DrOrchestrator.RecoveryPoints;
using DrOrchestrator.Testing.Postgres;

namespace DrOrchestrator.Tests.RecoveryPoints.Postgres;

/// <summary>Standbys that follow somebody else than the primary, or nobody any more.</summary>
public sealed class PostgresUpstreamTests : IAsyncLifetime
{
    private PostgresServer _primary = null!;
    private PostgresServer _middle = null!;
    private PostgresServer _dr = null!;

    public async Task InitializeAsync()
    {
        _primary = await PostgresServer.StartNewAsync("autovacuum = off");
        _middle = await _primary.AddStandbyAsync("middle", "wal_retrieve_retry_interval = 100ms");
        _dr = await _middle.AddStandbyAsync("dr", "wal_retrieve_retry_interval = 100ms");
    }

    public async Task DisposeAsync() => await _primary.DisposeAsync();

    [Fact]
    public async Task Round_CascadeThenForkThenAnotherDatabase_AreToldApart()
    {
        await using (var cascade = new PostgresRounds(_primary, _dr))
        {
            var followed = await cascade.UntilAsync(e => e.Value == TimeSpan.Zero && e.Replication is ReplicationState.Protected);
            followed.Synchrony.State.Should().Be(Synchrony.Asynchronous, "nobody waits for anybody yet");
            await _primary.ExecuteAsync("ALTER SYSTEM SET synchronous_standby_names = 'dr'", "SELECT pg_reload_conf()");
            followed = await cascade.UntilAsync(e => e.Synchrony.Reason == $"dr receives from 127.0.0.1:{_middle.Port} and is not attached to the primary as dr");
            followed.Synchrony.State.Should().Be(Synchrony.Asynchronous);
            await _primary.ExecuteAsync("ALTER SYSTEM RESET synchronous_standby_names", "SELECT pg_reload_conf()");

            var position = await cascade.Positions.ReadSiteAsync("ledger-log", "dr", default);
            position.Should().BeEquivalentTo(new { Site = "dr", Role = "standby", Epoch = 1L, Connected = true });
            (await cascade.Positions.ReadSiteAsync("ledger-log", "primary", default)).Position.Should().BeGreaterThanOrEqualTo(position.Received);

            // What dr follows goes ways of its own.
            await _middle.ExecuteAsync("SELECT pg_promote()", "CREATE TABLE other_way (n int)");
            var forked = await cascade.UntilAsync(e => e.Reason == "dr is standby on epoch 2, primary is on epoch 1: their positions do not compare");
            forked.Replication.Should().Be(ReplicationState.NotProtected);
            forked.Value.Should().BeNull();
            forked.Lowest.Should().BeGreaterThan(TimeSpan.Zero);
            forked.ReplayLag.Should().BeNull();
        }

        await using var stranger = await PostgresServer.StartNewAsync();
        await using var mistaken = new PostgresRounds(_primary, stranger);
        var exposure = await mistaken.RoundAsync();

        exposure.Replication.Should().Be(ReplicationState.NotProtected);
        exposure.Reason.Should().Match("dr is another database: its identifier is *, that of primary is *");
        exposure.Synchrony.Should().BeEquivalentTo(new { State = Synchrony.Asynchronous, Reason = "dr is no standby of primary" });
    }
}
