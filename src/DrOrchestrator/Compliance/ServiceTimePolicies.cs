using System.Globalization;
using DrOrchestrator.Estates;

namespace DrOrchestrator.Compliance;

/// <summary>The policy by which availability takes 服务时间口径 (verdict rule 2), as it is printed beside the figure; pure.</summary>
internal static class ServiceTimePolicies
{
    /// <summary><c>Policy 5, approved by Wang</c>; null where none is in force. The approver is who reviewed the statement.</summary>
    public static string? Of(Estate estate, ProtectedSystem system, DateTimeOffset at) => estate.ServiceTimePolicyOf(system, at) is { } policy
        ? $"{policy.Source}{(system.Attestations.Contains(policy) ? "" : " of the whole estate")}, approved by {estate.FindPerson(policy.Reviewer)?.Name ?? policy.Reviewer}"
        : null;

    /// <summary>
    /// By what a window is judged that began at <paramref name="from"/> and goes on: the policy in force, where statements speak for every day of it up to now, one after the other. What
    /// is stated later changes nothing of the days before it: then no policy, and a note that says so.
    /// </summary>
    /// <param name="from">By the estate's wall clock, as <paramref name="at"/>.</param>
    public static (string? Policy, string? Note) OfWindow(Estate estate, ProtectedSystem system, DateTimeOffset from, DateTimeOffset at)
    {
        if (Of(estate, system, at) is not { } policy)
        {
            return (null, null);
        }

        var since = DateOnly.FromDateTime(at.DateTime);
        while (estate.ServiceTimePolicyOf(system, new DateTimeOffset(since.ToDateTime(TimeOnly.MinValue), at.Offset)) is { } statement)
        {
            since = statement.From.AddDays(-1);
        }

        since = since.AddDays(1);
        return since <= DateOnly.FromDateTime(from.DateTime)
            ? (policy, null)
            : (null, string.Create(CultureInfo.InvariantCulture, $"not over committed service time: {policy}, speaks only from {since:yyyy-MM-dd} on"));
    }
}
