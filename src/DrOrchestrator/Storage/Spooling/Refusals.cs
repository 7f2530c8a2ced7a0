using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace DrOrchestrator.Storage.Spooling;

/// <summary>Records the database answers with no, whoever brings them and whenever: kept beside the spool for people to look at, one file each.</summary>
internal sealed class Refusals(string spool)
{
    private const int SqliteConstraint = 19;
    private const int SqliteMismatch = 20;

    /// <summary>Whether the record itself is at fault, not the database, the line or the moment: a constraint, a value, a trigger (classes 22, 23 and P0 of PostgreSQL).</summary>
    public static bool IsAboutTheRecord(Exception failure) => failure switch
    {
        SqliteException sqlite => sqlite.SqliteErrorCode is SqliteConstraint or SqliteMismatch,
        DbException { SqlState: { } state } => state.StartsWith("22", StringComparison.Ordinal) || state.StartsWith("23", StringComparison.Ordinal) || state.StartsWith("P0", StringComparison.Ordinal),
        _ => false,
    };

    /// <summary>Keeps it; returns the file.</summary>
    public string Keep(ReadOnlySpan<byte> record)
    {
        var number = 1;
        while (File.Exists($"{spool}.refused-{number}"))
        {
            number++;
        }

        var path = $"{spool}.refused-{number}";
        using var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write);
        RandomAccess.Write(file, record, 0);
        RandomAccess.FlushToDisk(file);
        return path;
    }
}
