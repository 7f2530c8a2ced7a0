using DrOrchestrator.Estates;
using DrOrchestrator.Kubernetes;

namespace DrOrchestrator.Drills.Steps.Namespaces;

/// <summary>What a run that made a namespace and did not remove it has left to do.</summary>
internal static class NamespaceDuty
{
    /// <summary>Nobody has seen it.</summary>
    public const string AnyUid = "-";

    private const string Word = "run-namespace";

    public static StepDuty Of(string site, string ns, string uid) => new(SubjectOf(site, ns, uid), $"remove namespace {ns} at {site}, which the run has made for itself", Holds: false);

    public static string SubjectOf(string site, string ns, string uid) => $"{Word} {site} {ns} {uid}";

    /// <summary>Whether the removal of one namespace is what was left under that subject. Pure.</summary>
    public static bool IsOf(string subject, string site, string ns) => subject.Split(' ') is [Word, var ofSite, var ofNamespace, _] && ofSite == site && ofNamespace == ns;

    /// <summary>Whether the cluster shows that it is gone.</summary>
    public static async Task<bool> IsDoneAsync(ClusterConnections connections, string subject, Estate estate, CancellationToken cancellationToken)
    {
        if (subject.Split(' ') is not [Word, var site, var ns, var uid])
        {
            return false;
        }

        try
        {
            var seen = await connections.Of(estate, site).FindAsync(RunNamespace.PathOf(ns), cancellationToken).ConfigureAwait(false);
            return seen is null || (uid != AnyUid && RunNamespace.Uid(seen) != uid);
        }
        catch (Exception e) when (ClusterFailure.Of(e, cancellationToken) is not null)
        {
            return false;
        }
    }
}
