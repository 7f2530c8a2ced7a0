using Dapper;
using DrOrchestrator.Storage;
using DrOrchestrator.Testing.Postgres;
using DrOrchestrator.Testing.Storage;
using DrOrchestrator.Tests.Postgres;
using Microsoft.Extensions.Time.Testing;
using Npgsql;

namespace DrOrchestrator.Tests.Storage;

/// <summary>Connections that die at every moment of a transaction: what was acknowledged is there, what failed is not, and nothing is there twice.</summary>
[Collection(PostgresCollection.Name)]
public sealed class PostgresWriterTests : IDisposable
{
    private readonly MigratedPostgres _server;
    private readonly TemporaryDatabase _temporary;

    public PostgresWriterTests(MigratedPostgres server)
    {
        _server = server;
        _temporary = new TemporaryDatabase(server);
        Execute("CREATE TABLE note (n BIGINT NOT NULL)");
    }

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public async Task WriteAsync_SessionEndedInTheMiddle_IsDoneOnceOnAnother()
    {
        var tries = 0;

        await _temporary.Gate.WriteAsync(
            scope =>
            {
                Note(scope, 1);
                if (++tries == 1)
                {
                    End(scope);
                }

                Note(scope, 2);
            },
            default);

        tries.Should().Be(2);
        Notes().Should().Equal(1, 2);
    }

    /// <summary>Another server of a rolling upgrade brings its migrations: what this one has prepared fits no more.</summary>
    [Fact]
    public async Task WriteAsync_TableIsAnotherSinceItsStatementsWerePrepared_IsDoneOnceAllTheSame()
    {
        var tries = 0;
        int Read(WriteScope scope)
        {
            tries++;
            Note(scope, tries);
            return scope.Connection.Query("SELECT * FROM note", transaction: scope.Transaction).Count();
        }

        // Often enough that the driver prepares it.
        for (var times = 0; times < 8; times++)
        {
            await _temporary.Gate.WriteAsync(Read, default);
        }

        Execute("ALTER TABLE note ADD COLUMN more BIGINT");
        var rows = await _temporary.Gate.WriteAsync(Read, default);

        (rows, tries).Should().Be((9, 10));
        Notes().Should().Equal(1, 2, 3, 4, 5, 6, 7, 8, 10);
    }

    [Fact]
    public async Task WriteAsync_SessionEndedJustBeforeTheCommit_IsDoneOnceOnAnother()
    {
        var tries = 0;

        await _temporary.Gate.WriteAsync(
            scope =>
            {
                Note(scope, 1);
                if (++tries == 1)
                {
                    End(scope);
                }
            },
            default);

        tries.Should().Be(2);
        Notes().Should().Equal(1);
    }

    [Fact]
    public async Task WriteAsync_SessionEndedAgainAndAgain_FailsAndLeavesNothing()
    {
        var write = () => _temporary.Gate.WriteAsync(
            scope =>
            {
                Note(scope, 1);
                End(scope);
            },
            default);

        await write.Should().ThrowAsync<DatabaseAwayException>();

        Notes().Should().BeEmpty();
        await _temporary.Gate.WriteAsync(scope => Note(scope, 2), default);
        Notes().Should().Equal([2], "the gate goes on");
    }

    [Fact]
    public async Task WriteAsync_SessionEndedDuringTheCommitBeforeItWasDone_IsDoneOnceOnAnother()
    {
        // A deferred trigger holds the first commit up before its record is written, until the session has been ended.
        Execute(
            """
            CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(60); RETURN NULL; END $$;
            CREATE CONSTRAINT TRIGGER held AFTER INSERT ON note DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.n = 1) EXECUTE FUNCTION hold()
            """);
        var tries = 0;
        var pid = 0;
        var write = Task.Run(() => _temporary.Gate.WriteAsync(
            scope =>
            {
                pid = scope.Connection.QuerySingle<int>("SELECT pg_backend_pid()", transaction: scope.Transaction);
                Note(scope, ++tries == 1 ? 1 : 2);
            },
            default));
        await EndOnceItWaitsAsync(() => pid, "Timeout", "PgSleep");

        await write;

        Notes().Should().Equal(2);
    }

