using System.Buffers.Binary;
using System.Text;

namespace DrOrchestrator.Verifier.Zip;

/// <summary>The local file header: which of its 30 bytes are free (CRC, size, length of the name) and what the others must be.</summary>
internal static class LocalFields
{
    /// <summary>The header as it must be, given the CRC, size and name length it declares.</summary>
    public static byte[] Expected(ReadOnlySpan<byte> declared)
    {
        byte[] right = [0x50, 0x4B, 3, 4, 10, 0, 0, 0, 0, 0, 0, 0, 0x21, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        declared[14..18].CopyTo(right.AsSpan(14)); // CRC: compared with the content later
        declared[18..22].CopyTo(right.AsSpan(18)); // size: the content must fill it
        declared[18..22].CopyTo(right.AsSpan(22)); // the other size: stored, so the same
        declared[26..28].CopyTo(right.AsSpan(26)); // length of the name
        return right;
    }

    /// <summary>What the byte at an offset in the header means.</summary>
    public static string NameOf(int at) => at switch
    {
        < 4 => "signature of a local file header",
        < 6 => "version needed",
        < 8 => "flags",
        < 10 => "compression method: entries are stored",
        < 12 => "time",
        < 14 => "date: 1980-01-01",
        < 18 => "CRC-32",
        < 22 => "compressed size",
        < 26 => "size: the same as the compressed size",
        < 28 => "length of the name",
        _ => "length of the extra field: there is none",
    };
}

/// <summary>An entry's record in the central directory: wholly determined by its local header.</summary>
internal static class DirectoryFields
{
    public static byte[] Expected(string name, ReadOnlySpan<byte> localHeader, long offset)
    {
        var right = new byte[46 + name.Length];
        BinaryPrimitives.WriteUInt32BigEndian(right, 0x504B0102);
        right[4] = 10;
        localHeader[4..30].CopyTo(right.AsSpan(6));
        BinaryPrimitives.WriteUInt32LittleEndian(right.AsSpan(42), unchecked((uint)offset));
        Encoding.ASCII.GetBytes(name).CopyTo(right, 46);
        return right;
    }

    public static string NameOf(int at) => at switch
    {
        < 4 => "signature of a directory record",
        < 6 => "version made by",
        < 32 => LocalFields.NameOf(at - 2),
        < 34 => "length of the comment: there is none",
        < 36 => "disk number",
        < 38 => "internal attributes",
        < 42 => "external attributes",
        < 46 => "offset of the entry",
        _ => "name",
    };
}

/// <summary>The last 22 bytes.</summary>
internal static class EndFields
{
    public static byte[] Expected(int entries, long directoryLength, long directoryOffset)
    {
        var right = new byte[22];
        BinaryPrimitives.WriteUInt32BigEndian(right, 0x504B0506);
        BinaryPrimitives.WriteUInt16LittleEndian(right.AsSpan(8), (ushort)entries);
        BinaryPrimitives.WriteUInt16LittleEndian(right.AsSpan(10), (ushort)entries);
        BinaryPrimitives.WriteUInt32LittleEndian(right.AsSpan(12), unchecked((uint)directoryLength));
        BinaryPrimitives.WriteUInt32LittleEndian(right.AsSpan(16), unchecked((uint)directoryOffset));
        return right;
    }

    public static string NameOf(int at) => at switch
    {
        < 4 => "signature of the end record",
        < 8 => "disk numbers",
        < 12 => "number of entries",
        < 16 => "length of the directory",
        < 20 => "offset of the directory",
        _ => "length of the comment: there is none",
    };
}
