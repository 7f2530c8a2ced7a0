using System.Text.RegularExpressions;

namespace DrOrchestrator.Discovery;

/// <summary>Texts of a cluster as YAML: nothing in them can end its scalar or its comment.</summary>
internal static partial class YamlText
{
    private static readonly HashSet<string> Words = new(["null", "true", "false", "yes", "no", "on", "off", "y", "n"], StringComparer.Ordinal);

    /// <summary>Plain where every reader of YAML takes it for a text, in quotes otherwise.</summary>
    public static string Scalar(string text) => Plain().IsMatch(text) && !Words.Contains(text) ? text : $"'{OneLine(text).Replace("'", "''", StringComparison.Ordinal)}'";

    /// <summary>Without anything that ends a line or that YAML does not let stand in one.</summary>
    public static string OneLine(string text) => Unprintable().Replace(text, "?");

    [GeneratedRegex(@"^[a-z][a-z0-9]*([-./][a-z0-9]+)*\z")]
    private static partial Regex Plain();

    [GeneratedRegex(@"[\p{Cc}\u2028\u2029\uFEFF\uFFFE\uFFFF]")]
    private static partial Regex Unprintable();
}
