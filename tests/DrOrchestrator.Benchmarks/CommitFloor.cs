using Microsoft.Data.Sqlite;

namespace DrOrchestrator.Benchmarks;

/// <summary>What the same disk takes for two durable commits and nothing else: SQLite, WAL, synchronous FULL, one row of the given size each.</summary>
internal sealed class CommitFloor : IDisposable
{
    /// <summary>Enough for the write-ahead log to have wrapped: one that still grows costs the file system more than one that is overwritten, as the engine's is.</summary>
    private const int WarmUp = 1000;

    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _insert;
    private int _warmedUp;

    public CommitFloor(string folder)
    {
        _connection = new SqliteConnection($"Data Source={Path.Combine(folder, "floor.db")}");
        _connection.Open();
        using var command = _connection.CreateCommand();
        command.CommandText = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE line (id INTEGER PRIMARY KEY, data BLOB NOT NULL)";
        command.ExecuteNonQuery();
        _insert = _connection.CreateCommand();
        _insert.CommandText = "INSERT INTO line (data) VALUES (@data)";
    }

    /// <summary>Milliseconds of each pair of commits.</summary>
    public IReadOnlyList<double> Measure(int pairs, int bytesPerCommit)
    {
        _insert.Parameters.Clear();
        _insert.Parameters.AddWithValue("@data", new byte[bytesPerCommit]);
        for (; _warmedUp < WarmUp; _warmedUp++)
        {
            Commit();
        }

        var taken = new List<double>();
        for (var pair = 0; pair < pairs; pair++)
        {
            var began = TimeProvider.System.GetTimestamp();
            Commit();
            Commit();
            taken.Add(TimeProvider.System.GetElapsedTime(began).TotalMilliseconds);
        }

        return taken;
    }

    public void Dispose()
    {
        _insert.Dispose();
        _connection.Dispose();
    }

    private void Commit()
    {
        using var transaction = _connection.BeginTransaction(deferred: false);
        _insert.Transaction = transaction;
        _insert.ExecuteNonQuery();
        transaction.Commit();
    }
}
