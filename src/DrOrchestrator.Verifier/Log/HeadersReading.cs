using System.Text;
using DrOrchestrator.Verifier.Json;
using DrOrchestrator.Verifier.Zip;

namespace DrOrchestrator.Verifier.Log;

/// <summary>Reads headers.jsonl: every line canonical, sequence gapless, time never backwards, runs gapless; every leaf into the tree.</summary>
internal sealed class HeadersReading(CheckpointText checkpoint, long outsideSize)
{
    private const int LongestLine = 4096;
    private readonly byte[] _leaf = new byte[LongestLine + 1];
    private readonly byte[] _newestTime = new byte[27];
    private readonly MerkleRoot _tree = new();

    public RecordIndex Index { get; } = new();

    /// <summary>Root over the first records, as many as the outside checkpoint covers; null when there are fewer.</summary>
    public byte[]? RootAtOutside { get; private set; }

    /// <summary>Time of the last record the outside checkpoint covers.</summary>
    public string TimeAtOutside { get; private set; } = "";

    public void Read(EntryReader entry)
    {
        while (entry.TryReadLine(LongestLine, out var line))
        {
            Take(entry, line);
            line.CopyTo(_leaf.AsSpan(1));
            _tree.Add(_leaf.AsSpan(0, line.Length + 1));
            if (_tree.Count == outsideSize)
            {
                RootAtOutside = _tree.Head();
                TimeAtOutside = Encoding.ASCII.GetString(_newestTime);
            }
        }
    }

    /// <summary>Called when the entry's CRC is known to be right, so that a plain damage is not reported as a forged root.</summary>
    public void CompareWithCheckpoint(EntryReader entry)
    {
        if (_tree.Count != checkpoint.Size)
        {
            throw new PackFlawException(entry.Name, "its lines", $"{_tree.Count}", $"{checkpoint.Size}, the size of the checkpoint");
        }

        if (!_tree.Head().AsSpan().SequenceEqual(checkpoint.Root))
        {
            throw new PackFlawException(
                entry.Name, "the tree over all lines", $"the root {Convert.ToBase64String(_tree.Head())}", $"{Convert.ToBase64String(checkpoint.Root)}, the root of the checkpoint");
        }
    }

    private void Take(EntryReader entry, ReadOnlySpan<byte> line)
    {
        var scan = new JsonScan(line);
        if (!HeaderLine.TryParse(ref scan, out var header))
        {
            throw new PackFlawException(entry.Name, $"line {entry.Lines} (record {_tree.Count}), column {scan.Position + 1}", scan.Found, scan.Expected);
        }

        var place = entry.Lines; // the flaws below name the record as well
        if (header.Sequence != _tree.Count)
        {
            throw new PackFlawException(entry.Name, $"line {place}", $"record {header.Sequence}", $"record {_tree.Count}: sequence numbers are gapless from 0");
        }

        if (_tree.Count == checkpoint.Size)
        {
            throw new PackFlawException(entry.Name, $"line {place}", $"record {header.Sequence}", $"the end: the checkpoint covers {checkpoint.Size} records");
        }

        if (header.Time.SequenceCompareTo(_newestTime) < 0)
        {
            throw new PackFlawException(
                entry.Name, $"line {place} (record {header.Sequence})", $"the time {Encoding.ASCII.GetString(header.Time)}", $"not before {Encoding.ASCII.GetString(_newestTime)}, the time of the record before");
        }

        header.Time.CopyTo(_newestTime);
        if (Index.Add(header) is { } expected)
        {
            throw new PackFlawException(
                entry.Name, $"line {place} (record {header.Sequence})", $"{Encoding.ASCII.GetString(header.Kind)} of {(header.Run == 0 ? "no run" : $"run {header.Run}")}", expected);
        }
    }
}
