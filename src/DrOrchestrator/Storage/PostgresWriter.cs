using System.Data;
using Npgsql;

namespace DrOrchestrator.Storage;

/// <summary>
/// Writes on one connection that it keeps. Every transaction takes the write lock and leaves a marker of its own, so that after a connection lost during the commit
/// another one can tell whether it is there: the lock says that the lost session has ended, the marker what it ended with. Where a server's turn is needed, the marker is
/// only left while it is this server's: asked under the lock, in the same round trip.
/// </summary>
internal sealed class PostgresWriter(PostgresDatabase database, TimeProvider time) : IWriter
{
    private const int Attempts = 3;

    /// <summary>How long the database is asked what became of a commit.</summary>
    private static readonly TimeSpan AskFor = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan AskEvery = TimeSpan.FromMilliseconds(250);

    // A process that stands still in the middle of its transaction (a suspended machine, a cut line) must not keep all others from writing.
    private const string Session = """
        SET idle_in_transaction_session_timeout = '30s'; SET lock_timeout = '20s'; SET client_connection_check_interval = '5s';
        DELETE FROM write_marker WHERE written_at < now() - interval '7 days'
        """;

    private const string Mark = """
        INSERT INTO write_marker (writer, token, written_at) VALUES ($1, $2, now())
        ON CONFLICT (writer) DO UPDATE SET token = excluded.token, written_at = excluded.written_at
        """;

    private const string MarkInTurn = """
        INSERT INTO write_marker (writer, token, written_at) SELECT $1, $2, now() WHERE EXISTS (SELECT 1 FROM server_turn WHERE holder = $3)
        ON CONFLICT (writer) DO UPDATE SET token = excluded.token, written_at = excluded.written_at
        """;

    private readonly string _writer = Guid.NewGuid().ToString("N");
    private NpgsqlConnection? _connection;
    private bool _onlyHere;
    private long _token;

    private enum Fate
    {
        Committed,
        RolledBack,
        Unknown,
    }

