using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace DrOrchestrator.Kubernetes;

/// <summary>
/// One output of a command in a container. All of it is counted; kept are its first and its last bytes, so that its memory has a bound whatever comes. Bytes are taken as they come: a character may be
/// split over messages. Not for two threads at once.
/// </summary>
/// <param name="first">How many bytes from the beginning are kept.</param>
/// <param name="last">How many from the end, besides those.</param>
internal sealed class ExecOutput(int first, int last)
{
    private readonly MemoryStream _first = new();

    /// <summary>A ring.</summary>
    private readonly byte[] _last = new byte[last];

    /// <summary>Bytes that came.</summary>
    public long Total { get; private set; }

    /// <summary>Bytes that are kept.</summary>
    public int Kept => (int)Math.Min(Total, first + last);

    /// <summary>Whether there are bytes between those kept that are not.</summary>
    public bool IsCut => Total > first + last;

    /// <summary>Whether what is kept is text in UTF-8, and no NUL in it.</summary>
    public bool IsText => Parts() is var parts && parts.All(part => Utf8.IsValid(part) && !part.AsSpan().Contains((byte)0));

    /// <summary>What is kept, as it came; where bytes are missing between, nothing marks the place.</summary>
    public byte[] Bytes => [.. _first.ToArray(), .. Ending()];

    /// <summary>What is kept, as text; where bytes are missing between, a line says how many.</summary>
    public string Text
    {
        get
        {
            var parts = Parts();
            return string.Join(string.Create(CultureInfo.InvariantCulture, $"\n[{Total - parts.Sum(part => part.Length)} bytes are left out here]\n"), parts.Select(Encoding.UTF8.GetString));
        }
    }

    public void Add(ReadOnlySpan<byte> bytes)
    {
        var beginning = bytes[..(int)Math.Min(first - _first.Length, bytes.Length)];
        _first.Write(beginning);
        var rest = bytes[beginning.Length..];
        var passed = Math.Max(0, rest.Length - last);
        if (last > 0)
        {
            var at = (int)((Total + beginning.Length - _first.Length + passed) % last);
            var kept = rest[passed..];
            var upToTheEnd = Math.Min(kept.Length, last - at);
            kept[..upToTheEnd].CopyTo(_last.AsSpan(at));
            kept[upToTheEnd..].CopyTo(_last);
        }

        Total += bytes.Length;
    }

    /// <summary>One part, or the two on either side of what is left out, each without the pieces of a character that was cut there.</summary>
    private byte[][] Parts() => !IsCut ? [Bytes] : [.. ((byte[][])[WithoutOpenEnd(_first.ToArray()), WithoutOpenBeginning(Ending())]).Where(part => part.Length > 0 || last == 0)];

    private byte[] Ending()
    {
        var count = Total - _first.Length;
        if (count <= last)
        {
            return _last[..(int)count];
        }

        var at = (int)(count % last);
        return [.. _last.AsSpan(at), .. _last.AsSpan(0, at)];
    }

    private static byte[] WithoutOpenEnd(byte[] bytes)
    {
        for (var count = 1; count < 4 && count <= bytes.Length; count++)
        {
            if (Rune.DecodeFromUtf8(bytes.AsSpan(bytes.Length - count), out _, out _) == System.Buffers.OperationStatus.NeedMoreData)
            {
                return bytes[..^count];
            }
        }

        return bytes;
    }

    private static byte[] WithoutOpenBeginning(byte[] bytes)
    {
        var count = 0;
        while (count < 3 && count < bytes.Length && (bytes[count] & 0xC0) == 0x80)
        {
            count++;
        }

        return bytes[count..];
    }
}
