using System.Text.Json.Nodes;
using DrOrchestrator.Estates;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.Kubernetes.Watching;
using DrOrchestrator.Plans;
using DrOrchestrator.Testing.Kubernetes;
using DrOrchestrator.Time;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace DrOrchestrator.Tests.Kubernetes.Watching;

public sealed class PodWatchesTests
{
    [Fact]
    public void Of_Estate_IsWherePlansActAndProbesAndHostsAre()
    {
        var estate = Estate.None with
        {
            Sites = [new("primary", SiteRole.Production, null, "k", "a"), new("dr", SiteRole.Remote, null, "k", "b"), new("paper", SiteRole.Remote, null, null, null)],
            Probes =
            [
                new("p", "s", "dr", ProbeRole.Standby, null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1), 2, new KubernetesProbeSettings(new KubernetesCheck.WorkloadReady("probed", "deployment", "api", null))),
                new("n", "s", "dr", ProbeRole.Standby, null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1), 2, new KubernetesProbeSettings(new KubernetesCheck.Nodes("", null, TimeSpan.FromSeconds(1)))),
            ],
        };

        FollowedNamespace.Of(estate, [Plan(Step("primary", "ledger"), Step("primary", "ledger"), Step("paper", "ledger"), Step("dr", "${steps.a.ns}"), Step("dr", "ledger") with { Kind = "http" })])
            .Should().Equal(new FollowedNamespace("dr", "probed", "k", "b"), new FollowedNamespace("primary", "ledger", "k", "a"));
    }

    [Fact]
    public async Task Follow_OneClusterAwayAndAnEstateThatChanges_FollowsWhatIsThere()
    {
        await using var cluster = await FakeCluster.StartAsync();
        var pods = new FakePods(cluster);
        pods.Put("ledger", FakePods.Pod("ledger", "p"));
        pods.Put("cards", FakePods.Pod("cards", "p"));
        var plans = new PlanLibrary(new Dictionary<string, Plan> { ["p"] = Plan(Step("primary", "ledger"), Step("primary", "cards"), Step("gone", "ledger")) });
        var holder = new EstateHolder(Estate.None with
        {
            Sites = [new("primary", SiteRole.Production, null, cluster.KubeconfigPath, "primary"), new("gone", SiteRole.Remote, null, cluster.KubeconfigPath + ".gone", "x")],
        });
        using var connections = new ClusterConnections(TimeProvider.System);
        using var lifetime = new Started();
        using var watches = new PodWatches(holder, plans, connections, new ProcessClock(TimeProvider.System), lifetime, NullLogger<PodWatches>.Instance) { Compare = TimeSpan.FromMilliseconds(20) };

        await watches.StartAsync(default);
        watches.Read().Should().BeEmpty("nothing begins before the server is up");
        lifetime.Start();
        await FollowedCluster.UntilAsync(() => pods.Open == 2 && watches.Read() is [{ Site: "gone", Counts: null, Problem: not null }, { Namespace: "cards", Counts.Ready: 1 }, { Namespace: "ledger", Counts.Ready: 1 }], "all is known that can be");

        plans.Swap(new Dictionary<string, Plan> { ["p"] = Plan(Step("primary", "ledger")) });
        await FollowedCluster.UntilAsync(() => pods.Open == 1 && watches.Read() is [{ Namespace: "ledger" }], "what the estate no longer names is left");

        await watches.StopAsync(default);
        await FollowedCluster.UntilAsync(() => pods.Open == 0, "nothing is left open");
    }

    private static PlanStep Step(string site, string ns) => new(
        "s", "k8s.scale", new Dictionary<string, string>(), site, new StepParameters(new JsonObject { ["namespace"] = ns }), [], null, null, false, TimeSpan.FromSeconds(1), 0, null);

    private static Plan Plan(params PlanStep[] steps) => new(
        "p", "p.yaml", "", "1", new Dictionary<string, string>(), DrillKind.Failover, [RunMode.Live], [], [], new PlanContents(new Dictionary<string, string>(), ""), [], [], [], steps, []);

    private sealed class Started : IHostApplicationLifetime, IDisposable
    {
        private readonly CancellationTokenSource _started = new();

        public CancellationToken ApplicationStarted => _started.Token;

        public CancellationToken ApplicationStopping => default;

        public CancellationToken ApplicationStopped => default;

        public void Start() => _started.Cancel();

        public void StopApplication()
        {
        }

        public void Dispose() => _started.Dispose();
    }
}
