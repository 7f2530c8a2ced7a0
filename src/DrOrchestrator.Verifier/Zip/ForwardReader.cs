namespace DrOrchestrator.Verifier.Zip;

/// <summary>A window that moves forward over a stream and is never larger than its buffer, whatever sizes a pack claims.</summary>
internal sealed class ForwardReader(Stream stream)
{
    /// <summary>The most that can be looked at at once.</summary>
    public const int Window = 4 << 20;

    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(Window);
    private int _start;
    private int _end;
    private bool _ended;

    /// <summary>Position in the file.</summary>
    public long Offset { get; private set; }

    /// <summary>The next <paramref name="count"/> bytes, fewer only at the end of the file. Valid until the next call.</summary>
    public ReadOnlySpan<byte> Peek(int count)
    {
        if (_end - _start < count && !_ended)
        {
            Buffer.BlockCopy(_buffer, _start, _buffer, 0, _end - _start);
            (_start, _end) = (0, _end - _start);
            while (_end < Window && !_ended)
            {
                var read = stream.Read(_buffer, _end, Window - _end);
                _end += read;
                _ended = read == 0;
            }
        }

        return _buffer.AsSpan(_start, Math.Min(count, _end - _start));
    }

    /// <summary>Moves on over bytes that were looked at.</summary>
    public void Skip(int count)
    {
        _start += count;
        Offset += count;
    }
}
