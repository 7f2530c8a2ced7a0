using DrOrchestrator.Kubernetes.Watching;

namespace DrOrchestrator.Web.Tests;

/// <summary>One site that is known, one that is not any more, one that never was.</summary>
internal sealed class FakeSitePods : ISitePods
{
    public IReadOnlyList<SitePods> Read() =>
    [
        new("primary", "ledger", new PodCounts(4, 2, new Dictionary<string, int> { ["Running"] = 3, ["Pending"] = 1 }, new Dictionary<string, int> { ["CrashLoopBackOff"] = 1, ["Unschedulable"] = 1 }), Samples.Start, TimeSpan.FromSeconds(12.4), null),
        new("dr", "ledger", null, Samples.Start, TimeSpan.FromSeconds(181.5), "the list was not read within 30 s"),
        new("remote", "<ledger>", null, null, null, "no connection to 10.0.0.1:6443 within 3 s"),
    ];
}
