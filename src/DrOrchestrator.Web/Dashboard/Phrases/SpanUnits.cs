using System.Text;

namespace DrOrchestrator.Web.Dashboard.Phrases;

/// <summary>Durations as the product writes them (<c>1.5s</c>, <c>4 min 10 s</c>, <c>3 minutes</c>) with Chinese units.</summary>
internal static class SpanUnits
{
    /// <summary>The duration with the same digits, or null when the text is not one.</summary>
    public static string? Translate(string text)
    {
        var parts = new List<(string Count, string Unit)>();
        var rest = text.AsSpan().Trim();
        while (rest.Length > 0)
        {
            var digits = rest.IndexOfAnyExcept("0123456789.-");
            if (digits <= 0)
            {
                return null;
            }

            var count = rest[..digits].ToString();
            rest = rest[digits..].TrimStart();
            var letters = rest.IndexOfAnyExceptInRange('a', 'z') is var end and >= 0 ? end : rest.Length;
            if (UnitOf(rest[..letters].ToString()) is not { } unit)
            {
                return null;
            }

            parts.Add((count, unit));
            rest = rest[letters..].TrimStart();
        }

        return parts.Count == 0 ? null : Join(parts);
    }

    private static string? UnitOf(string unit) => unit switch
    {
        "ms" => "毫秒",
        "s" or "second" or "seconds" => "秒",
        "m" or "min" or "minute" or "minutes" => "分钟",
        "h" or "hour" or "hours" => "小时",
        "d" or "day" or "days" => "天",
        _ => null,
    };

    /// <summary>Minutes before seconds are 分, alone they are 分钟.</summary>
    private static string Join(List<(string Count, string Unit)> parts)
    {
        var text = new StringBuilder();
        foreach (var (index, (count, unit)) in parts.Index())
        {
            var isFollowed = index < parts.Count - 1;
            text.Append(index == 0 ? "" : " ").Append(count).Append(' ').Append(isFollowed && unit == "分钟" ? "分" : unit);
        }

        return text.ToString();
    }
}
