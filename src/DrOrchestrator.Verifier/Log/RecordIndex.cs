namespace DrOrchestrator.Verifier.Log;

/// <summary>What the headers say of each record, kept small: about 50 bytes each.</summary>
internal sealed class RecordIndex
{
    private readonly List<long> _runs = [];
    private readonly List<RecordKind> _kinds = [];
    private readonly HashSet<long> _closed = [];
    private byte[] _hashes = new byte[1 << 16];

    public long Count => _runs.Count;

    /// <summary>Runs are numbered without a gap, so the highest number says them all.</summary>
    public long OpenedRuns { get; private set; }

    /// <summary>Takes one record in; returns what would have been right when its run is not.</summary>
    public string? Add(in HeaderLine header)
    {
        var kind = RecordKinds.Of(header.Kind, header.Run);
        if (kind == RecordKind.RunOpened)
        {
            if (header.Run != OpenedRuns + 1)
            {
                return $"run.opened of run {OpenedRuns + 1}: run numbers are gapless, so a run was left out";
            }

            OpenedRuns++;
        }
        else if (header.Run > OpenedRuns)
        {
            return $"a run from 1 to {OpenedRuns}, the newest with run.opened: a run was left out";
        }

        if (kind == RecordKind.RunClosed && !_closed.Add(header.Run))
        {
            return $"one run.closed of run {header.Run}, not a second";
        }

        if (_hashes.Length < (_runs.Count + 1) * 32)
        {
            Array.Resize(ref _hashes, _hashes.Length * 2);
        }

        Convert.FromHexString(header.PayloadHash, _hashes.AsSpan(_runs.Count * 32, 32), out _, out _);
        _runs.Add(header.Run);
        _kinds.Add(kind);
        return null;
    }

    public long RunOf(long sequence) => _runs[(int)sequence];

    public RecordKind KindOf(long sequence) => _kinds[(int)sequence];

    public ReadOnlySpan<byte> PayloadHashOf(long sequence) => _hashes.AsSpan((int)sequence * 32, 32);

    public bool IsClosed(long run) => _closed.Contains(run);

    /// <summary>Whether a pack made for a run (0: for everything) must hold the record's payload.</summary>
    public bool InScope(long sequence, long scopeRun) =>
        scopeRun == 0 || _runs[(int)sequence] == scopeRun || (_runs[(int)sequence] == 0 && _kinds[(int)sequence] == RecordKind.General);
}

/// <summary>The kinds the format itself knows.</summary>
internal enum RecordKind : byte
{
    /// <summary>A slice's own; in a pack of everything, or of its run.</summary>
    Other,

    /// <summary>Without a run, of the log, the estate or the server: in every pack.</summary>
    General,

    /// <summary>run.opened.</summary>
    RunOpened,

    /// <summary>run.measured.</summary>
    RunMeasured,

    /// <summary>run.closed.</summary>
    RunClosed,
}

/// <summary>Tells kinds apart.</summary>
internal static class RecordKinds
{
    public static RecordKind Of(ReadOnlySpan<byte> kind, long run) => run == 0
        ? kind.StartsWith("log."u8) || kind.StartsWith("estate."u8) || kind.StartsWith("server."u8) ? RecordKind.General
            : kind.SequenceEqual("run.opened"u8) ? RecordKind.RunOpened
            : RecordKind.Other
        : kind.SequenceEqual("run.opened"u8) ? RecordKind.RunOpened
        : kind.SequenceEqual("run.measured"u8) ? RecordKind.RunMeasured
        : kind.SequenceEqual("run.closed"u8) ? RecordKind.RunClosed
        : RecordKind.Other;
}
