using Microsoft.Data.Sqlite;

namespace DrOrchestrator.Storage;

/// <summary>
/// The embedded database: one SQLite file in WAL mode with synchronous FULL, asserted at open, because a journal that is only probably durable is none.
/// Reads take pooled connections; writes go through <see cref="WriteGate"/>.
/// </summary>
public sealed class Database
{
    private readonly string _connectionString;

    /// <summary>Opens (and creates) the file; call <see cref="Migrator"/> before use.</summary>
    public Database(string path)
    {
        Path = path;
        _connectionString = new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadWriteCreate, Pooling = true, DefaultTimeout = 30 }.ToString();
    }

    /// <summary>Full path of the file.</summary>
    public string Path { get; }

    /// <summary>A connection with the pragmas every connection needs. Dispose it to return it to the pool.</summary>
    public SqliteConnection Open()
    {
        var connection = new SqliteConnection(_connectionString);
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA synchronous;";
        using var reader = command.ExecuteReader();
        reader.Read();
        var journalMode = reader.GetString(0);
        reader.NextResult();
        reader.Read();
        var synchronous = reader.GetInt64(0);
        if (journalMode != "wal" || synchronous != 2)
        {
            throw new InvalidOperationException(
                $"The database {Path} answers journal_mode={journalMode}, synchronous={synchronous}; WAL and FULL (2) are needed. Is it on a network file system?");
        }

        return connection;
    }
}
