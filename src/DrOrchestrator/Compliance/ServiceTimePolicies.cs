using DrOrchestrator.Estates;

namespace DrOrchestrator.Compliance;

/// <summary>The policy by which availability takes 服务时间口径 (verdict rule 2), as it is printed beside the figure; pure.</summary>
internal static class ServiceTimePolicies
{
    /// <summary><c>Policy 5, approved by Wang</c>; null where none is in force. The approver is who reviewed the statement.</summary>
    public static string? Of(Estate estate, ProtectedSystem system, DateTimeOffset at) => estate.ServiceTimePolicyOf(system, at) is { } policy
        ? $"{policy.Source}{(system.Attestations.Contains(policy) ? "" : " of the whole estate")}, approved by {estate.FindPerson(policy.Reviewer)?.Name ?? policy.Reviewer}"
        : null;
}
