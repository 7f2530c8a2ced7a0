using System.Text.RegularExpressions;
using DrOrchestrator.Estates.Yaml;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Estates.Loading;

/// <summary>Reads <c>with:</c> of a recovery point of kind <c>files</c>: the moment stands in the name, in a manifest, or is said to be the time of the file.</summary>
internal static class FilesPointReader
{
    private static readonly TimeSpan ShortestQuiet = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestQuiet = TimeSpan.FromDays(1);

    public static RecoveryPointSettings Read(StrictMap with, PointScope scope)
    {
        var (standby, folder) = (scope.Standby(with), PointScope.FullPath(with, "folder"));
        var name = with.Parse<string>("name", "a regular expression without look-around and back references", TryPattern, "(?<time>.*)");
        var format = with.Format();
        var manifest = with.JsonPath("manifest", required: false);
        var modified = with.Flag("modified");
        var ways = (HasTime(name) ? 1 : 0) + (manifest.Length > 0 ? 1 : 0) + (modified ? 1 : 0);
        if (ways != 1 && with.Has("name"))
        {
            with.Problems.Add(
                with.PlaceOf("name"),
                ways == 0 ? "nothing says which moment a file represents" : "the moment a file represents is said twice",
                "one of: a group (?<time>...) in 'name', 'manifest', 'modified: true'",
                ways == 0 ? "Put a group (?<time>...) around the date in 'name'." : "Keep one of them.");
        }

        var (marker, unchangedFor) = Complete(with);
        return with.Common(mayBeContinuous: false, new FilesPointSettings(standby, folder, name, format, manifest.Length > 0 ? manifest : null, modified) { Marker = marker, UnchangedFor = unchangedFor });
    }

    /// <summary><c>complete: { marker: .done }</c> or <c>complete: { unchanged-for: 10m }</c>.</summary>
    private static (string? Marker, TimeSpan UnchangedFor) Complete(StrictMap with)
    {
        if (with.Map("complete", required: false, "how a whole copy is known") is not { } map)
        {
            return (null, TimeSpan.Zero);
        }

        var marker = map.Parse<string>("marker", "the end of a name that begins with a dot, such as .done", TryMarker, "", required: false);
        var unchangedFor = map.OptionalDuration("unchanged-for", ShortestQuiet, LongestQuiet);
        if (map.IsEmpty)
        {
            map.Problems.Add(map.Place, "nothing says how a whole copy is known", "one of: 'marker', 'unchanged-for'", "Name one of them, or remove 'complete'.");
        }

        if (map.Has("marker") && map.Has("unchanged-for"))
        {
            map.Problems.Add(map.Place, "how a whole copy is known is said twice", "one of: 'marker', 'unchanged-for'", "Keep one of them.");
        }

        map.Close();
        return (marker.Length > 0 ? marker : null, unchangedFor ?? TimeSpan.Zero);
    }

    private static bool TryMarker(string text, out string marker)
    {
        marker = text;
        return text.Length is > 1 and <= 40 && text[0] == '.' && !text.Any(c => c is '/' or '\\' || char.IsControl(c) || char.IsWhiteSpace(c));
    }

    private static bool HasTime(string pattern) => new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant).GetGroupNames().Contains("time");

    private static bool TryPattern(string text, out string pattern)
    {
        pattern = text;
        try
        {
            _ = HasTime(text);
            return true;
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            return false;
        }
    }
}
