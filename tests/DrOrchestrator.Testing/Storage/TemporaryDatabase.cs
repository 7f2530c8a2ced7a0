using DrOrchestrator.Storage;
using Microsoft.Data.Sqlite;

namespace DrOrchestrator.Testing.Storage;

/// <summary>A migrated database in a folder of its own below the test's binaries, gone afterwards.</summary>
public sealed class TemporaryDatabase : IDisposable
{
    private readonly string _folder = Path.Combine(AppContext.BaseDirectory, "work", Guid.NewGuid().ToString("N"));

    public TemporaryDatabase()
    {
        Directory.CreateDirectory(_folder);
        Database = new Database(Path.Combine(_folder, "dro.db"));
        new Migrator(Database).Run();
        Gate = new WriteGate(Database);
    }

    public Database Database { get; }

    public WriteGate Gate { get; private set; }

    /// <summary>What a new process would see: everything committed, nothing else.</summary>
    public void Reopen()
    {
        Gate.Dispose();
        Gate = new WriteGate(Database);
    }

    public void Dispose()
    {
        Gate.Dispose();
        using (var connection = Database.Open())
        {
            SqliteConnection.ClearPool(connection);
        }

        Directory.Delete(_folder, recursive: true);
    }
}
