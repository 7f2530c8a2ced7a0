using System.Buffers.Binary;
using System.Text;

namespace DrOrchestrator.Evidence;

/// <summary>
/// The one ZIP a list of entries has: stored, dated 1980-01-01, sizes in the local headers, no extra fields, comments or attributes. Content is read twice, once for
/// length and CRC and once to write, so that the output may be a network stream and nothing is held in memory.
/// </summary>
internal sealed class CanonicalZipWriter(Stream output)
{
    private const ushort Version10 = 10;
    private const ushort Date19800101 = 0x0021;
    private const int MostEntries = 65534;

    /// <summary>Writes the whole archive; returns its length in bytes.</summary>
    /// <exception cref="AuditPackRefusedException">It would not fit the format; nothing has been written then.</exception>
    public async Task<long> WriteAsync(IReadOnlyList<ZipEntry> entries, CancellationToken cancellationToken)
    {
        var measured = new List<Measured>();
        long offset = 0;
        foreach (var entry in entries)
        {
            var (length, crc) = await MeasureAsync(entry, cancellationToken).ConfigureAwait(false);
            measured.Add(new Measured(entry, length, crc, offset));
            offset += 30 + entry.Name.Length + length;
        }

        var directory = measured.Sum(entry => 46L + entry.Entry.Name.Length);
        var total = offset + directory + 22;
        if (total > uint.MaxValue || measured.Count > MostEntries)
        {
            throw new AuditPackRefusedException(
                $"The pack would have {total} bytes and {measured.Count} entries; its format allows {uint.MaxValue} and {MostEntries}. Make packs of single runs instead of everything.");
        }

        foreach (var entry in measured)
        {
            await output.WriteAsync(LocalHeader(entry), cancellationToken).ConfigureAwait(false);
            await foreach (var chunk in entry.Entry.Content(cancellationToken).ConfigureAwait(false))
            {
                await output.WriteAsync(chunk, cancellationToken).ConfigureAwait(false);
            }
        }

        foreach (var entry in measured)
        {
            await output.WriteAsync(DirectoryHeader(entry), cancellationToken).ConfigureAwait(false);
        }

        await output.WriteAsync(EndRecord(measured.Count, directory, offset), cancellationToken).ConfigureAwait(false);
        return total;
    }

    private static async Task<(long Length, uint Crc)> MeasureAsync(ZipEntry entry, CancellationToken cancellationToken)
    {
        var (length, crc) = (0L, 0u);
        await foreach (var chunk in entry.Content(cancellationToken).ConfigureAwait(false))
        {
            length += chunk.Length;
            crc = Crc32.Append(crc, chunk.Span);
        }

        return (length, crc);
    }

    private static byte[] LocalHeader(Measured entry)
    {
        var header = new byte[30 + entry.Entry.Name.Length];
        BinaryPrimitives.WriteUInt32LittleEndian(header, 0x04034B50);
        Common(entry, header.AsSpan(4));
        Encoding.ASCII.GetBytes(entry.Entry.Name, header.AsSpan(30));
        return header;
    }

    private static byte[] DirectoryHeader(Measured entry)
    {
        var header = new byte[46 + entry.Entry.Name.Length];
        BinaryPrimitives.WriteUInt32LittleEndian(header, 0x02014B50);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(4), Version10);
        Common(entry, header.AsSpan(6));
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(42), (uint)entry.Offset);
        Encoding.ASCII.GetBytes(entry.Entry.Name, header.AsSpan(46));
        return header;
    }

    /// <summary>The 26 bytes both headers share: version needed, flags, method, time, date, CRC, both sizes, name length, extra length.</summary>
    private static void Common(Measured entry, Span<byte> at)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(at, Version10);
        BinaryPrimitives.WriteUInt16LittleEndian(at[8..], Date19800101);
        BinaryPrimitives.WriteUInt32LittleEndian(at[10..], entry.Crc);
        BinaryPrimitives.WriteUInt32LittleEndian(at[14..], (uint)entry.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(at[18..], (uint)entry.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(at[22..], (ushort)entry.Entry.Name.Length);
    }

    private static byte[] EndRecord(int entries, long directory, long offset)
    {
        var end = new byte[22];
        BinaryPrimitives.WriteUInt32LittleEndian(end, 0x06054B50);
        BinaryPrimitives.WriteUInt16LittleEndian(end.AsSpan(8), (ushort)entries);
        BinaryPrimitives.WriteUInt16LittleEndian(end.AsSpan(10), (ushort)entries);
        BinaryPrimitives.WriteUInt32LittleEndian(end.AsSpan(12), (uint)directory);
        BinaryPrimitives.WriteUInt32LittleEndian(end.AsSpan(16), (uint)offset);
        return end;
    }

    private sealed record Measured(ZipEntry Entry, long Length, uint Crc, long Offset);
}

/// <summary>One file of the archive; its content must be the same each time it is asked for.</summary>
internal sealed record ZipEntry(string Name, Func<CancellationToken, IAsyncEnumerable<ReadOnlyMemory<byte>>> Content);
