using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using DrOrchestrator.Sandbox.Wire;

namespace DrOrchestrator.Sandbox.Ledger;

/// <summary>
/// One position of the log. On disk and on the wire it is one line: checksum in hex, a space, the entry as JSON, a line feed. The checksum is SHA-256 over the
/// checksum before it and the JSON, so two stores with the same checksum at a position hold the same ledger up to there.
/// </summary>
internal sealed record LogRecord(long Position, long Epoch, LedgerEntry Entry, byte[] Checksum, byte[] Line)
{
    private const int HexLength = 64;

    /// <summary>Checksum of position 0, the empty ledger.</summary>
    public static byte[] Origin { get; } = new byte[32];

    public static LogRecord Create(long position, long epoch, LedgerEntry entry, byte[] checksumBefore)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("position", position);
            json.WriteNumber("epoch", epoch);
            json.WriteString("id", entry.Id);
            json.WriteString("kind", entry.Kind);
            json.WriteString("sentAt", entry.SentAt);
            json.WriteNumber("amount", entry.Amount);
            json.WriteEndObject();
        }

        ReadOnlySpan<byte> text = buffer.GetBuffer().AsSpan(0, (int)buffer.Length);
        byte[] checksum = ChecksumOf(checksumBefore, text);
        var line = new byte[HexLength + 1 + text.Length + 1];
        System.Text.Encoding.ASCII.GetBytes(Convert.ToHexStringLower(checksum), line);
        line[HexLength] = (byte)' ';
        text.CopyTo(line.AsSpan(HexLength + 1));
        line[^1] = (byte)'\n';
        return new LogRecord(position, epoch, entry, checksum, line);
    }

    /// <summary>Reads one line (with or without its line feed); null when it is not the record that follows <paramref name="checksumBefore"/>.</summary>
    public static LogRecord? Parse(ReadOnlySpan<byte> line, byte[] checksumBefore)
    {
        line = line.TrimEnd((byte)'\n');
        if (line.Length <= HexLength + 1 || line[HexLength] != ' ')
        {
            return null;
        }

        ReadOnlySpan<byte> text = line[(HexLength + 1)..];
        byte[] checksum = ChecksumOf(checksumBefore, text);
        if (!line[..HexLength].SequenceEqual(System.Text.Encoding.ASCII.GetBytes(Convert.ToHexStringLower(checksum)))
            || JsonWire.ParseObject(text) is not JsonObject json
            || LedgerEntry.Parse(text, out _) is not { } entry
            || json.Integer("position") is not { } position
            || json.Integer("epoch") is not { } epoch)
        {
            return null;
        }

        return new LogRecord(position, epoch, entry, checksum, [.. line, (byte)'\n']);
    }

    private static byte[] ChecksumOf(byte[] before, ReadOnlySpan<byte> text)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(before);
        hash.AppendData(text);
        return hash.GetHashAndReset();
    }
}
