using System.Text.RegularExpressions;
using k8s.Models;

namespace DrOrchestrator.Drills.Steps;

/// <summary>Quantities of Kubernetes (<c>2</c>, <c>500m</c>, <c>4Gi</c>) as plans write them. Pure.</summary>
internal static partial class Quantities
{
    /// <summary>For what is wrong with one.</summary>
    public const string Examples = "2, 500m, 4Gi";

    public static bool IsOne(string? text) => text is not null && Pattern().IsMatch(text);

    /// <summary>As a number; of what is none, 0.</summary>
    public static decimal Amount(string? text) => IsOne(text) ? new ResourceQuantity(text).ToDecimal() : 0;

    // More digits are more bytes than a server counts, and than a decimal holds.
    [GeneratedRegex("^[0-9]{1,15}(\\.[0-9]{1,9})?(m|k|Ki|M|Mi|G|Gi|T|Ti)?$", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
