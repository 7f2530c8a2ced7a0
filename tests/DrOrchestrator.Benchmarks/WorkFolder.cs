using Microsoft.Data.Sqlite;

namespace DrOrchestrator.Benchmarks;

/// <summary>Everything the benches write, below their own binaries and on the same disk; gone afterwards.</summary>
internal sealed class WorkFolder : IDisposable
{
    public string Path { get; } = System.IO.Path.Combine(AppContext.BaseDirectory, "work", Guid.NewGuid().ToString("N")[..12]);

    /// <summary>A new folder of that name.</summary>
    public string Folder(string name) => Directory.CreateDirectory(System.IO.Path.Combine(Path, name)).FullName;

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        if (Directory.Exists(Path))
        {
            Directory.Delete(Path, recursive: true);
        }
    }
}