    [Fact]
    public async Task WriteAsync_SessionEndedAfterTheCommitWasDoneAndTheStandbySilent_IsToldAsUnknown()
    {
        // The commit is on disk and waits for a standby that never answers; then its session is ended.
        var time = new FakeTimeProvider();
        using var database = new PostgresDatabase($"{_temporary.Connection};Options=-c synchronous_commit=on", time);
        using var gate = new WriteGate(database);
        var (tries, pid) = (0, 0);
        var write = Task.Run(() => gate.WriteAsync(
            scope =>
            {
                tries++;
                pid = Pid(scope);
                Note(scope, 1);
            },
            default));
        await EndOnceItWaitsAsync(() => pid, "IPC", "SyncRep");
        await EventuallyAsync($"EXISTS (SELECT 1 FROM pg_stat_activity WHERE pid <> {pid} AND wait_event = 'SyncRep')");
        write.IsCompleted.Should().BeFalse("that this server has it does not say that the standby does");

        while (!write.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
        }

        await write.Invoking(w => w).Should().ThrowAsync<CommitUnknownException>();
        tries.Should().Be(1);
        Notes().Should().Equal(1);
    }

    [Fact]
    public async Task WriteAsync_SessionEndedAfterTheCommitWasDoneAndTheStandbyBack_IsAcknowledgedAndThereOnce()
    {
        await using var primary = await PostgresServer.StartNewAsync();
        var standby = await primary.AddStandbyAsync("dr", "wal_retrieve_retry_interval = 100ms");
        using var database = new PostgresDatabase(primary.ConnectionTo("postgres"), new FakeTimeProvider());
        new Migrator(database).Run();
        using var gate = new WriteGate(database);
        await primary.ExecuteAsync("CREATE TABLE note (n BIGINT NOT NULL)", "ALTER SYSTEM SET synchronous_standby_names = 'dr'", "SELECT pg_reload_conf()");
        await EventuallyAsync("EXISTS (SELECT 1 FROM pg_stat_replication WHERE sync_state = 'sync')", primary);
        var receiver = await standby.BackendAsync("walreceiver");
        await PostgresServer.SignalAsync("STOP", receiver);
        var (tries, pid) = (0, 0);
        Task write;
        try
        {
            write = Task.Run(() => gate.WriteAsync(
                scope =>
                {
                    tries++;
                    pid = Pid(scope);
                    Note(scope, 1);
                },
                default));
            await EndOnceItWaitsAsync(() => pid, "IPC", "SyncRep", server: primary);
            await EventuallyAsync($"EXISTS (SELECT 1 FROM pg_stat_activity WHERE pid <> {pid} AND wait_event = 'SyncRep')", primary);
            write.IsCompleted.Should().BeFalse();
        }
        finally
        {
            await PostgresServer.SignalAsync("CONT", receiver);
        }

        await write;

        tries.Should().Be(1);
        (await primary.ScalarAsync<long>("SELECT count(*) FROM note")).Should().Be(1);
    }

    [Fact]
    public async Task WriteAsync_WaitForTheStandbyCancelled_IsToldAsUnknown()
    {
        var pid = 0;
        var write = Task.Run(() => _temporary.Gate.WriteAsync(
            scope =>
            {
                pid = scope.Connection.QuerySingle<int>("SELECT pg_backend_pid()", transaction: scope.Transaction);
                scope.Connection.Execute("SET LOCAL synchronous_commit = 'on'", transaction: scope.Transaction);
                Note(scope, 1);
            },
            default));
        await EndOnceItWaitsAsync(() => pid, "IPC", "SyncRep", "pg_cancel_backend");

        await write.Invoking(w => w).Should().ThrowAsync<CommitUnknownException>().WithMessage("*without its synchronous standby*");
    }

    [Fact]
    public async Task WriteAsync_ServerGoneDuringTheCommitAndNotBack_IsToldAsUnknown()
    {
        await using var server = await PostgresServer.StartNewAsync();
        var time = new FakeTimeProvider();
        using var database = new PostgresDatabase(server.ConnectionTo("postgres"), time);
        new Migrator(database).Run();
        using var gate = new WriteGate(database);
        var write = Task.Run(() => gate.WriteAsync(
            scope =>
            {
                scope.Connection.Execute("CREATE TABLE note (n BIGINT NOT NULL)", transaction: scope.Transaction);
                server.StopAsync("immediate").GetAwaiter().GetResult();
            },
            default));
        while (!write.IsCompleted)
        {
            time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
        }

        await write.Invoking(w => w).Should().ThrowAsync<CommitUnknownException>().WithMessage("*was lost while it committed and did not say within 10 s*");

        await server.StartAsync();
        time.Advance(TimeSpan.FromSeconds(1));
        await gate.WriteAsync(scope => scope.Connection.Execute("CREATE TABLE note (n BIGINT NOT NULL)", transaction: scope.Transaction), default);
    }

