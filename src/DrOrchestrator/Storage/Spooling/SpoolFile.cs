using System.Buffers.Binary;
using DrOrchestrator.Evidence;
using Microsoft.Win32.SafeHandles;

namespace DrOrchestrator.Storage.Spooling;

/// <summary>How a spool was found at its opening.</summary>
/// <param name="TornBytes">At the end, too few to be a record: one whose writing was cut off. It was never promised to anybody, and is gone.</param>
/// <param name="DamagedCopy">Where the damaged bytes are kept; null when there are none, or no room.</param>
internal sealed record SpoolFinding(long TornBytes, string? DamagedCopy)
{
    /// <summary>
    /// From the first record on that is not what was written. Cut off or damaged later, which nothing in the file can tell: a length that is wrong hides all that follows.
    /// They may have held observations, and are not replayed.
    /// </summary>
    public long DamagedBytes { get; init; }
}

/// <summary>
/// The spool: one append-only file of records, each with its length and CRC-32 in front. What <see cref="TryAppend"/> accepted is on the disk when it returns. It is
/// read in order and cut back to nothing once all of it is in the database; if the process dies in between, the numbers in the records tell what is there already.
/// Not safe for concurrent use.
/// </summary>
internal sealed class SpoolFile : IDisposable
{
    /// <summary>Kept free for the one record that says that there is no room.</summary>
    private const int Reserve = 1024;

    private const int FrameHead = 8;
    private static readonly byte[] Magic = "DROSPL01"u8.ToArray();

    private readonly SafeFileHandle _file;
    private readonly long _limit;
    private long _end;
    private long _readAt = Magic.Length;

    /// <param name="limit">Largest size of the file in bytes.</param>
    public SpoolFile(string path, long limit)
    {
        (Path, _limit) = (path, limit);
        PrivateFiles.MakeFolder(System.IO.Path.GetDirectoryName(path)!);
        _file = PrivateFiles.Open(path);
        Found = Scan(path);
    }

    public string Path { get; }

    public SpoolFinding Found { get; }

    /// <summary>Bytes of records that are not in the database.</summary>
    public long Bytes => _end - _readAt;

    public bool IsEmpty => _end == _readAt;

    /// <summary>Puts a record at the end; false when there is no room.</summary>
    /// <exception cref="IOException">It could not be written; nothing of it stays.</exception>
    public bool TryAppend(ReadOnlySpan<byte> record, bool useReserve = false)
    {
        var frame = FrameHead + record.Length;
        if (_end + frame > _limit - (useReserve ? 0 : Reserve))
        {
            return false;
        }

        Append(record);
        return true;
    }

    /// <summary>
    /// Puts a short record where the file is whole up to, whatever its limit, over damaged bytes if there are any: they go only once it is there, so that a crash in
    /// between finds them again.
    /// </summary>
    public void Mark(ReadOnlySpan<byte> record) => Append(record);

    private void Append(ReadOnlySpan<byte> record)
    {
        var frame = FrameHead + record.Length;
        var bytes = new byte[frame];
        record.CopyTo(bytes.AsSpan(FrameHead));
        BinaryPrimitives.WriteInt32LittleEndian(bytes, record.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(4), Crc(bytes.AsSpan(0, 4), record));
        try
        {
            RandomAccess.Write(_file, bytes, _end);

            // What an earlier failure left behind its end must not follow this record.
            if (RandomAccess.GetLength(_file) != _end + frame)
            {
                RandomAccess.SetLength(_file, _end + frame);
            }

            RandomAccess.FlushToDisk(_file);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            CutBack();
            throw;
        }

        _end += frame;
    }

    /// <summary>All that waits, oldest first, one after the other.</summary>
    public IEnumerable<byte[]> Waiting()
    {
        for (var at = _readAt; at < _end;)
        {
            var record = ReadAt(at, _end) ?? throw new IOException("The spool cannot be read back.");
            at += FrameHead + record.Length;
            yield return record;
        }
    }

    /// <summary>The next records, oldest first: at least one if there is one, about <paramref name="bytes"/> in all.</summary>
    public (IReadOnlyList<byte[]> Records, long Until) Peek(int bytes)
    {
        var records = new List<byte[]>();
        var at = _readAt;
        while (at < _end && (records.Count == 0 || at - _readAt < bytes))
        {
            records.Add(ReadAt(at, _end) ?? throw new IOException("The spool cannot be read back."));
            at += FrameHead + records[^1].Length;
        }

        return (records, at);
    }

    /// <summary>Everything before <paramref name="until"/> is in the database. Once nothing is left the file is cut back.</summary>
    public void Advance(long until)
    {
        _readAt = until;
        if (IsEmpty)
        {
            RandomAccess.SetLength(_file, Magic.Length);
            RandomAccess.FlushToDisk(_file);
            (_end, _readAt) = (Magic.Length, Magic.Length);
        }
    }

    public void Dispose() => _file.Dispose();

    private SpoolFinding Scan(string path)
    {
        var length = RandomAccess.GetLength(_file);
        var head = new byte[Magic.Length];
        if (RandomAccess.Read(_file, head, 0) < head.Length || !head.AsSpan().SequenceEqual(Magic))
        {
            var other = length >= Magic.Length ? KeepTail(path, 0) : null;
            RandomAccess.SetLength(_file, 0);
            RandomAccess.Write(_file, Magic, 0);
            RandomAccess.FlushToDisk(_file);
            _end = Magic.Length;
            return new SpoolFinding(length < Magic.Length ? length : 0, other) { DamagedBytes = length < Magic.Length ? 0 : length };
        }

        _end = Magic.Length;
        while (_end < length && ReadAt(_end, length) is { } record)
        {
            _end += FrameHead + record.Length;
        }

        if (_end == length)
        {
            return new SpoolFinding(0, null);
        }

        if (length - _end >= FrameHead)
        {
            return new SpoolFinding(0, KeepTail(path, _end)) { DamagedBytes = length - _end };
        }

        CutBack();
        return new SpoolFinding(length - _end, null);
    }

    private byte[]? ReadAt(long at, long end)
    {
        var head = new byte[FrameHead];
        if (RandomAccess.Read(_file, head, at) < FrameHead)
        {
            return null;
        }

        var length = BinaryPrimitives.ReadInt32LittleEndian(head);
        if (length < 0 || at + FrameHead + length > end)
        {
            return null;
        }

        var record = new byte[length];
        return RandomAccess.Read(_file, record, at + FrameHead) == length
            && Crc(head.AsSpan(0, 4), record) == BinaryPrimitives.ReadUInt32LittleEndian(head.AsSpan(4))
            ? record
            : null;
    }

    private void CutBack()
    {
        try
        {
            RandomAccess.SetLength(_file, _end);
            RandomAccess.FlushToDisk(_file);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // The next append cuts again before it writes.
        }
    }

    private string? KeepTail(string path, long from)
    {
        using var content = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        content.Position = from;
        return new SetAside(path, _limit).Keep("damaged", content);
    }

    private static uint Crc(ReadOnlySpan<byte> length, ReadOnlySpan<byte> record) => Crc32.Append(Crc32.Append(0, length), record);
}
