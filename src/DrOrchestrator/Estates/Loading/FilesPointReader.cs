using System.Text.RegularExpressions;
using DrOrchestrator.Estates.Yaml;

namespace DrOrchestrator.Estates.Loading;

/// <summary>Reads <c>with:</c> of a recovery point of kind <c>files</c>: the moment stands in the name, in a manifest, or is said to be the time of the file.</summary>
internal static class FilesPointReader
{
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

        return with.Common(mayBeContinuous: false, new FilesPointSettings(standby, folder, name, format, manifest.Length > 0 ? manifest : null, modified));
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