    public async Task<T> WriteAsync<T>(Func<WriteScope, T> work)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await OnceAsync(work).ConfigureAwait(false);
            }
            catch (RolledBackException) when (attempt < Attempts)
            {
                // Nothing of it is there; once more.
            }
            catch (RolledBackException rolledBack)
            {
                throw PostgresFailures.IsAboutTheServer(rolledBack.InnerException!)
                    ? new DatabaseAwayException(PostgresFailures.Explain(rolledBack.InnerException!, database.Name), rolledBack.InnerException)
                    : rolledBack.InnerException!;
            }
        }
    }

    public void Dispose() => Drop();

    private async Task<T> OnceAsync<T>(Func<WriteScope, T> work)
    {
        var connection = _connection ??= Connect();
        var token = ++_token;
        NpgsqlTransaction? transaction = null;
        WriteScope scope;
        T result;
        try
        {
            transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted).ConfigureAwait(false);
            await EnterAsync(connection, transaction, token).ConfigureAwait(false);
            scope = new WriteScope(connection, transaction);
            result = work(scope);
        }
        catch (Exception failure)
        {
            await LeaveAsync(transaction, failure).ConfigureAwait(false);
            throw;
        }

        await CommitAsync(transaction, token).ConfigureAwait(false);
        database.Heard();
        scope.Committed();
        return result;
    }

    private NpgsqlConnection Connect()
    {
        try
        {
            database.WrittenBy?.Ensure();
        }
        catch (TurnTakenException taken)
        {
            throw new DatabaseAwayException(taken.Message, taken);
        }

        var connection = (NpgsqlConnection)database.OpenToWrite();
        try
        {
            using var command = new NpgsqlCommand(Session, connection);
            command.ExecuteNonQuery();
            connection.Notice += (_, told) => _onlyHere |= told.Notice.SqlState == PostgresErrorCodes.Warning;
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private async Task EnterAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long token)
    {
        await using var batch = new NpgsqlBatch(connection, transaction);
        batch.BatchCommands.Add(new NpgsqlBatchCommand("SELECT pg_advisory_xact_lock($1)") { Parameters = { new() { Value = PostgresDatabase.WriteLock } } });
        var mark = new NpgsqlBatchCommand(database.WrittenBy is null ? Mark : MarkInTurn) { Parameters = { new() { Value = _writer }, new() { Value = token } } };
        if (database.WrittenBy is { } turn)
        {
            mark.Parameters.Add(new NpgsqlParameter { Value = turn.Holder });
        }

        batch.BatchCommands.Add(mark);
        try
        {
            await batch.ExecuteNonQueryAsync().ConfigureAwait(false);
        }
        catch (PostgresException locked) when (locked.SqlState == PostgresErrorCodes.LockNotAvailable)
        {
            throw new DatabaseAwayException($"{database.Name}: another process has been writing for 20 s without an end. Look for it in pg_locks (locktype advisory) and pg_stat_activity.", locked);
        }

        if (mark.RecordsAffected == 0)
        {
            var taken = new TurnTakenException($"{database.Name} was taken by another server; this one writes nothing more.");
            throw new DatabaseAwayException(taken.Message, taken);
        }
    }

    /// <summary>Nothing is committed: the caller hears why, or the loop tries again where that is the server's doing and not the statement's.</summary>
    private async Task LeaveAsync(NpgsqlTransaction? transaction, Exception failure)
    {
        var lost = PostgresFailures.IsAboutTheServer(failure) && _connection!.FullState is not ConnectionState.Open;
        if (lost)
        {
            Drop();
            database.Suspect();
            throw new RolledBackException(failure);
        }

        try
        {
            if (transaction is not null)
            {
                await transaction.DisposeAsync().ConfigureAwait(false);
            }
        }
        catch (Exception second) when (PostgresFailures.IsAboutTheServer(second))
        {
            Drop();
            database.Suspect();
        }

        if (PostgresFailures.IsTransient(failure))
        {
            throw new RolledBackException(failure);
        }
    }

    private async Task CommitAsync(NpgsqlTransaction transaction, long token)
    {
        _onlyHere = false;
        try
        {
            await transaction.CommitAsync().ConfigureAwait(false);
        }
        catch (PostgresException refused) when (!PostgresFailures.IsAboutTheServer(refused))
        {
            await transaction.DisposeAsync().ConfigureAwait(false);
            throw PostgresFailures.IsTransient(refused) ? new RolledBackException(refused) : refused;
        }
        catch (Exception lost)
        {
            Drop();
            database.Suspect();
            switch (await FateAsync(token).ConfigureAwait(false))
            {
                case Fate.Committed:
                    return;
                case Fate.RolledBack:
                    throw new RolledBackException(lost);
                default:
                    throw new CommitUnknownException(
                        $"{database.Name} was lost while it committed and did not say within {AskFor.TotalSeconds:0} s that the write is where it was promised to be: whether it is there is not known. What goes on reads first.", lost);
            }
        }

        if (_onlyHere)
        {
            // PostgreSQL says "committed" with a warning when its wait for the synchronous standby was cancelled: there, but not where it was promised to be.
            throw new CommitUnknownException($"{database.Name} committed without its synchronous standby: the write is on that server alone and would be lost with it.");
        }
    }

    private async Task<Fate> FateAsync(long token)
    {
        using var patience = new CancellationTokenSource(AskFor, time);
        while (true)
        {
            try
            {
                return await AskAsync(token, patience.Token).ConfigureAwait(false);
            }
            catch (Exception failure) when (PostgresFailures.IsAboutTheServer(failure) && !patience.IsCancellationRequested)
            {
                if (await IsOverAsync(patience.Token).ConfigureAwait(false))
                {
                    return Fate.Unknown;
                }
            }
            catch (Exception failure) when (failure is NpgsqlException or OperationCanceledException || PostgresFailures.IsAboutTheServer(failure))
            {
                return Fate.Unknown;
            }
        }
    }

    /// <summary>
    /// A marker found only says what this one server has. So it is written again: that commit comes after the lost one, and where a synchronous standby has confirmed the
    /// later it has the earlier too.
    /// </summary>
    private async Task<Fate> AskAsync(long token, CancellationToken cancellationToken)
    {
        await using var connection = await database.Source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        var onlyHere = false;
        connection.Notice += (_, told) => onlyHere |= told.Notice.SqlState == PostgresErrorCodes.Warning;
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellationToken).ConfigureAwait(false);
        await using var ended = new NpgsqlCommand("SELECT pg_advisory_xact_lock($1)", connection, transaction) { Parameters = { new() { Value = PostgresDatabase.WriteLock } } };
        await ended.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        await using var marker = new NpgsqlCommand("UPDATE write_marker SET written_at = now() WHERE writer = $1 AND token = $2", connection, transaction)
        {
            Parameters = { new() { Value = _writer }, new() { Value = token } },
        };
        if (await marker.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false) == 0)
        {
            return Fate.RolledBack;
        }

        await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
        return onlyHere ? Fate.Unknown : Fate.Committed;
    }

    private async Task<bool> IsOverAsync(CancellationToken patience)
    {
        try
        {
            await Task.Delay(AskEvery, time, patience).ConfigureAwait(false);
            return false;
        }
        catch (OperationCanceledException)
        {
            return true;
        }
    }

    private void Drop()
    {
        var connection = _connection;
        _connection = null;
        try
        {
            connection?.Dispose();
        }
        catch (Exception failure) when (PostgresFailures.IsAboutTheServer(failure))
        {
            // It was gone already.
        }
    }

    /// <summary>A transaction that certainly left nothing, through no fault of its statements.</summary>
    private sealed class RolledBackException(Exception cause) : Exception(cause.Message, cause);
}
