using System.Text.Json.Nodes;
using k8s;
using k8s.Models;

namespace DrOrchestrator.Sandbox.Tests.Kubernetes.Conformance;

/// <summary>What a watch tells. Every case passed on a real API server, v1.36.2, before the sandbox was held to it.</summary>
public abstract class WatchConformance<TCluster>(TCluster cluster) : IClassFixture<TCluster>
    where TCluster : ConformanceCluster
{
    private const string Select = "labelSelector=suite=conformance";

    [ConformanceFact]
    public async Task Watch_FromAListsVersion_TellsEveryChangeAfterItInOrder()
    {
        var home = await cluster.HomeAsync();
        var list = await cluster.GetAsync($"{home.Configs}?{Select}");
        await cluster.CreateAsync(home.Configs, Map("a"));
        await using var watch = await cluster.WatchAsync($"{home.Configs}?watch=true&{Select}&resourceVersion={Version(list)}");

        var (_, changed) = await PatchAsync(home, """{"data":{"k":"2"}}""");
        await cluster.SendAsync("DELETE", home.Configs + "/a");

        (await watch.NextAsync()).Type.Should().Be("ADDED");
        var modified = await watch.NextAsync();
        modified.Type.Should().Be("MODIFIED");
        modified.Object["kind"]!.GetValue<string>().Should().Be("ConfigMap");
        Version(modified.Object).Should().Be(Version(changed));
        var deleted = await watch.NextAsync();
        deleted.Type.Should().Be("DELETED");
        deleted.Object["data"]!["k"]!.GetValue<string>().Should().Be("2", "the last state comes along");
        long.Parse(Version(deleted.Object)).Should().BeGreaterThan(long.Parse(Version(changed)), "the deletion has a version of its own");
    }

    [ConformanceFact]
    public async Task Watch_WithoutAVersion_BeginsWithWhatIsThere()
    {
        var home = await cluster.HomeAsync();
        await cluster.CreateAsync(home.Configs, Map("a"));

        await using var watch = await cluster.WatchAsync($"{home.Configs}?watch=true&{Select}");

        var (type, content) = await watch.NextAsync();
        type.Should().Be("ADDED");
        content["metadata"]!["name"]!.GetValue<string>().Should().Be("a");
    }

    [ConformanceFact]
    public async Task Watch_OfASelection_AddsAndDeletesWhatEntersAndLeavesIt()
    {
        var home = await cluster.HomeAsync();
        await cluster.CreateAsync(home.Configs, Map("a"));
        await using var watch = await cluster.WatchAsync($"{home.Configs}?watch=true&{Select}");
        (await watch.NextAsync()).Type.Should().Be("ADDED");

        await PatchAsync(home, """{"metadata":{"labels":{"suite":"other"}}}""");
        await PatchAsync(home, """{"metadata":{"labels":{"suite":"conformance"}}}""");

        (await watch.NextAsync()).Type.Should().Be("DELETED");
        (await watch.NextAsync()).Type.Should().Be("ADDED");
    }

    [ConformanceFact]
    public async Task Watch_OfOneName_TellsOfNoOther()
    {
        var home = await cluster.HomeAsync();
        await using var watch = await cluster.WatchAsync($"{home.Configs}?watch=true&fieldSelector=metadata.name=b");

        await cluster.CreateAsync(home.Configs, Map("a"));
        await cluster.CreateAsync(home.Configs, Map("b"));

        (await watch.NextAsync()).Object["metadata"]!["name"]!.GetValue<string>().Should().Be("b");
    }

    [ConformanceFact]
    public async Task Watch_WhoseTimeIsOver_EndsCleanly()
    {
        var home = await cluster.HomeAsync();

        await using var watch = await cluster.WatchAsync($"{home.Configs}?watch=true&{Select}&timeoutSeconds=1");

        (await watch.EndedAsync()).Should().BeTrue("nothing happened, and the stream ended without an error");
    }

    [ConformanceFact]
    public async Task Watch_FromAVersionLongGone_IsToldSo()
    {
        var home = await cluster.HomeAsync();

        await using var watch = await cluster.WatchAsync($"{home.Configs}?watch=true&resourceVersion=1");

        var (type, status) = await watch.NextAsync();
        type.Should().Be("ERROR");
        status["kind"]!.GetValue<string>().Should().Be("Status");
        status["code"]!.GetValue<int>().Should().Be(410);
        status["reason"]!.GetValue<string>().Should().Be("Expired");
        status["message"]!.GetValue<string>().Should().StartWith("too old resource version: 1 (");
        (await watch.EndedAsync()).Should().BeTrue();
    }

    [ConformanceFact]
    public async Task Watch_ThatAsksForInitialEvents_GetsABookmarkAtTheirEnd()
    {
        var home = await cluster.HomeAsync();
        await cluster.CreateAsync(home.Configs, Map("a"));

        await using var watch = await cluster.WatchAsync(
            $"{home.Configs}?watch=true&{Select}&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true");

        (await watch.NextAsync()).Type.Should().Be("ADDED");
        var (type, bookmark) = await watch.NextAsync();
        type.Should().Be("BOOKMARK");
        bookmark["kind"]!.GetValue<string>().Should().Be("ConfigMap");
        bookmark["metadata"]!["annotations"]!["k8s.io/initial-events-end"]!.GetValue<string>().Should().Be("true");
        long.Parse(Version(bookmark)).Should().BePositive();
    }

    [ConformanceFact]
    public async Task Watch_ThroughTheOfficialClient_TellsTheSame()
    {
        var home = await cluster.HomeAsync();
        await cluster.CreateAsync(home.Configs, Map("a"));
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(15), TimeProvider.System);
        var seen = new List<WatchEventType>();

        await foreach (var (type, _) in cluster.Typed.CoreV1.WatchListNamespacedConfigMapAsync(home.Name, labelSelector: "suite=conformance", cancellationToken: patience.Token))
        {
            seen.Add(type);
            if (type == WatchEventType.Added)
            {
                await cluster.SendAsync("DELETE", home.Configs + "/a");
            }
            else
            {
                break;
            }
        }

        seen.Should().Equal(WatchEventType.Added, WatchEventType.Deleted);
    }

    private Task<(int Status, JsonObject Body)> PatchAsync(Home home, string patch) => cluster.SendAsync("PATCH", home.Configs + "/a", JsonNode.Parse(patch), TestSite.Merge);

    private static JsonObject Map(string name)
    {
        var map = Manifests.ConfigMap(name, ("k", "1"));
        map["metadata"]!["labels"] = new JsonObject { ["suite"] = "conformance" };
        return map;
    }

    private static string Version(JsonObject content) => content["metadata"]!["resourceVersion"]!.GetValue<string>();
}

public sealed class WatchConformanceOnTheSandbox(SandboxCluster cluster) : WatchConformance<SandboxCluster>(cluster);

[OnARealCluster]
public sealed class WatchConformanceOnPrimary(PrimaryCluster cluster) : WatchConformance<PrimaryCluster>(cluster);

[OnARealCluster]
public sealed class WatchConformanceOnDr(DrCluster cluster) : WatchConformance<DrCluster>(cluster);
