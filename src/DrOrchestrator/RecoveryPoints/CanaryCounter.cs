using System.Globalization;
using System.Text.Json;

namespace DrOrchestrator.RecoveryPoints;

/// <summary>Counts what a switch lost (实测数据丢失量); pure.</summary>
internal static class CanaryCounter
{
    /// <summary>Counts markers against the numbers that survived.</summary>
    public static CanaryCount Count(IReadOnlyList<Marker> markers, IReadOnlySet<long> survivors)
    {
        var acknowledged = markers.Where(m => m.Fate == MarkerFate.Acknowledged).ToList();
        var inDoubt = markers.Where(m => m.Fate is MarkerFate.InDoubt or MarkerFate.Sent).ToList();
        var lost = acknowledged.Where(m => !survivors.Contains(m.Number)).ToList();
        return new CanaryCount(
            markers.Count,
            acknowledged.Count,
            inDoubt.Count,
            markers.Count(m => m.Fate == MarkerFate.Refused),
            lost.Count,
            lost.Count == 0 ? 0 : LostSeconds(acknowledged, survivors),
            inDoubt.Count(m => survivors.Contains(m.Number)));
    }

    /// <summary>What users notice of a switch: the longest time between two markers that were acknowledged, seconds; 0 with fewer than two.</summary>
    public static double LongestGapSeconds(IReadOnlyList<Marker> markers)
    {
        var answered = markers.Where(m => m.Fate == MarkerFate.Acknowledged).Select(m => m.AnsweredAt ?? m.SentAt).Order().ToList();
        return answered.Count < 2 ? 0 : answered.Zip(answered.Skip(1), (one, next) => (next - one).TotalSeconds).Max();
    }

    /// <summary>The numbers in <c>{"entries":[{"id":"PREFIXNUMBER"}]}</c>; other ids are somebody else's.</summary>
    /// <exception cref="FormatException">The answer has another form.</exception>
    public static IReadOnlySet<long> Survivors(byte[] answer, string prefix)
    {
        try
        {
            using var document = JsonDocument.Parse(answer);
            var numbers = new HashSet<long>();
            foreach (var entry in document.RootElement.GetProperty("entries").EnumerateArray())
            {
                var id = entry.GetProperty("id").GetString() ?? "";
                if (id.StartsWith(prefix, StringComparison.Ordinal)
                    && long.TryParse(id.AsSpan(prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                {
                    numbers.Add(number);
                }
            }

            return numbers;
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new FormatException($"the list of survivors is not {{\"entries\":[{{\"id\":...}}]}}: {exception.Message}", exception);
        }
    }

    /// <summary>With no survivor at all, the loss reaches back to the first acknowledged marker.</summary>
    private static double LostSeconds(List<Marker> acknowledged, IReadOnlySet<long> survivors)
    {
        var newestSurvivor = acknowledged.LastOrDefault(m => survivors.Contains(m.Number)) ?? acknowledged[0];
        return (acknowledged[^1].SentAt - newestSurvivor.SentAt).TotalSeconds;
    }
}
