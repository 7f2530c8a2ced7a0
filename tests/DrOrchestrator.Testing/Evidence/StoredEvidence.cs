using DrOrchestrator.Evidence;
using DrOrchestrator.Storage;
using DrOrchestrator.Testing.Storage;
using DrOrchestrator.Time;
using Microsoft.Extensions.Time.Testing;

namespace DrOrchestrator.Testing.Evidence;

/// <summary>An evidence log in a database and a folder of its own, which go away with it.</summary>
public class StoredEvidence : IDisposable
{
    private readonly TemporaryDatabase _temporary;

    public StoredEvidence(TemporaryDatabase temporary)
    {
        _temporary = temporary;
        Time = new FakeTimeProvider(new DateTimeOffset(2026, 11, 22, 8, 0, 0, TimeSpan.Zero));
        Open();
    }

    /// <summary>What the clock of the database's server says, where it has one; see <see cref="SetServerClock"/>.</summary>
    public DateTimeOffset ServerTime { get; private set; }

    public string Folder => _temporary.Folder;

    public FakeTimeProvider Time { get; }

    public Database Database => _temporary.Database;

    public WriteGate Gate => _temporary.Gate;

    public SqlEvidenceArchive Archive { get; private set; } = null!;

    public SqlEvidenceStore Store { get; private set; } = null!;

    public AuditPackWriter PackWriter => new(Store, Archive);

    /// <summary>Time passes, by every clock.</summary>
    public void Pass(TimeSpan time)
    {
        Time.Advance(time);
        SetServerClock(ServerTime + time);
    }

    /// <summary>From now on a fake one, too.</summary>
    public void SetServerClock(DateTimeOffset moment) => _temporary.SetClock(ServerTime = moment);

    /// <summary>As a new process would find it.</summary>
    public void Restart()
    {
        _temporary.Reopen();
        Open();
    }

    /// <summary>As a second process has it open: a writing connection and a memory of the log of its own.</summary>
    public SecondProcess Second() => new(_temporary, this);

    /// <summary>Somebody with the database and no regard for triggers.</summary>
    public void Tamper(string sql)
    {
        using var connection = Database.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    public void Dispose()
    {
        _temporary.Dispose();
        GC.SuppressFinalize(this);
    }

    private void Open()
    {
        Archive = new SqlEvidenceArchive(Database);
        Store = new SqlEvidenceStore(Gate, new ProcessClock(Time), new EvidenceKeyFile(Path.Combine(Folder, "evidence.key")), Archive);
    }

    /// <summary>See <see cref="Second"/>.</summary>
    public sealed class SecondProcess : IDisposable
    {
        internal SecondProcess(TemporaryDatabase first, StoredEvidence evidence)
        {
            Database = first.Another();
            Gate = new WriteGate(Database);
            Store = new SqlEvidenceStore(
                Gate, new ProcessClock(evidence.Time), new EvidenceKeyFile(Path.Combine(evidence.Folder, "evidence.key")), new SqlEvidenceArchive(Database));
        }

        public Database Database { get; }

        public WriteGate Gate { get; }

        public SqlEvidenceStore Store { get; }

        public void Dispose()
        {
            Gate.Dispose();
            (Database as IDisposable)?.Dispose();
        }
    }
}

/// <summary>The same in a SQLite file.</summary>
public sealed class SqliteEvidence() : StoredEvidence(new TemporaryDatabase());
