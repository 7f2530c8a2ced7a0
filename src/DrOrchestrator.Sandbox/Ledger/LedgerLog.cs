using Microsoft.Win32.SafeHandles;

namespace DrOrchestrator.Sandbox.Ledger;

/// <summary>
/// The append-only log of one store. One caller appends; anyone reads. Nothing is visible to readers before it is flushed to the disk, so whatever was ever
/// answered or replicated survives the death of the process.
/// </summary>
internal sealed class LedgerLog : IDisposable
{
    private readonly Lock _gate = new();
    private readonly List<LogRecord> _records = [];
    private readonly List<long> _writtenAt = [];
    private readonly Dictionary<string, LogRecord> _byId = new(StringComparer.Ordinal);
    private readonly SafeFileHandle _file;
    private readonly TimeProvider _time;
    private long _length;

    private LedgerLog(SafeFileHandle file, TimeProvider time)
    {
        _file = file;
        _time = time;
    }

    /// <summary>Position of the newest durable entry; 0 when there is none.</summary>
    public long End
    {
        get
        {
            lock (_gate)
            {
                return _records.Count;
            }
        }
    }

    /// <summary>
    /// Opens the log, checks the chain and cuts off a last line that a crash left unfinished (its entry was never acknowledged).
    /// </summary>
    /// <exception cref="InvalidDataException">A line before the last is damaged.</exception>
    public static LedgerLog Open(string path, TimeProvider time)
    {
        SafeFileHandle file = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        var log = new LedgerLog(file, time);
        try
        {
            log.Load(path);
            return log;
        }
        catch
        {
            log.Dispose();
            throw;
        }
    }

    /// <summary>The record after the newest one, not yet in the log.</summary>
    /// <param name="before">The record it follows where that one is itself not yet in the log.</param>
    public LogRecord Next(LedgerEntry entry, long epoch, LogRecord? before)
    {
        LogRecord? last = before ?? At(End);
        return LogRecord.Create((last?.Position ?? 0) + 1, epoch, entry, last?.Checksum ?? LogRecord.Origin);
    }

    /// <summary>Writes and flushes, then shows them to readers. Throws when the disk does; the caller must then end, for nobody knows what is on it.</summary>
    public void Append(IReadOnlyList<LogRecord> batch)
    {
        byte[] bytes = [.. batch.SelectMany(r => r.Line)];
        RandomAccess.Write(_file, bytes, _length);
        RandomAccess.FlushToDisk(_file);
        _length += bytes.Length;
        lock (_gate)
        {
            foreach (LogRecord record in batch)
            {
                Publish(record);
            }
        }
    }

    /// <summary>Cuts everything after <paramref name="position"/>.</summary>
    public void TruncateTo(long position)
    {
        lock (_gate)
        {
            foreach (LogRecord record in _records.Skip((int)position))
            {
                _length -= record.Line.Length;
                _byId.Remove(record.Entry.Id);
            }

            int keep = (int)Math.Min(position, _records.Count);
            _records.RemoveRange(keep, _records.Count - keep);
            _writtenAt.RemoveRange(keep, _writtenAt.Count - keep);
        }

        RandomAccess.SetLength(_file, _length);
        RandomAccess.FlushToDisk(_file);
    }

    public LogRecord? Find(string id)
    {
        lock (_gate)
        {
            return _byId.GetValueOrDefault(id);
        }
    }

    /// <summary>The record at a position, or null.</summary>
    public LogRecord? At(long position)
    {
        lock (_gate)
        {
            return position >= 1 && position <= _records.Count ? _records[(int)position - 1] : null;
        }
    }

    /// <summary>The checksum of the ledger up to a position, or null when the log is shorter.</summary>
    public byte[]? ChecksumAt(long position) => position == 0 ? LogRecord.Origin : At(position)?.Checksum;

    /// <summary>Up to <paramref name="max"/> records after a position, only those that are at least <paramref name="age"/> old in this process.</summary>
    public IReadOnlyList<LogRecord> ReadAfter(long position, int max, TimeSpan age)
    {
        var found = new List<LogRecord>();
        long now = _time.GetTimestamp();
        lock (_gate)
        {
            for (int i = (int)position; i < _records.Count && found.Count < max && _time.GetElapsedTime(_writtenAt[i], now) >= age; i++)
            {
                found.Add(_records[i]);
            }
        }

        return found;
    }

    /// <summary>Records whose id begins with <paramref name="prefix"/>, in order, with the end of the log they were read from.</summary>
    public (long End, IReadOnlyList<LogRecord> Records) Search(string prefix)
    {
        lock (_gate)
        {
            return (_records.Count, _records.Where(r => r.Entry.Id.StartsWith(prefix, StringComparison.Ordinal)).ToList());
        }
    }

    public void Dispose() => _file.Dispose();

    private void Load(string path)
    {
        byte[] bytes = File.ReadAllBytes(path);
        byte[] checksum = LogRecord.Origin;
        int start = 0;
        while (start < bytes.Length)
        {
            int end = Array.IndexOf(bytes, (byte)'\n', start);
            LogRecord? record = end < 0 ? null : LogRecord.Parse(bytes.AsSpan(start, end - start), checksum);
            if (record is null && end >= 0 && end < bytes.Length - 1)
            {
                throw new InvalidDataException($"{path}: the line after position {_records.Count} does not follow it; the log is damaged and this store will not serve it");
            }

            if (record is null)
            {
                break;
            }

            Publish(record);
            checksum = record.Checksum;
            start = end + 1;
        }

        _length = start;
        if (start < bytes.Length)
        {
            RandomAccess.SetLength(_file, start);
            RandomAccess.FlushToDisk(_file);
        }
    }

    private void Publish(LogRecord record)
    {
        _records.Add(record);
        _writtenAt.Add(_time.GetTimestamp());
        _byId[record.Entry.Id] = record;
    }
}
