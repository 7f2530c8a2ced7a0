using DrOrchestrator.Estates;

namespace DrOrchestrator.Plans;

/// <summary>The order of a plan's steps, from their <see cref="PlanStep.Needs"/>. Pure; unknown needs are left to the loader and count as nothing here.</summary>
public sealed class PlanGraph
{
    private readonly List<PlanStep> _steps;
    private readonly Dictionary<string, PlanStep> _byName;
    private readonly Dictionary<string, HashSet<string>> _ancestors = new(StringComparer.Ordinal);

    /// <summary>Steps in file order.</summary>
    public PlanGraph(IEnumerable<PlanStep> steps)
    {
        _steps = [.. steps];
        _byName = _steps.DistinctBy(step => step.Name).ToDictionary(step => step.Name, StringComparer.Ordinal);
    }

    /// <summary>The graph of a plan: the switch and the way back.</summary>
    public static PlanGraph Of(Plan plan) => new(plan.AllSteps);

    /// <summary>Circles in <c>needs</c>, each as the way around (<c>a, b, a</c>); none in a loaded plan.</summary>
    public IReadOnlyList<IReadOnlyList<string>> FindCycles() => Cycles.Find([.. _byName.Keys], NeedsOf);

    /// <summary>Every step that must be done before <paramref name="step"/> may begin.</summary>
    public IReadOnlySet<string> AncestorsOf(string step)
    {
        if (_ancestors.TryGetValue(step, out var known))
        {
            return known;
        }

        var ancestors = new HashSet<string>(StringComparer.Ordinal);
        var open = new Stack<string>(NeedsOf(step));
        while (open.TryPop(out var next))
        {
            if (ancestors.Add(next))
            {
                foreach (var need in NeedsOf(next))
                {
                    open.Push(need);
                }
            }
        }

        _ancestors[step] = ancestors;
        return ancestors;
    }

    /// <summary>The steps, in file order, that are not done and whose needs all are. Those already begun are among them: the caller knows which.</summary>
    public IReadOnlyList<PlanStep> ReadySteps(IReadOnlySet<string> done) =>
        [.. _steps.Where(step => !done.Contains(step.Name) && step.Needs.All(done.Contains))];

    private IReadOnlyList<string> NeedsOf(string step) => _byName.TryGetValue(step, out var found) ? [.. found.Needs.Where(_byName.ContainsKey)] : [];
}
