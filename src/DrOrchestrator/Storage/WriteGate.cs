namespace DrOrchestrator.Storage;

/// <summary>
/// One writer, one in-process gate, on both databases. Everything one call writes is one transaction, durable when the task completes and absent when it fails. On
/// SQLite BEGIN IMMEDIATE keeps other processes out, on PostgreSQL a lock of the database that lasts as long as the transaction: what is read inside is still true
/// when it commits, so "the next number" and "nobody has it yet" need no other care.
/// </summary>
public sealed class WriteGate(Database database) : IDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly IWriter _writer = database.NewWriter();

    /// <summary>
    /// Runs <paramref name="work"/> in a transaction of its own. After a transaction that certainly did not commit (a deadlock, a connection that died before it) it may run
    /// again in another one, so it changes nothing outside of its scope but through <see cref="WriteScope.AfterCommit"/>.
    /// </summary>
    /// <exception cref="DatabaseAwayException">The database cannot be reached; nothing was written.</exception>
    /// <exception cref="CommitUnknownException">The connection was lost during the commit, and the database does not tell what became of it.</exception>
    public async Task<T> WriteAsync<T>(Func<WriteScope, T> work, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await _writer.WriteAsync(work).ConfigureAwait(false);
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
        _writer.Dispose();
        _gate.Dispose();
    }
}
