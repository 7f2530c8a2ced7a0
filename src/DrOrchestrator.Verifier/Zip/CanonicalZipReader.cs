using System.Buffers.Binary;
using System.Text;

namespace DrOrchestrator.Verifier.Zip;

/// <summary>
/// Reads the one ZIP the format allows: what is not a name, a length, a CRC or content has exactly one right value, and the directory at the end is computed from
/// the entries and compared byte for byte.
/// </summary>
internal sealed class CanonicalZipReader(ForwardReader reader)
{
    private const int LocalHeaderLength = 30;
    private const int LongestName = 100;
    private const int MostEntries = 65534;

    private readonly List<(string Name, byte[] LocalHeader, long Offset)> _entries = [];

    /// <summary>Whether another entry begins here; anything else must be the directory.</summary>
    public bool HasEntry => reader.Peek(4) is [0x50, 0x4B, 3, 4];

    /// <summary>Opens the next entry; null where the directory begins.</summary>
    /// <param name="expected">The entry that should come, for messages.</param>
    public EntryReader? Next(string expected)
    {
        var offset = reader.Offset;
        var bytes = reader.Peek(LocalHeaderLength);
        if (bytes.Length >= 4 && BinaryPrimitives.ReadUInt32LittleEndian(bytes) == 0x02014B50)
        {
            return null;
        }

        if (bytes.Length < LocalHeaderLength)
        {
            throw new PackFlawException(expected, $"byte {offset} of the file", $"{bytes.Length} bytes and the end of the file", "a local file header");
        }

        if (_entries.Count == MostEntries)
        {
            throw new PackFlawException(expected, $"byte {offset} of the file", $"more than {MostEntries} entries", "at most so many");
        }

        var header = bytes.ToArray();
        Compare(Label(expected), LocalFields.Expected(header), header, offset, LocalFields.NameOf);
        var nameLength = BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(26));
        if (nameLength is 0 or > LongestName)
        {
            throw new PackFlawException(expected, $"byte {offset + 26} of the file (length of the name)", $"{nameLength}", $"1 to {LongestName}");
        }

        reader.Skip(LocalHeaderLength);
        var name = Name(expected, nameLength);
        _entries.Add((name, header, offset));
        return new EntryReader(reader, name, BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(18)), BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(14)));
    }

    /// <summary>Compares directory and end record with what the entries make of them, and requires the file to end there.</summary>
    public void Finish()
    {
        var start = reader.Offset;
        foreach (var (name, localHeader, offset) in _entries)
        {
            var right = DirectoryFields.Expected(name, localHeader, offset);
            CompareNext($"(central directory, {name})", right, DirectoryFields.NameOf);
        }

        CompareNext("(end of archive)", EndFields.Expected(_entries.Count, reader.Offset - start, start), EndFields.NameOf);
        if (reader.Peek(1).Length > 0)
        {
            throw new PackFlawException("(end of archive)", $"byte {reader.Offset} of the file", "more bytes", "the end of the file");
        }
    }

    /// <summary>The name the entry declares, where it can be one: objects are told from each other by it when their header is damaged.</summary>
    private string Label(string expected)
    {
        var bytes = reader.Peek(LocalHeaderLength + LongestName);
        var name = bytes[LocalHeaderLength..Math.Min(bytes.Length, LocalHeaderLength + BinaryPrimitives.ReadUInt16LittleEndian(bytes[26..]))];
        return name.StartsWith("objects/"u8) && name.Length == 72 ? Encoding.Latin1.GetString(name) : expected;
    }

    private string Name(string expected, int length)
    {
        var bytes = reader.Peek(length);
        if (bytes.Length < length || bytes.ContainsAnyExceptInRange((byte)0x21, (byte)0x7E))
        {
            throw new PackFlawException(expected, $"byte {reader.Offset} of the file (name)", "something else than printable ASCII", $"'{expected}'");
        }

        var name = Encoding.ASCII.GetString(bytes);
        reader.Skip(length);
        return name;
    }

    private void CompareNext(string entry, byte[] right, Func<int, string> nameOf)
    {
        Compare(entry, right, reader.Peek(right.Length), reader.Offset, nameOf);
        reader.Skip(right.Length);
    }

    private static void Compare(string entry, ReadOnlySpan<byte> right, ReadOnlySpan<byte> found, long offset, Func<int, string> nameOf)
    {
        var same = found.CommonPrefixLength(right);
        if (same < right.Length)
        {
            throw new PackFlawException(
                entry,
                $"byte {offset + same} of the file ({nameOf(same)})",
                same < found.Length ? $"0x{found[same]:x2}" : "the end of the file",
                $"0x{right[same]:x2}");
        }
    }
}
