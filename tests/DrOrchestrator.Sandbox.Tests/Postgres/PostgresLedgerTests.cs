using DrOrchestrator.Sandbox.Ledger;
using DrOrchestrator.Sandbox.Postgres;
using DrOrchestrator.Testing.Postgres;
using Npgsql;

namespace DrOrchestrator.Sandbox.Tests.Postgres;

/// <summary>What may be said of a posting, against a real server: refused only what was certainly not written.</summary>
public sealed class PostgresLedgerTests : IAsyncLifetime
{
    private PostgresServer? _server;
    private NpgsqlDataSource? _source;

    private PostgresServer Server => _server!;

    private PostgresLedger Ledger => new(_source!);

    [PostgresFact]
    public async Task Post_ThatIsCommitted_IsThere_AndTheSecondTimeSaysTheSame()
    {
        PostingAnswer first = await PostAsync("a");
        PostingAnswer second = await PostAsync("a");

        var committed = first.Should().BeOfType<PostingAnswer.Committed>().Subject;
        (committed.Timeline, committed.Fresh).Should().Be((1, true));
        second.Should().Be(committed with { Fresh = false });
        (await IdsAsync()).Should().Equal("a");
    }

    [PostgresFact]
    public async Task Post_ForAnotherTimeline_IsRefused()
    {
        (await Ledger.PostAsync(Entry("a"), epoch: 2)).Should().BeOfType<PostingAnswer.Refused>().Which.Reason.Should().Contain("timeline 2");

        (await IdsAsync()).Should().BeEmpty();
    }

    [PostgresFact]
    public async Task Post_WhereTheServerIsReadOnly_OrGone_IsRefused()
    {
        await Server.ExecuteAsync("ALTER DATABASE postgres SET default_transaction_read_only = on");
        (await PostAsync("a")).Should().BeOfType<PostingAnswer.Refused>();
        await Server.StopAsync("immediate");

        (await PostAsync("b")).Should().BeOfType<PostingAnswer.Refused>();
    }

    [PostgresFact]
    public async Task Post_WhoseCommitFails_IsInDoubt()
    {
        await Server.ExecuteAsync(
            "CREATE FUNCTION late() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''at the commit''; END'",
            "CREATE CONSTRAINT TRIGGER late AFTER INSERT ON ledger_entry DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION late()");

        (await PostAsync("a")).Should().BeOfType<PostingAnswer.InDoubt>().Which.Reason.Should().Contain("COMMIT was sent");
    }

    [PostgresFact]
    public async Task Post_WhoseWaitForAStandbyIsCancelled_IsInDoubt_ThoughItSucceeded()
    {
        await Server.ConfigureAsync("synchronous_standby_names = 'nobody'");
        await Server.ExecuteAsync("SELECT pg_reload_conf()");
        Task<PostingAnswer> posting = PostAsync("a");
        await Eventually.TrueAsync(async () => await Server.ScalarAsync<bool>("SELECT coalesce(bool_or(pg_cancel_backend(pid)), false) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"), "the commit waits");

        (await posting).Should().BeOfType<PostingAnswer.InDoubt>().Which.Reason.Should().Contain("warning");
        (await IdsAsync()).Should().Equal("a");
    }

    [PostgresFact]
    public async Task Post_WhoseServerDiesDuringTheCommit_IsInDoubt_AndAfterwardsNothingIsRefusedThatIsThere()
    {
        await Server.ConfigureAsync("synchronous_standby_names = 'nobody'");
        await Server.ExecuteAsync("SELECT pg_reload_conf()");
        Task<PostingAnswer> posting = PostAsync("a");
        await Eventually.TrueAsync(async () => await Server.ScalarAsync<bool>("SELECT EXISTS (SELECT FROM pg_stat_activity WHERE wait_event = 'SyncRep')"), "the commit waits");

        await Server.KillAsync();

        (await posting).Should().BeOfType<PostingAnswer.InDoubt>();
        await Server.StartAsync();
        (await IdsAsync()).Should().Equal("a");
    }

    public async Task InitializeAsync()
    {
        if (new PostgresFactAttribute().Skip is not null)
        {
            return;
        }

        _server = await PostgresServer.StartNewAsync();
        await Server.ExecuteAsync([$"CREATE ROLE {DatabasePasswords.Application}", $"CREATE ROLE {DatabasePasswords.Orchestrator}", .. DatabaseSchema.Ledger]);
        _source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(Server.ConnectionString) { Pooling = true, CancellationTimeout = -1 });
    }

    public async Task DisposeAsync()
    {
        if (_server is not null)
        {
            await _source!.DisposeAsync();
            await _server.DisposeAsync();
        }
    }

    private static LedgerEntry Entry(string id) => new(id, "user", "2026-01-01T00:00:00Z", 1);

    private Task<PostingAnswer> PostAsync(string id) => Ledger.PostAsync(Entry(id), epoch: null);

    private Task<string[]> IdsAsync() => Server.ScalarAsync<string[]>("SELECT coalesce(array_agg(id), '{}') FROM ledger_entry");
}
