using Microsoft.Data.Sqlite;

namespace DrOrchestrator.Storage;

/// <summary>A piece of writing inside one transaction.</summary>
public sealed class WriteScope(SqliteConnection connection, SqliteTransaction transaction)
{
    private List<Action>? _afterCommit;

    /// <summary>The one writing connection.</summary>
    public SqliteConnection Connection { get; } = connection;

    /// <summary>The open transaction; pass it to Dapper.</summary>
    public SqliteTransaction Transaction { get; } = transaction;

    /// <summary>Runs once the commit has succeeded and before the caller's task completes; for in-memory state that mirrors the store.</summary>
    public void AfterCommit(Action action) => (_afterCommit ??= []).Add(action);

    internal void Committed() => _afterCommit?.ForEach(action => action());
}

/// <summary>
/// One writer, one in-process gate: SQLite lets only one writer in, and free writers starve each other for seconds. Everything one call writes is one transaction
/// (BEGIN IMMEDIATE), durable when the task completes, absent when it fails.
/// </summary>
public sealed class WriteGate(Database database) : IDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private SqliteConnection? _connection;

    /// <summary>Runs <paramref name="work"/> in a transaction of its own.</summary>
    public async Task<T> WriteAsync<T>(Func<WriteScope, T> work, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            _connection ??= database.Open();
            using var transaction = _connection.BeginTransaction(deferred: false);
            var scope = new WriteScope(_connection, transaction);
            var result = work(scope);
            transaction.Commit();
            scope.Committed();
            return result;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>As <see cref="WriteAsync{T}"/>, without a result.</summary>
    public Task WriteAsync(Action<WriteScope> work, CancellationToken cancellationToken) =>
        WriteAsync(
            scope =>
            {
                work(scope);
                return true;
            },
            cancellationToken);

    /// <inheritdoc />
    public void Dispose()
    {
        _connection?.Dispose();
        _gate.Dispose();
    }
}
