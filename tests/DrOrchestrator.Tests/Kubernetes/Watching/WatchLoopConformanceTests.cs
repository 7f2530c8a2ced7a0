using System.Collections.Concurrent;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.Kubernetes.Watching;
using DrOrchestrator.Testing.Kubernetes.Real;
using DrOrchestrator.Tests.Drills.Steps;
using DrOrchestrator.Time;
using k8s;
using k8s.Autorest;
using k8s.Models;

namespace DrOrchestrator.Tests.Kubernetes.Watching;

/// <summary>What the wire fake plays, against a real API server (passed on kube-apiserver v1.36.2), in a namespace of the test's own. No kubelet is needed: the pods stay pending.</summary>
public sealed class WatchLoopConformanceTests : IAsyncLifetime
{
    private readonly string _space = "watch-" + Guid.NewGuid().ToString("N")[..8];
    private readonly ConcurrentQueue<string> _queries = new();
    private readonly FollowedCluster.Lines _log = new();
    private readonly ClusterConnections _connections;

    public WatchLoopConformanceTests() => _connections = new ClusterConnections(TimeProvider.System, _ => new Queries(_queries));

    private IKubernetes Client => _connections.Of(new StepBench(RealClusters.Kubeconfig!).Estate, "primary");

    public async Task InitializeAsync()
    {
        if (RealClusters.Kubeconfig is not null)
        {
            await Client.CoreV1.CreateNamespaceAsync(new V1Namespace { Metadata = new V1ObjectMeta { Name = _space } });
        }
    }

    public async Task DisposeAsync()
    {
        if (RealClusters.Kubeconfig is not null)
        {
            await Client.CoreV1.DeleteNamespaceAsync(_space);
        }

        _connections.Dispose();
    }

    [RealClusterFact]
    public async Task Run_PodsThatComeAndGo_AreFollowedOverManyWatchesByOneList()
    {
        await CreateAsync("one");
        await CreateAsync("two");
        using var stop = new CancellationTokenSource();
        var clock = new ProcessClock(TimeProvider.System);
        var times = new WatchTimes { Life = TimeSpan.FromSeconds(2), FirstWait = TimeSpan.FromMilliseconds(10), Proven = TimeSpan.FromSeconds(1) };
        var table = new PodTable("primary", _space, clock, times.Validity);
        var loop = new WatchLoop("primary", _space, () => Client, table, clock, times, _log).RunAsync(stop.Token);
        await FollowedCluster.UntilAsync(() => table.Read().Counts is { Total: 2, Ready: 0 }, "both are listed");
        table.Read().Counts!.ByPhase.Should().BeEquivalentTo(new Dictionary<string, int> { ["Pending"] = 2 });

        await CreateAsync("three");
        await FollowedCluster.UntilAsync(() => table.Read().Counts?.Total == 3, "the third is seen");
        await Client.CoreV1.DeleteNamespacedPodAsync("one", _space, gracePeriodSeconds: 0);
        await FollowedCluster.UntilAsync(() => table.Read().Counts?.Total == 2, "the end of the first is seen");
        var before = Watches.Count();
        await FollowedCluster.UntilAsync(() => Watches.Count() >= before + 2, "the server ended watches, and others were begun");
        await CreateAsync("four");
        await FollowedCluster.UntilAsync(() => table.Read().Counts?.Total == 3, "what comes then is seen too");

        _queries.Count(query => query.Contains("limit=500")).Should().Be(1);
        _log.Said.Should().BeEmpty();
        await stop.CancelAsync();
        await loop.WaitAsync(TimeSpan.FromSeconds(20));
    }

    [RealClusterFact]
    public async Task List_InPages_ContinuesBehindEachWithOneVersion()
    {
        foreach (var name in new[] { "a", "b", "c" })
        {
            await CreateAsync(name);
        }

        var requests = new PodRequests(Client, _space);
        var first = await requests.ListAsync(2, null, default);
        await CreateAsync("d");
        var second = await requests.ListAsync(2, first.Metadata!.Continue, default);

        first.Items!.Concat(second.Items!).Select(pod => pod.Metadata!.Name).Should().Equal("a", "b", "c");
        second.Metadata!.Continue.Should().BeNullOrEmpty();
        second.Metadata.ResourceVersion.Should().Be(first.Metadata.ResourceVersion);
    }

    [RealClusterFact]
    public async Task Watch_VersionOfLongAgo_IsGone()
    {
        try
        {
            using var stream = await new PodRequests(Client, _space).WatchAsync("1", TimeSpan.FromSeconds(10), default);
            (await stream.NextAsync(default)).Should().BeOfType<WatchEvent.Error>().Which.Code.Should().Be(410);
        }
        catch (HttpOperationException e)
        {
            ((int)e.Response.StatusCode).Should().Be(410);
        }
    }

    [RealClusterFact]
    public async Task Watch_NamespaceWhereNothingHappens_BringsABookmarkWithinTheSilenceThatIsBorne()
    {
        var requests = new PodRequests(Client, _space);
        var version = (await requests.ListAsync(500, null, default)).Metadata!.ResourceVersion!;
        using var stream = await requests.WatchAsync(version, TimeSpan.FromMinutes(5), default);

        (await stream.NextAsync(default).AsTask().WaitAsync(new WatchTimes().Silence)).Should().BeOfType<WatchEvent.Bookmark>().Which.Version.Should().NotBeNullOrEmpty();
    }

    private IEnumerable<string> Watches => _queries.Where(query => query.Contains("watch=true", StringComparison.Ordinal));

    // The account that pods get is made a moment after their namespace.
    private async Task CreateAsync(string name)
    {
        var pod = new V1Pod { Metadata = new V1ObjectMeta { Name = name }, Spec = new V1PodSpec { Containers = [new V1Container { Name = "c", Image = "none" }] } };
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                await Client.CoreV1.CreateNamespacedPodAsync(pod, _space);
                return;
            }
            catch (HttpOperationException e) when (attempt < 200 && e.Response.Content.Contains("serviceaccount", StringComparison.Ordinal))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
            }
        }
    }

    private sealed class Queries(ConcurrentQueue<string> queries) : DelegatingHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            queries.Enqueue(request.RequestUri!.Query);
            return base.SendAsync(request, cancellationToken);
        }
    }
}
