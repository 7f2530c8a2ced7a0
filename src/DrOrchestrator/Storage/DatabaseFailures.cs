using DrOrchestrator.Availability;
using Microsoft.Data.Sqlite;

namespace DrOrchestrator.Storage;

/// <summary>The database cannot be reached, or let nobody in. Nothing of the call was written. The message is for people, without a password.</summary>
public sealed class DatabaseAwayException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>
/// The connection was lost while it committed and the database does not say what became of it: the write may be there or not. Whoever goes on has to read first,
/// as after a crash.
/// </summary>
public sealed class CommitUnknownException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>Tells failures of the database from ours.</summary>
public static class DatabaseFailures
{
    // BUSY, LOCKED, IOERR, FULL, CANTOPEN: of the file and its disk, not of what was asked.
    private static readonly int[] SqliteAway = [5, 6, 10, 13, 14];

    /// <summary>True when the database was not there for a call; a read in the middle of a shutdown counts too. A statement it refuses is a fault of ours.</summary>
    public static bool IsAway(Exception failure) => failure switch
    {
        DatabaseAwayException or RecordsAwayException => true,
        Npgsql.NpgsqlException => PostgresFailures.IsAboutTheServer(failure),
        SqliteException sqlite => SqliteAway.Contains(sqlite.SqliteErrorCode),
        _ => false,
    };
}

/// <summary>The database is there, but not fit to keep records: wrong settings, version or state. The message says what was found and what to do.</summary>
public sealed class DatabaseUnfitException(string message, Exception? inner = null) : Exception(message, inner);
