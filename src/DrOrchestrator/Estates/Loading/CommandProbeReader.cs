using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;
using DrOrchestrator.Estates.Yaml;

namespace DrOrchestrator.Estates.Loading;

/// <summary>Reads <c>with:</c> of a <c>command</c> probe. Whether the program is allowed is the server's word, not the estate's.</summary>
internal static class CommandProbeReader
{
    public static CommandProbeSettings Read(StrictMap with, EstateScope scope)
    {
        var program = with.Parse<string>("program", "the full path of a program", TryFullPath, "/");
        var arguments = with.Items("arguments", required: false).Select(item => StrictMap.AsScalar(item, "an item of 'arguments'", "a text", with.Problems)?.Text ?? "").ToList();
        var codes = with.OptionalWord<CommandExitCodes>("exit-codes") ?? CommandExitCodes.Plain;
        var pattern = with.Parse<string?>("value", "a regular expression with one group, without look-around and back references", TryPattern, null, required: false);
        var limits = ValueLimitsKeys.Read(with);
        if (limits.Any && !with.Has("value"))
        {
            with.Problems.Add(with.Place, "limits without 'value'", "a regular expression that finds the number in the output", "Add 'value:'.");
        }

        return new CommandProbeSettings(program, arguments, codes, pattern, limits);
    }

    /// <summary>A path that leads to one file from wherever it is read.</summary>
    public static bool TryFullPath(string text, out string path)
    {
        path = text;
        return text.StartsWith('/') && !text.EndsWith('/') && Path.GetFullPath(text) == text;
    }

    private static bool TryPattern(string text, [NotNullWhen(true)] out string? pattern)
    {
        pattern = text;
        try
        {
            return new Regex(text, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant).GetGroupNumbers().Length == 2;
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            return false;
        }
    }
}
