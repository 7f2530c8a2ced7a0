namespace DrOrchestrator.Plans;

/// <summary>The plans of the estate in force, by name; swapped together with it.</summary>
public sealed class PlanLibrary(IReadOnlyDictionary<string, Plan> plans) : IPlans
{
    private IReadOnlyDictionary<string, Plan> _plans = plans;

    /// <summary>All plans by name.</summary>
    public IReadOnlyDictionary<string, Plan> All => Volatile.Read(ref _plans);

    IReadOnlyList<Plan> IPlans.All => [.. All.Values];

    /// <summary>The plan of that name, or null.</summary>
    public Plan? Find(string name) => All.GetValueOrDefault(name);

    /// <summary>Puts other plans in force.</summary>
    public void Swap(IReadOnlyDictionary<string, Plan> next) => Volatile.Write(ref _plans, next);
}
