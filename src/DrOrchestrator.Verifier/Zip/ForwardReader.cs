namespace DrOrchestrator.Verifier.Zip;

/// <summary>A window that moves forward over a stream: as large as the longest thing looked at, never larger than its bound, whatever sizes a pack claims.</summary>
internal sealed class ForwardReader(Stream stream)
{
    /// <summary>The most that can be looked at at once.</summary>
    public const int Window = 4 << 20;

    private byte[] _buffer = new byte[1 << 16];
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
            // Twice what is asked, so that not every line moves the rest of the buffer.
            var target = 2L * count > _buffer.Length ? GC.AllocateUninitializedArray<byte>((int)Math.Min(Window, Math.Max(2L * count, 2L * _buffer.Length))) : _buffer;
            Buffer.BlockCopy(_buffer, _start, target, 0, _end - _start);
            (_buffer, _start, _end) = (target, 0, _end - _start);
            while (_end < _buffer.Length && !_ended)
            {
                var read = stream.Read(_buffer, _end, _buffer.Length - _end);
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
