using DrOrchestrator.Storage;
using DrOrchestrator.Testing.Postgres;
using DrOrchestrator.Time;
using Microsoft.Data.Sqlite;

namespace DrOrchestrator.Testing.Storage;

/// <summary>
/// A migrated database, gone afterwards: a SQLite file in a folder of its own below the test's binaries, or a PostgreSQL database of its own where a server is given.
/// </summary>
public sealed class TemporaryDatabase : IDisposable
{
    private readonly MigratedPostgres? _server;
    private readonly string _name;

    public TemporaryDatabase(MigratedPostgres? server = null)
    {
        Folder = Path.Combine(AppContext.BaseDirectory, "work", Guid.NewGuid().ToString("N"));
        Directory.CreateDirectory(Folder);
        _server = server;
        _name = server?.NewDatabase() ?? Path.Combine(Folder, "dro.db");
        Database = Another();
        new Migrator(Database).Run();
        Gate = new WriteGate(Database);
    }

    /// <summary>Of this database alone, e.g. for key files.</summary>
    public string Folder { get; }

    public Database Database { get; private set; }

    public WriteGate Gate { get; private set; }

    /// <summary>Of a PostgreSQL database.</summary>
    public string Connection => _server?.ConnectionTo(_name) ?? throw new InvalidOperationException("A SQLite database has no connection string.");

    /// <summary>The same database as a second process opens it. Dispose it where it can be.</summary>
    public Database Another() => _server is null ? new SqliteDatabase(_name) : new PostgresDatabase(_server.ConnectionTo(_name));

    /// <summary>From now on the server's clock stands at this moment. A SQLite file has none of its own.</summary>
    public void SetClock(DateTimeOffset moment)
    {
        if (_server is not null)
        {
            using var connection = Database.Open();
            using var command = connection.CreateCommand();
            command.CommandText = $"CREATE OR REPLACE FUNCTION dro_clock() RETURNS BIGINT LANGUAGE sql VOLATILE AS $$ SELECT {moment.ToUnixMicros()}::BIGINT $$";
            command.ExecuteNonQuery();
        }
    }

    /// <summary>What a new process would see: everything committed, nothing else.</summary>
    public void Reopen()
    {
        Gate.Dispose();
        (Database as IDisposable)?.Dispose();
        Database = Another();
        Gate = new WriteGate(Database);
    }

    public void Dispose()
    {
        Gate.Dispose();
        if (_server is not null)
        {
            (Database as IDisposable)?.Dispose();
            _server.Drop(_name);
        }
        else
        {
            using var connection = (SqliteConnection)Database.Open();
            SqliteConnection.ClearPool(connection);
        }

        Directory.Delete(Folder, recursive: true);
    }
}
