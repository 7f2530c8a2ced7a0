using System.Text.RegularExpressions;

namespace DrOrchestrator.Estates.Loading;

/// <summary>How objects of a cluster are called in an estate (RFC 1123, as Kubernetes has it).</summary>
internal static partial class ClusterObjectName
{
    public const string Allowed = "a name of the cluster: lower-case letters, digits, dots and hyphens, up to 63 characters";

    public static bool Is(string text) => Form().IsMatch(text);

    public static bool TryRead(string text, out string name)
    {
        name = text;
        return Is(text);
    }

    [GeneratedRegex(@"^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?\z")]
    private static partial Regex Form();
}
