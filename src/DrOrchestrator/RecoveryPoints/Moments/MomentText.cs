using System.Globalization;
using System.Text.Json;
using DrOrchestrator.Estates;

namespace DrOrchestrator.RecoveryPoints.Moments;

/// <summary>Reads moments as estates say they are written; pure.</summary>
internal static class MomentText
{
    /// <summary>The moment, or null where the text is none.</summary>
    public static DateTimeOffset? Parse(string text, MomentFormat format)
    {
        switch (format.Format)
        {
            case MomentFormat.Rfc3339:
                return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out var known) && HasDate(text)
                    ? Zoned(text, known, format.Zone)
                    : null;
            case MomentFormat.UnixSeconds or MomentFormat.UnixMilliseconds:
                return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
                    ? FromUnix(format.Format is MomentFormat.UnixSeconds ? number : number / 1000)
                    : null;
            default:
                return DateTime.TryParseExact(text, format.Format, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out var exact)
                    ? exact.Kind is DateTimeKind.Utc ? new DateTimeOffset(exact) : InZone(exact, format.Zone)
                    : null;
        }
    }

    /// <summary>Seconds since 1970; null where they are no moment of these centuries.</summary>
    public static DateTimeOffset? FromUnix(double seconds) =>
        seconds is > 0 and < 253402300799 ? DateTimeOffset.UnixEpoch.AddTicks((long)(seconds * TimeSpan.TicksPerSecond)) : null;

    /// <summary>What stands at a place of a document, as text; null where there is nothing.</summary>
    public static string? Find(JsonElement root, string path)
    {
        foreach (var part in path.Replace("[", ".[", StringComparison.Ordinal).Split('.', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part[0] is '[')
            {
                if (root.ValueKind is not JsonValueKind.Array || !int.TryParse(part.AsSpan(1, part.Length - 2), NumberStyles.None, CultureInfo.InvariantCulture, out var index) || index >= root.GetArrayLength())
                {
                    return null;
                }

                root = root[index];
            }
            else if (root.ValueKind is not JsonValueKind.Object || !root.TryGetProperty(part, out root))
            {
                return null;
            }
        }

        return root.ValueKind switch
        {
            JsonValueKind.String => root.GetString(),
            JsonValueKind.Number => root.GetRawText(),
            _ => null,
        };
    }

    private static bool HasDate(string text) => text.Length >= 10 && char.IsAsciiDigit(text[0]) && text[4] is '-';

    // Without a zone of its own the text is in that of the estate, not in that of this machine.
    private static DateTimeOffset Zoned(string text, DateTimeOffset known, TimeZoneInfo zone) =>
        DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var plain) && plain.Kind is DateTimeKind.Unspecified ? InZone(plain, zone) : known;

    /// <summary>An hour that happens twice in autumn is taken as the earlier one: too old, never too young. One that never happens moves on.</summary>
    private static DateTimeOffset InZone(DateTime local, TimeZoneInfo zone) =>
        new(local, zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local).Max() : zone.GetUtcOffset(local));
}
