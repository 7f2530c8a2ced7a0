using System.Buffers.Text;
using DrOrchestrator.Verifier.Json;

namespace DrOrchestrator.Verifier.Log;

/// <summary>A header line, checked against its one canonical spelling and cut into the parts that are needed; nothing is copied.</summary>
internal ref struct HeaderLine
{
    public ReadOnlySpan<byte> Kind { get; private set; }

    /// <summary>64 hex digits.</summary>
    public ReadOnlySpan<byte> PayloadHash { get; private set; }

    /// <summary>0 when the record has no run.</summary>
    public long Run { get; private set; }

    public long Sequence { get; private set; }

    /// <summary>27 characters; their order is the order in time.</summary>
    public ReadOnlySpan<byte> Time { get; private set; }

    /// <summary>Reads a line; on failure <paramref name="scan"/> says where and what.</summary>
    public static bool TryParse(ref JsonScan scan, out HeaderLine header)
    {
        header = default;
        if (!scan.Literal("{\"actor\":"u8) || !scan.String(out var actor) || !scan.Require(!actor.IsEmpty, "an actor")
            || !scan.Literal(",\"kind\":"u8) || !scan.String(out var kind) || !scan.Require(IsKind(kind), "a dotted lower-case word as kind")
            || !scan.Literal(",\"payload\":"u8) || !scan.String(out var hash) || !scan.Require(hash.Length == 64 && !hash.ContainsAnyExcept(ByteSets.Hex), "64 lower-case hex digits")
            || !scan.Literal(",\"run\":"u8) || !NumberOrNull(ref scan, out var run)
            || !scan.Literal(",\"seq\":"u8) || !Number(ref scan, out var sequence)
            || !scan.Literal(",\"system\":"u8) || !StringOrNull(ref scan)
            || !scan.Literal(",\"time\":"u8) || !scan.String(out var time) || !scan.Require(IsTime(time), "a moment as 2026-11-22T08:00:00.000000Z")
            || !scan.Literal("}"u8) || !scan.Require(scan.AtEnd, "the end of the line"))
        {
            return false;
        }

        header.Kind = kind;
        header.PayloadHash = hash;
        header.Run = run;
        header.Sequence = sequence;
        header.Time = time;
        return true;
    }

    private static bool StringOrNull(ref JsonScan scan) => scan.IsNext('n') ? scan.Literal("null"u8) : scan.String(out _);

    private static bool NumberOrNull(ref JsonScan scan, out long value)
    {
        value = 0;
        return scan.IsNext('n') ? scan.Literal("null"u8) : Number(ref scan, out value) && scan.Require(value > 0, "a run number from 1");
    }

    /// <summary>A decimal in quotes, without leading zeros.</summary>
    internal static bool Number(ref JsonScan scan, out long value)
    {
        value = 0;
        return scan.String(out var digits)
            && scan.Require(
                digits.Length is > 0 and <= 18 && !digits.ContainsAnyExceptInRange((byte)'0', (byte)'9') && (digits[0] != '0' || digits.Length == 1)
                && Utf8Parser.TryParse(digits, out value, out _),
                "a whole number in quotes, without leading zeros");
    }

    private static bool IsKind(ReadOnlySpan<byte> kind)
    {
        if (kind.Length is 0 or > 100)
        {
            return false;
        }

        var startsWord = true;
        foreach (var c in kind)
        {
            var letter = c is >= (byte)'a' and <= (byte)'z';
            if (!(letter || (!startsWord && (c is (byte)'-' or (byte)'.' || c is >= (byte)'0' and <= (byte)'9'))))
            {
                return false;
            }

            startsWord = c == '.';
        }

        return !startsWord;
    }

    private static bool IsTime(ReadOnlySpan<byte> time)
    {
        ReadOnlySpan<byte> shape = "0000-00-00T00:00:00.000000Z"u8;
        if (time.Length != shape.Length)
        {
            return false;
        }

        for (var i = 0; i < shape.Length; i++)
        {
            if (shape[i] == '0' ? time[i] is < (byte)'0' or > (byte)'9' : time[i] != shape[i])
            {
                return false;
            }
        }

        var (year, month, day) = (Two(time, 0) * 100 + Two(time, 2), Two(time, 5), Two(time, 8));
        return year > 0 && month is >= 1 and <= 12 && day >= 1 && day <= DateTime.DaysInMonth(year, month) && Two(time, 11) < 24 && Two(time, 14) < 60 && Two(time, 17) < 60;
    }

    private static int Two(ReadOnlySpan<byte> time, int at) => ((time[at] - '0') * 10) + time[at + 1] - '0';
}
