using System.Globalization;

namespace DrOrchestrator.Sandbox.Ledger;

/// <summary>The folder of a claim, held by one process at a time: store and rejoin exclude each other by its lock, which dies with the process.</summary>
internal sealed class Volume : IDisposable
{
    private readonly FileStream _held;

    private Volume(string folder, FileStream held)
    {
        Folder = folder;
        _held = held;
    }

    public string Folder { get; }

    public string LogPath => Path.Combine(Folder, "ledger.log");

    public string StatePath => Path.Combine(Folder, "state.json");

    public string DivergentPath(long epoch) => Path.Combine(Folder, string.Create(CultureInfo.InvariantCulture, $"divergent-epoch-{epoch}.json"));

    /// <summary>Takes the volume, or returns null while another process holds it.</summary>
    public static Volume? TryTake(string folder)
    {
        Directory.CreateDirectory(folder);
        try
        {
            return new Volume(folder, new FileStream(Path.Combine(folder, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Opens the log and finishes a cut that a rejoin had decided on.</summary>
    public LedgerLog OpenLog(ref StoreState? state, TimeProvider time)
    {
        LedgerLog log = LedgerLog.Open(LogPath, time);
        if (state?.TruncateTo is { } position)
        {
            log.TruncateTo(position);
            state = state with { TruncateTo = null };
            state.Write(StatePath);
        }

        return log;
    }

    public void Dispose() => _held.Dispose();
}
