using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace DrOrchestrator.Storage;

/// <summary>
/// The embedded database: one SQLite file in WAL mode with synchronous FULL, asserted at open, because a journal that is only probably durable is none.
/// </summary>
public sealed class SqliteDatabase : Database
{
    private readonly string _connectionString;

    /// <summary>Opens (and creates) the file; call <see cref="Migrator"/> before use.</summary>
    public SqliteDatabase(string path)
    {
        Path = path;
        _connectionString = new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadWriteCreate, Pooling = true, DefaultTimeout = 30 }.ToString();
    }

    /// <summary>Full path of the file.</summary>
    public string Path { get; }

    /// <inheritdoc />
    public override string Dialect => "sqlite";

    /// <inheritdoc />
    public override string Name => Path;

    /// <summary>A connection with the pragmas every connection needs.</summary>
    public override DbConnection Open() => OpenFile();

    /// <inheritdoc />
    public override DbConnection OpenToWrite() => OpenFile();

    internal override DbTransaction BeginAlone(DbConnection connection) => ((SqliteConnection)connection).BeginTransaction(deferred: false);

    internal override IWriter NewWriter() => new Writer(this);

    private SqliteConnection OpenFile()
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
            throw new DatabaseUnfitException(
                $"The database {Path} answers journal_mode={journalMode}, synchronous={synchronous}; WAL and FULL (2) are needed. Is it on a network file system?");
        }

        return connection;
    }

    /// <summary>BEGIN IMMEDIATE on one connection: free writers starve each other for seconds.</summary>
    private sealed class Writer(SqliteDatabase database) : IWriter
    {
        private SqliteConnection? _connection;

        public Task<T> WriteAsync<T>(Func<WriteScope, T> work)
        {
            _connection ??= database.OpenFile();
            using var transaction = _connection.BeginTransaction(deferred: false);
            var scope = new WriteScope(_connection, transaction);
            var result = work(scope);
            transaction.Commit();
            scope.Committed();
            return Task.FromResult(result);
        }

        public void Dispose() => _connection?.Dispose();
    }
}
