using Dapper;
using DrOrchestrator.Storage;
using DrOrchestrator.Testing.Postgres;
using DrOrchestrator.Testing.Storage;
using DrOrchestrator.Tests.Postgres;

namespace DrOrchestrator.Tests.Storage;

/// <summary>Two servers on one database: whoever lost the turn writes nothing more, whatever of its connections is still there.</summary>
[Collection(PostgresCollection.Name)]
public sealed class ServerTurnTests : IDisposable
{
    private static readonly string TurnSession = $"""
        FROM pg_locks l JOIN pg_database d ON d.oid = l.database AND d.datname = current_database()
        WHERE l.locktype = 'advisory' AND l.granted AND l.classid::bigint = {ServerTurn.TurnLock >> 32} AND l.objid::bigint = {ServerTurn.TurnLock & uint.MaxValue}
        """;

    private readonly TemporaryDatabase _temporary;

    public ServerTurnTests(MigratedPostgres server)
    {
        _temporary = new TemporaryDatabase(server);
        Execute("CREATE TABLE note (n BIGINT NOT NULL)");
    }

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public async Task WriteAsync_AnotherServerHasTheTurn_WritesNothing()
    {
        var database = (PostgresDatabase)_temporary.Another();
        using var turn = database.Turn("first");
        turn.Ensure();
        using var other = (PostgresDatabase)_temporary.Another();
        using var otherGate = new WriteGate(other);
        using var otherTurn = other.Turn("second");

        otherTurn.Invoking(t => t.Ensure()).Should().Throw<TurnTakenException>().WithMessage("*is in use by another server (first from 127.0.0.1, since *");
        await otherGate.Awaiting(g => g.WriteAsync(scope => Note(scope, 1), default)).Should().ThrowAsync<DatabaseAwayException>().WithMessage("*is in use by another server*");

        database.Dispose();
        await otherGate.WriteAsync(scope => Note(scope, 2), default);
        Notes().Should().Equal(2);
    }

    [Fact]
    public async Task WriteAsync_TurnTakenWhileItsConnectionWasKept_WritesNothingMore()
    {
        using var database = (PostgresDatabase)_temporary.Another();
        using var gate = new WriteGate(database);
        using var turn = database.Turn("first");
        turn.Ensure();
        await gate.WriteAsync(scope => Note(scope, 1), default);
        var other = (PostgresDatabase)_temporary.Another();
        using (var otherGate = new WriteGate(other))
        {
            EndTurnSession();
            other.Turn("second").Ensure();
            await otherGate.WriteAsync(scope => Note(scope, 2), default);

            await gate.Awaiting(g => g.WriteAsync(scope => Note(scope, 3), default)).Should().ThrowAsync<DatabaseAwayException>().WithMessage("*was taken by another server; this one writes nothing more*");
        }

        other.Dispose();
        await gate.Awaiting(g => g.WriteAsync(scope => Note(scope, 4), default)).Should().ThrowAsync<DatabaseAwayException>("what it remembers is no longer what is there");
        turn.Invoking(t => t.Ensure()).Should().Throw<TurnTakenException>().WithMessage("*was taken by another server while this one was cut off (second, at *");
        Notes().Should().Equal(1, 2);
    }

    [Fact]
    public async Task Ensure_TransactionOfTheServerBeforeIsUnderWay_WaitsForItsEnd()
    {
        using var database = (PostgresDatabase)_temporary.Another();
        using var gate = new WriteGate(database);
        using var turn = database.Turn("first");
        turn.Ensure();
        using var other = (PostgresDatabase)_temporary.Another();
        var taking = Task.CompletedTask;

        await gate.WriteAsync(
            scope =>
            {
                EndTurnSession();
                taking = Task.Run(other.Turn("second").Ensure);
                SpinWait.SpinUntil(() => taking.IsCompleted || Query<bool>("SELECT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted)").Single());
                taking.IsCompleted.Should().BeFalse("what is written before the turn changes is there for the next one to read");
                Note(scope, 1);
            },
            default);

        await taking;
        await gate.Awaiting(g => g.WriteAsync(scope => Note(scope, 2), default)).Should().ThrowAsync<DatabaseAwayException>();
        Notes().Should().Equal(1);
    }

    [Fact]
    public async Task WriteAsync_TurnSessionLostAndNobodyElseThere_GoesOn()
    {
        using var database = (PostgresDatabase)_temporary.Another();
        using var gate = new WriteGate(database);
        using var turn = database.Turn("first");
        turn.Ensure();
        EndTurnSession();

        turn.Ensure();
        await gate.WriteAsync(scope => Note(scope, 1), default);

        Notes().Should().Equal(1);
    }

    [Fact]
    public async Task Ensure_SessionThatHoldsTheTurnDoesNotAnswer_SaysSoSoonAndGoesOnOnceItHasEnded()
    {
        using var database = (PostgresDatabase)_temporary.Another();
        using var turn = database.Turn("first");
        turn.Ensure();
        var pid = Query<int>($"SELECT l.pid {TurnSession}").Single();
        await PostgresServer.SignalAsync("STOP", pid);
        try
        {
            var asked = Task.Run(turn.Ensure);

            await asked.Awaiting(a => a.WaitAsync(TimeSpan.FromSeconds(25))).Should().ThrowAsync<DatabaseAwayException>().WithMessage("*the session that held this server's turn is lost*");
        }
        finally
        {
            await PostgresServer.SignalAsync("CONT", pid);
        }

        Execute($"SELECT pg_terminate_backend(l.pid, 10000) {TurnSession}");
        turn.Ensure();
    }

    /// <summary>A process that stands still keeps its connection, and the kernel answers for it: nothing but PostgreSQL itself can end it.</summary>
    [Fact]
    public void LookAfter_NobodyLooksAnyMore_PostgresEndsTheSessionByItself()
    {
        using var database = (PostgresDatabase)_temporary.Another();
        using var turn = database.Turn("first");
        turn.Ensure();
        Limit(turn).Should().Be("2min", "a server that starts asks nothing on it for a while");

        turn.LookAfter();
        Limit(turn).Should().Be("10s");

        EndTurnSession();
        turn.LookAfter();
        Limit(turn).Should().Be("10s", "and so has the session it takes after that");
    }

    [Fact]
    public void HeldBy_TellsWhoHasTheTurnAndTakesNothing()
    {
        using var database = (PostgresDatabase)_temporary.Another();
        using var other = (PostgresDatabase)_temporary.Another();
        var waiting = other.Turn("second");
        waiting.HeldBy().Should().BeNull();
        using (var turn = database.Turn("first"))
        {
            turn.Ensure();
            waiting.HeldBy().Should().StartWith("first from 127.0.0.1, since ");
        }

        waiting.HeldBy().Should().BeNull();
    }

    private static string? Limit(ServerTurn turn) => turn.Asked("SHOW idle_session_timeout") as string;

    private static void Note(WriteScope scope, long n) => scope.Connection.Execute("INSERT INTO note VALUES (@n)", new { n }, scope.Transaction);

    /// <summary>Ends the session that holds the turn and no other, as a pooler or an administrator may.</summary>
    private void EndTurnSession() => Query<bool>($"SELECT pg_terminate_backend(l.pid, 10000) {TurnSession}").Should().Equal(true);

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