    [Fact]
    public async Task WriteAsync_ServerAway_FailsAtOnceForAllAndRecovers()
    {
        await using var server = await PostgresServer.StartNewAsync();
        var time = new FakeTimeProvider();
        using var database = new PostgresDatabase(server.ConnectionTo("postgres"), time);
        new Migrator(database).Run();
        using var gate = new WriteGate(database);
        await server.StopAsync("immediate");

        await gate.Awaiting(g => g.WriteAsync(_ => true, default)).Should().ThrowAsync<DatabaseAwayException>().WithMessage("*cannot be reached: Connection refused*");
        await server.StartAsync();
        database.Invoking(d => d.Open()).Should().Throw<DatabaseAwayException>("the server was asked less than half a second ago");
        time.Advance(TimeSpan.FromMilliseconds(500));

        (await gate.WriteAsync(_ => true, default)).Should().BeTrue();
    }

    [Fact]
    public void Open_DatabaseTakesNoConnectionsNow_IsAway()
    {
        var name = _server.NewEmptyDatabase();
        using var database = new PostgresDatabase(_server.ConnectionTo(name));
        using var elsewhere = new NpgsqlConnection(_server.ConnectionTo("postgres"));
        elsewhere.Execute($"ALTER DATABASE {name} ALLOW_CONNECTIONS false");

        database.Invoking(d => d.Open()).Should().Throw<DatabaseAwayException>().WithMessage("*not currently accepting connections*");

        elsewhere.Execute($"DROP DATABASE {name}");
    }

    [Fact]
    public async Task WriteAsync_CommitRefusedByAConstraint_IsAbsentAndSaysWhich()
    {
        Execute("CREATE TABLE owner (n BIGINT PRIMARY KEY); ALTER TABLE note ADD CONSTRAINT owned FOREIGN KEY (n) REFERENCES owner (n) DEFERRABLE INITIALLY DEFERRED");
        var tries = 0;

        var write = () => _temporary.Gate.WriteAsync(
            scope =>
            {
                tries++;
                Note(scope, 1);
            },
            default);

        await write.Should().ThrowAsync<PostgresException>().WithMessage("*owned*");
        tries.Should().Be(1);
        Notes().Should().BeEmpty();
    }

    [Fact]
    public async Task WriteAsync_TwoProcessesAtOnce_AreOneAfterTheOther()
    {
        var other = _temporary.Another();
        using var otherGate = new WriteGate(other);

        await AtOnce.RunAsync(20, index => (index % 2 == 0 ? _temporary.Gate : otherGate).WriteAsync(
            scope => scope.Connection.Execute("INSERT INTO note SELECT COALESCE(MAX(n), 0) + 1 FROM note", transaction: scope.Transaction), default));

        Notes().Should().Equal(Enumerable.Range(1, 20).Select(n => (long)n));
    }

    private static int Pid(WriteScope scope) => scope.Connection.QuerySingle<int>("SELECT pg_backend_pid()", transaction: scope.Transaction);

    private static void Note(WriteScope scope, long n) => scope.Connection.Execute("INSERT INTO note VALUES (@n)", new { n }, scope.Transaction);

    /// <summary>Ends the session of a scope from outside, and waits until it is gone.</summary>
    private void End(WriteScope scope) =>
        Execute($"SELECT pg_terminate_backend({scope.Connection.QuerySingle<int>("SELECT pg_backend_pid()", transaction: scope.Transaction)}, 10000)");

    private async Task EndOnceItWaitsAsync(Func<int> pid, string type, string waitEvent, string how = "pg_terminate_backend", PostgresServer? server = null)
    {
        while (pid() == 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        }

        await EventuallyAsync($"EXISTS (SELECT 1 FROM pg_stat_activity WHERE pid = {pid()} AND wait_event_type = '{type}' AND wait_event = '{waitEvent}')", server);
        await (server ?? _server.Server).ScalarAsync<bool>($"SELECT {how}({pid()})");
    }

    private async Task EventuallyAsync(string condition, PostgresServer? server = null)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!await (server ?? _server.Server).ScalarAsync<bool>($"SELECT {condition}"))
        {
            TimeProvider.System.GetElapsedTime(began).Should().BeLessThan(TimeSpan.FromSeconds(60), "{0} is to come", condition);
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        }
    }

    private List<long> Notes() => Query<long>("SELECT n FROM note ORDER BY n");

    private List<T> Query<T>(string sql)
    {
        using var connection = _temporary.Database.Open();
        return [.. connection.Query<T>(sql)];
    }

    private void Execute(string sql)
    {
        using var connection = _temporary.Database.Open();
        connection.Execute(sql);
    }
}
