using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using DrOrchestrator.EndToEnd.Harness;
using DrOrchestrator.Sandbox.Kubernetes;
using k8s;

namespace DrOrchestrator.EndToEnd.Objects;

/// <summary>
/// <c>dro serve</c> dies at every request by which a run applies manifests and runs commands in a pod, in a site of the lab: each is once in the end, and of a command of which nobody can tell
/// a person is asked. <c>ObjectsDrillConformanceTests</c> is the same at a real API server.
/// </summary>
[Collection(nameof(OneAtATime))]
public sealed class ObjectsKillTests
{
    private const string Namespace = "ledger";

    [Fact]
    public Task Run_KilledAtAppliesAndCommands_HasEachEffectOnceAndComesBack() => WorkFolder.UseAsync(
        async folder =>
        {
            var record = new Record();
            var options = new SandboxSiteOptions("dr", Path.Combine(folder, "site"), ["/bin/sh", "-c"], TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(10), record, TimeProvider.System);
            await using SandboxSite site = await SandboxSite.StartAsync(options, default);
            JsonObject app = JsonNode.Parse(KubernetesJson.Serialize(ObjectsDrill.Deployment("trap 'exit 0' TERM; while read line; do :; done", node: null)))!.AsObject();
            app["metadata"]!["namespace"] = Namespace;
            await site.SeedAsync([JsonNode.Parse($$$"""{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"{{{Namespace}}}"}}""")!.AsObject(), app], default);
            KubernetesClientConfiguration cluster = KubernetesClientConfiguration.BuildConfigFromConfigFile(site.KubeconfigPath);
            using var client = new k8s.Kubernetes(cluster);
            await Patience.UntilAsync("its pod is ready", Patience.Start, async () => (await client.AppsV1.ReadNamespacedDeploymentAsync(ObjectsDrill.App, Namespace)).Status?.ReadyReplicas == 1);
            await using KillingApi api = await KillingApi.StartAsync(cluster, ObjectsDrill.Deaths);

            ObjectsDrill drill = await ObjectsDrill.CarryAsync(folder, api, client, Namespace);

            drill.ShouldHavePassed(ObjectsDrill.Deaths);

            // The site's own record says the same as the one on the way to it.
            record.Effects.Should().HaveCount(drill.Landed.Count(word => !word.StartsWith("exec ", StringComparison.Ordinal)));
        },
        "objects");

    private sealed class Record : IRequestRecord
    {
        private readonly ConcurrentQueue<RequestEntry> _entries = new();

        public IEnumerable<RequestEntry> Effects => _entries.Where(entry => entry.Status is >= 200 and < 300 && !entry.Path.Contains("dryRun=All", StringComparison.Ordinal));

        void IRequestRecord.Record(RequestEntry entry) => _entries.Enqueue(entry);
    }
}
