using System.Globalization;

namespace DrOrchestrator.Drills.Steps.Postgres;

/// <summary>A position in PostgreSQL's log (LSN), written as PostgreSQL writes it: <c>16/B374D848</c>. Positions compare only on one timeline.</summary>
internal readonly record struct LogSequence(ulong Value) : IComparable<LogSequence>
{
    /// <summary>Records begin at multiples of this many bytes.</summary>
    private const ulong Alignment = 8;

    /// <summary>In front of what a page carries on of a record that began before it.</summary>
    private const ulong PageHeader = 24;

    /// <summary>The same at the first page of a segment.</summary>
    private const ulong SegmentHeader = 40;

    public static bool operator <(LogSequence one, LogSequence other) => one.Value < other.Value;

    public static bool operator >(LogSequence one, LogSequence other) => one.Value > other.Value;

    public static bool operator <=(LogSequence one, LogSequence other) => one.Value <= other.Value;

    public static bool operator >=(LogSequence one, LogSequence other) => one.Value >= other.Value;

    /// <summary>Null where the text is no LSN.</summary>
    public static LogSequence? Parse(string? text) =>
        text?.Split('/') is [var high, var low]
        && uint.TryParse(high, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var upper)
        && uint.TryParse(low, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var lower)
            ? new LogSequence(((ulong)upper << 32) | lower)
            : null;

    /// <summary>Where a record ends, as a server that has replayed it says: its bytes, the headers of the pages it goes on over, and the alignment of the next.</summary>
    /// <param name="length">Bytes of the record, without page headers.</param>
    /// <param name="blockSize">Bytes of a page of the log.</param>
    /// <param name="segmentSize">Bytes of a file of the log.</param>
    public LogSequence EndOfRecord(ulong length, ulong blockSize, ulong segmentSize)
    {
        var at = Value;
        for (var left = length; ;)
        {
            var room = blockSize - (at % blockSize);
            if (left <= room)
            {
                return new LogSequence((at + left + Alignment - 1) / Alignment * Alignment);
            }

            at += room;
            left -= room;
            at += at % segmentSize == 0 ? SegmentHeader : PageHeader;
        }
    }

    public int CompareTo(LogSequence other) => Value.CompareTo(other.Value);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Value >> 32:X}/{Value & 0xffffffff:X}");
}
