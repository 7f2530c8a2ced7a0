using DrOrchestrator.Testing.Kubernetes;

namespace DrOrchestrator.Benchmarks;

/// <summary>What it costs <c>dro serve</c> to follow 5,000 pods in two clusters, which this process plays on the wire, beside the same server with the same two clusters empty.</summary>
internal static class PodsBenchmark
{
    private const int PodsOfEach = 2500;

    // Metadata that servers send along and nobody here needs; a pod is then about as long as real ones are.
    private const int Padding = 6000;

    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(60);

    public static async Task RunAsync(Published published, WorkFolder work, Report report)
    {
        var (_, idleResident, idleAnonymous, idleShare) = await MeasureAsync(published, work, "empty", 0);
        var (ready, resident, anonymous, share) = await MeasureAsync(published, work, "full", PodsOfEach);
        report.Add(new Figure($"from the ready line until {2 * PodsOfEach} pods of two clusters are known and followed ({published.Form})", $"{ready.TotalSeconds:F2} s", "< 3 s", ready.TotalSeconds < 3));
        report.Add(new Figure("... resident above the idle server, 60 s later", $"{resident - idleResident:F0} MB ({idleResident:F0} to {resident:F0})", "<= 80 MB", resident - idleResident <= 80));
        report.Add(new Figure("... of it anonymous", $"{anonymous - idleAnonymous:F0} MB ({idleAnonymous:F0} to {anonymous:F0})"));
        report.Add(new Figure("... processor above the idle server while nothing changes", $"{(share - idleShare) * 100:F2} % of a core ({idleShare * 100:F2} to {share * 100:F2})", "< 2 %", share - idleShare < 0.02));
    }

    private static async Task<(TimeSpan Ready, double Resident, double Anonymous, double Share)> MeasureAsync(Published published, WorkFolder work, string name, int count)
    {
        await using var first = await FakeCluster.StartAsync();
        await using var second = await FakeCluster.StartAsync();
        FakePods[] pods = [new(first), new(second)];
        foreach (var one in pods)
        {
            for (var pod = 0; pod < count; pod++)
            {
                one.Put("bench", FakePods.Pod("bench", $"api-{pod}", padding: Padding));
            }
        }

        await using var target = await ProbeTarget.StartAsync();
        var estate = work.Folder($"pods-estate-{name}");
        new BenchEstate(1, target.Url)
        {
            Systems = 1,
            MoreSites = [Site("site-0", first), Site("site-1", second)],
            PlanSteps = 2,
            PlanStep = "kind: k8s.rollout, site: site-$step, with: { namespace: bench, workload: deployment/api }",
        }.Write(estate);
        await using var server = await Server.StartAsync(published, estate, work.Folder($"pods-data-{name}"));
        while (pods.Any(one => one.Open == 0))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
        }

        var ready = TimeProvider.System.GetUtcNow() - server.ReadyAt;
        foreach (var site in new[] { "site-0", "site-1" })
        {
            var known = await ServerMetrics.ReadAsync(server, $"dro_site_pods_ready{{site=\"{site}\",namespace=\"bench\"}}");
            if (known != count)
            {
                throw new InvalidOperationException($"{known} pods of {site} are known, {count} there are");
            }
        }

        await Task.Delay(Settled, TimeProvider.System);
        foreach (var one in pods)
        {
            one.Bookmark("bench");
        }

        var (resident, anonymous) = (Usage.ResidentMegabytes(server.Id), Usage.AnonymousMegabytes(server.Id));
        var (used, began) = (Usage.Processor(server.Id), TimeProvider.System.GetTimestamp());
        await Task.Delay(Settled, TimeProvider.System);
        return (ready, resident, anonymous, (Usage.Processor(server.Id) - used) / TimeProvider.System.GetElapsedTime(began));
    }

    private static string Site(string name, FakeCluster cluster) => $"- {{ name: {name}, role: remote, kubeconfig: \"{cluster.KubeconfigPath}\", context: primary }}";
}
