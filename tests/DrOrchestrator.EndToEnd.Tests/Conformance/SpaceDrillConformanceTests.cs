using System.Collections.Concurrent;
using DrOrchestrator.EndToEnd.Harness;
using DrOrchestrator.EndToEnd.Kill;
using DrOrchestrator.EndToEnd.RunSpaces;
using DrOrchestrator.Testing.Kubernetes.Real;
using k8s;
using k8s.Models;

namespace DrOrchestrator.EndToEnd.Conformance;

/// <summary>A run with a namespace of its own at a real API server with its controllers (passed on Kubernetes 1.36.2), the node played: the server is killed beside every journal line of it.</summary>
[Collection(nameof(OneAtATime))]
public sealed class SpaceDrillConformanceTests
{
    [RealClusterTheory]
    [InlineData("before-intent")]
    [InlineData("after-intent")]
    [InlineData("after-effect")]
    [InlineData("after-outcome")]
    public Task Run_KilledAtEveryStep_MakesItOnceRemovesItAndLeavesNothing(string boundary) => WorkFolder.UseAsync(
        async folder =>
        {
            await using PlayedNode node = await PlayedNode.StartAsync("dr");
            using IKubernetes client = RealClusters.Connect("dr");
            await using var made = new SeenNamespaces(client);

            SpaceDrill drill = await SpaceDrill.CarryAsync(folder, await File.ReadAllTextAsync(RealClusters.Kubeconfig!), new KillOrder(boundary, null), asksForRights: true);

            drill.ShouldHavePassed();
            drill.Kills.Should().BeEquivalentTo(SpaceDrill.Steps);
            await Patience.UntilAsync("its end was seen", Patience.Start, () => made.Gone.Any(ns => ns.Name == drill.Namespace));
            made.Uids.Where(ns => ns.Name == drill.Namespace).Should().ContainSingle("it is made once");
            drill.Pack.Should().Contain(line => line.Contains("job.log", StringComparison.Ordinal) && line.Contains("\"exitCode\":0", StringComparison.Ordinal), "what was in it is in evidence");
            (await client.CoreV1.ListNamespaceAsync()).Items.Select(ns => ns.Metadata.Name).Should().NotContain(name => name.StartsWith(drill.View.Mark, StringComparison.Ordinal));
        },
        $"real-space-{boundary}");

    /// <summary>Every namespace of a run that came and went meanwhile, as the API server tells it.</summary>
    private sealed class SeenNamespaces : IAsyncDisposable
    {
        private readonly CancellationTokenSource _over = new();
        private readonly ConcurrentDictionary<(string Name, string Uid), bool> _seen = new();
        private readonly Task _work;

        public SeenNamespaces(IKubernetes client) => _work = WatchAsync(client);

        public IEnumerable<(string Name, string Uid)> Uids => _seen.Keys;

        public IEnumerable<(string Name, string Uid)> Gone => _seen.Where(seen => seen.Value).Select(seen => seen.Key);

        public async ValueTask DisposeAsync()
        {
            await _over.CancelAsync();
            await _work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _over.Dispose();
        }

        private async Task WatchAsync(IKubernetes client)
        {
            await foreach ((WatchEventType type, V1Namespace ns) in client.CoreV1.WatchListNamespaceAsync(labelSelector: "app.kubernetes.io/managed-by=drorchestrator", cancellationToken: _over.Token))
            {
                _seen[(ns.Metadata.Name, ns.Metadata.Uid)] = type == WatchEventType.Deleted;
            }
        }
    }
}
