namespace DrOrchestrator.Plans;

/// <summary>The plans of the estate in force, all of them already found valid.</summary>
public interface IPlans
{
    /// <summary>In the order of the estate.</summary>
    IReadOnlyList<Plan> All { get; }
}
