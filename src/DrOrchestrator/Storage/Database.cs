using System.Data.Common;

namespace DrOrchestrator.Storage;

/// <summary>
/// Where everything durable is kept: a SQLite file (<see cref="SqliteDatabase"/>) or a PostgreSQL database (<see cref="PostgresDatabase"/>). Both give what the stores
/// rest on: a commit that returned is on disk, and one writer at a time, in whichever process it is. Reads take pooled connections; writes go through
/// <see cref="WriteGate"/>. SQL of the stores runs on both.
/// </summary>
public abstract class Database
{
    private protected Database()
    {
    }

    /// <summary><c>sqlite</c> or <c>postgres</c>; the middle word of a migration that only one of them has.</summary>
    public abstract string Dialect { get; }

    /// <summary>For people: the file's path, or server and database name. Never a password.</summary>
    public abstract string Name { get; }

    /// <summary>How long a reading for a figure may take before the database counts as one that hangs; null where it cannot.</summary>
    public virtual TimeSpan? AnswersWithin => null;

    /// <summary>In SQL: now, in microseconds UTC, by the clock of a server that several processes share; null where one process at a time has the file, and its clock counts.</summary>
    internal virtual string? ClockFunction => null;

    /// <summary>A connection for reading. Dispose it to return it to the pool.</summary>
    /// <exception cref="DatabaseAwayException">The server cannot be reached now.</exception>
    public abstract DbConnection Open();

    /// <summary>As <see cref="Open"/>, of a database that is fit to be written to.</summary>
    /// <exception cref="DatabaseUnfitException">It is not, with what was found.</exception>
    public abstract DbConnection OpenToWrite();

    /// <summary>A transaction that no other writer, in this process or another, is in at the same time.</summary>
    internal abstract DbTransaction BeginAlone(DbConnection connection);

    /// <summary>What writes for one <see cref="WriteGate"/>.</summary>
    internal abstract IWriter NewWriter();
}

/// <summary>Carries one write at a time through its transaction. Used under the gate only.</summary>
internal interface IWriter : IDisposable
{
    /// <summary>
    /// Durable when it returns, absent when it throws; only <see cref="CommitUnknownException"/> leaves it open. <paramref name="work"/> may be called again in a new
    /// transaction after one that certainly did not commit.
    /// </summary>
    Task<T> WriteAsync<T>(Func<WriteScope, T> work);
}
