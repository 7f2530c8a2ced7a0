using System.Globalization;
using System.Security.Cryptography;

namespace DrOrchestrator.Verifier.Zip;

/// <summary>The content of one entry, read once from front to back.</summary>
internal sealed class EntryReader(ForwardReader reader, string name, uint length, uint declaredCrc)
{
    private long _remaining = length;
    private uint _crc;

    /// <summary>Name of the entry.</summary>
    public string Name { get; } = name;

    /// <summary>Lines returned so far.</summary>
    public long Lines { get; private set; }

    /// <summary>The whole content, which may have at most <paramref name="most"/> bytes. Valid until the next read.</summary>
    public ReadOnlySpan<byte> ReadAll(int most)
    {
        if (length > most)
        {
            throw new PackFlawException(Name, "its size", $"{length} bytes", $"at most {most}");
        }

        return Take((int)_remaining);
    }

    /// <summary>The next line without its line feed; false at the end. Valid until the next read.</summary>
    public bool TryReadLine(int longest, out ReadOnlySpan<byte> line)
    {
        line = default;
        if (_remaining == 0)
        {
            return false;
        }

        var window = reader.Peek((int)Math.Min(_remaining, longest + 1L));
        var end = window.IndexOf((byte)'\n');
        if (end < 0)
        {
            var found = window.Length > longest ? $"more than {longest} bytes" : $"{window.Length} bytes and the end of the entry";
            throw new PackFlawException(Name, string.Create(CultureInfo.InvariantCulture, $"line {Lines + 1}"), found, $"a line feed after at most {longest} bytes");
        }

        Lines++;
        line = Take(end + 1)[..end];
        return true;
    }

    /// <summary>SHA-256 of the whole content, in lower-case hex.</summary>
    public string ReadHash()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        while (_remaining > 0)
        {
            hash.AppendData(Take((int)Math.Min(_remaining, ForwardReader.Window)));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Checks that all was read and that the CRC is the one of the header.</summary>
    public void Close()
    {
        if (_remaining != 0)
        {
            throw new PackFlawException(Name, "its size", $"{_remaining} bytes more than its content has", "none");
        }

        if (_crc != declaredCrc)
        {
            throw new PackFlawException(Name, $"its content (ending before byte {reader.Offset} of the file)", $"CRC-32 {_crc:x8}", $"{declaredCrc:x8} as in its header: a byte was changed");
        }
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        var bytes = reader.Peek(count);
        if (bytes.Length < count)
        {
            throw new PackFlawException(Name, $"byte {reader.Offset + bytes.Length} of the file", "the end of the file", $"{count - bytes.Length} more bytes of the entry");
        }

        reader.Skip(count);
        _remaining -= count;
        _crc = Checksum.Crc32(_crc, bytes);
        return bytes;
    }
}
