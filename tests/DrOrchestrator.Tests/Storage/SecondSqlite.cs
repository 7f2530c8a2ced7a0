using DrOrchestrator.Evidence;
using DrOrchestrator.Storage;
using DrOrchestrator.Testing.Evidence;
using DrOrchestrator.Time;

namespace DrOrchestrator.Tests.Storage;

/// <summary>The file of a <see cref="SqliteEvidence"/> as a second process has it open: a writing connection and a memory of the log of its own.</summary>
internal sealed class SecondSqlite : IDisposable
{
    public SecondSqlite(SqliteEvidence first)
    {
        Database = new Database(first.Database.Path);
        Gate = new WriteGate(Database);
        Store = new SqlEvidenceStore(Gate, new ProcessClock(first.Time), new EvidenceKeyFile(Path.Combine(first.Folder, "evidence.key")), new SqlEvidenceArchive(Database));
    }

    public Database Database { get; }

    public WriteGate Gate { get; }

    public SqlEvidenceStore Store { get; }

    public void Dispose() => Gate.Dispose();
}
