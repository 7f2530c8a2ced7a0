using DrOrchestrator.Evidence;
using DrOrchestrator.Storage;
using DrOrchestrator.Time;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Time.Testing;

namespace DrOrchestrator.Testing.Evidence;

/// <summary>An evidence log in a SQLite file of its own, in a folder that goes away with it.</summary>
public sealed class SqliteEvidence : IDisposable
{
    public SqliteEvidence()
    {
        Folder = Path.Combine(AppContext.BaseDirectory, "work", Guid.NewGuid().ToString("N"));
        Directory.CreateDirectory(Folder);
        Time = new FakeTimeProvider(new DateTimeOffset(2026, 11, 22, 8, 0, 0, TimeSpan.Zero));
        Database = new Database(Path.Combine(Folder, "dro.db"));
        new Migrator(Database).Run();
        (Gate, Archive, Store) = Open();
    }

    public string Folder { get; }

    public FakeTimeProvider Time { get; }

    public Database Database { get; }

    public WriteGate Gate { get; private set; }

    public SqlEvidenceArchive Archive { get; private set; }

    public SqlEvidenceStore Store { get; private set; }

    public AuditPackWriter PackWriter => new(Store, Archive);

    /// <summary>As a new process would find it.</summary>
    public void Restart()
    {
        Gate.Dispose();
        (Gate, Archive, Store) = Open();
    }

    /// <summary>Somebody with the file and no regard for triggers.</summary>
    public void Tamper(string sql)
    {
        using var connection = Database.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    public void Dispose()
    {
        Gate.Dispose();
        using (var connection = Database.Open())
        {
            SqliteConnection.ClearPool(connection);
        }

        Directory.Delete(Folder, recursive: true);
    }

    private (WriteGate Gate, SqlEvidenceArchive Archive, SqlEvidenceStore Store) Open()
    {
        var gate = new WriteGate(Database);
        var archive = new SqlEvidenceArchive(Database);
        return (gate, archive, new SqlEvidenceStore(gate, new ProcessClock(Time), new EvidenceKeyFile(Path.Combine(Folder, "evidence.key")), archive));
    }
}
