using System.Globalization;
using k8s.Models;

namespace DrOrchestrator.Drills.Gates;

/// <summary>How many pods a PodDisruptionBudget lets be evicted at once, as the disruption controller counts (percentages are rounded up). Pure.</summary>
internal static class BudgetCover
{
    /// <param name="pods">Of all that it covers, 0 or more.</param>
    /// <returns>0 to <paramref name="pods"/>; null where its numbers cannot be read.</returns>
    public static int? Disruptions(V1PodDisruptionBudget budget, int pods)
    {
        if (budget.Spec.MaxUnavailable?.Value is { Length: > 0 } most)
        {
            return Scaled(most, pods) is { } unavailable ? Math.Clamp(unavailable, 0, pods) : null;
        }

        return budget.Spec.MinAvailable?.Value is { Length: > 0 } least ? Scaled(least, pods) is { } available ? Math.Clamp(pods - available, 0, pods) : null : pods;
    }

    private static int? Scaled(string text, int pods) => text.EndsWith('%')
        ? int.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var percent) ? (int)Math.Ceiling(percent * pods / 100m) : null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
