using DrOrchestrator.Estates;

namespace DrOrchestrator.Plans;

/// <summary>One system in the overall procedure of a plan (7.5 a, content 8).</summary>
/// <param name="Priority">1 is recovered first.</param>
/// <param name="After">Systems of the plan that it depends on, directly.</param>
public sealed record RecoveryRank(string System, int Priority, IReadOnlyList<string> After);

/// <summary>In which order the systems of a plan are recovered: what a system depends on comes before it, and among the rest the more urgent one. Pure.</summary>
public static class RecoveryOrder
{
    /// <summary>The systems of a plan in that order; in the order of the plan where nothing decides.</summary>
    public static IReadOnlyList<RecoveryRank> Of(IReadOnlyList<string> systems, Estate estate)
    {
        var left = systems.Distinct(StringComparer.Ordinal)
            .Select(name => new RecoveryRank(name, PriorityOf(name, estate), [.. DependsOn(name, estate).Where(other => other != name && systems.Contains(other))]))
            .ToList();
        var ranks = new List<RecoveryRank>();
        while (left.Count > 0)
        {
            // A circle has its own error; here it must only come to an end.
            var free = left.Where(rank => !left.Exists(other => other != rank && Needs(rank.System, other.System, estate))).ToList();
            var next = (free.Count > 0 ? free : left).MinBy(rank => rank.Priority)!;
            left.Remove(next);
            ranks.Add(next);
        }

        return ranks;
    }

    /// <summary>Recovery priority of the BIA (恢复优先级); where none is declared the required tier's, so that tier 6 is 1 and tier 1 is 6.</summary>
    public static int PriorityOf(string system, Estate estate) =>
        estate.FindSystem(system) is { } found ? found.RecoveryPriority ?? 7 - found.Classify().RequiredTier : 9;

    /// <summary>Whether a system depends on another, also by way of others.</summary>
    public static bool Needs(string system, string other, Estate estate)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var open = new Stack<string>(DependsOn(system, estate));
        while (open.TryPop(out var next))
        {
            if (next == other)
            {
                return true;
            }

            if (seen.Add(next))
            {
                foreach (var further in DependsOn(next, estate))
                {
                    open.Push(further);
                }
            }
        }

        return false;
    }

    private static IReadOnlyList<string> DependsOn(string system, Estate estate) => estate.FindSystem(system)?.DependsOn ?? [];
}
