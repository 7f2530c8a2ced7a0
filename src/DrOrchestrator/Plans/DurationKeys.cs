using DrOrchestrator.Estates.Yaml;

namespace DrOrchestrator.Plans;

/// <summary>Durations as values of keys.</summary>
internal static class DurationKeys
{
    /// <summary>A required duration within bounds.</summary>
    public static TimeSpan Duration(this StrictMap map, string key, TimeSpan least, TimeSpan most) => map.Read(key, least, most, required: true) ?? least;

    /// <summary>An optional duration within bounds; null when absent.</summary>
    public static TimeSpan? OptionalDuration(this StrictMap map, string key, TimeSpan least, TimeSpan most) => map.Read(key, least, most, required: false);

    private static TimeSpan? Read(this StrictMap map, string key, TimeSpan least, TimeSpan most, bool required)
    {
        if (map.Scalar(key, required, Durations.Allowed) is not { } scalar)
        {
            return null;
        }

        if (!Durations.TryParse(scalar.Text, out var value))
        {
            map.Problems.Add(scalar.Place, $"'{key}' is {Problems.Quote(scalar.Text)}", Durations.Allowed, "Write a duration.");
            return null;
        }

        if (value < least || value > most)
        {
            map.Problems.Add(scalar.Place, $"'{key}' is {Problems.Quote(scalar.Text)}", $"{Durations.Format(least)} to {Durations.Format(most)}", "Choose a value in range.");
            return null;
        }

        return value;
    }
}
