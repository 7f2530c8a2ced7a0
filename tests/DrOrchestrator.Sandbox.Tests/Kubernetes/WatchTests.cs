using System.Text.Json.Nodes;

namespace DrOrchestrator.Sandbox.Tests.Kubernetes;

public sealed class WatchTests
{
    [Fact]
    public async Task Watch_FromAVersion_TellsEveryChangeAfterItInOrder()
    {
        await using var site = await TestSite.StartAsync();
        var list = await site.GetAsync(TestSite.Configs);
        var version = list["metadata"]!["resourceVersion"]!.GetValue<string>();
        await site.CreateAsync(TestSite.Configs, Manifests.ConfigMap("a", ("k", "1")));
        await using var watch = await Watch.StartAsync(site, $"{TestSite.Configs}?watch=true&resourceVersion={version}");

        await site.SendAsync("PATCH", TestSite.Configs + "/a", new JsonObject { ["data"] = new JsonObject { ["k"] = "2" } }, TestSite.Merge);
        await site.SendAsync("DELETE", TestSite.Configs + "/a");

        (await watch.NextAsync()).Type.Should().Be("ADDED");
        var (type, changed) = await watch.NextAsync();
        type.Should().Be("MODIFIED");
        changed["data"]!["k"]!.GetValue<string>().Should().Be("2");
        (await watch.NextAsync()).Type.Should().Be("DELETED");
    }

    [Fact]
    public async Task Watch_WithoutAVersion_BeginsWithWhatIsThere()
    {
        await using var site = await TestSite.StartAsync();
        await site.CreateAsync(TestSite.Configs, Manifests.ConfigMap("a"));

        await using var watch = await Watch.StartAsync(site, TestSite.Configs + "?watch=1");

        var (type, content) = await watch.NextAsync();
        type.Should().Be("ADDED");
        content["metadata"]!["name"]!.GetValue<string>().Should().Be("a");
    }

    [Fact]
    public async Task Watch_WithALabelSelector_DeletesWhatLeavesTheSelection()
    {
        await using var site = await TestSite.StartAsync();
        var map = Manifests.ConfigMap("a");
        map["metadata"]!["labels"] = new JsonObject { ["color"] = "red" };
        await site.CreateAsync(TestSite.Configs, map);
        await using var watch = await Watch.StartAsync(site, TestSite.Configs + "?watch=true&labelSelector=color=red");
        (await watch.NextAsync()).Type.Should().Be("ADDED");

        await RelabelAsync(site, "blue");
        await RelabelAsync(site, "red");

        (await watch.NextAsync()).Type.Should().Be("DELETED");
        (await watch.NextAsync()).Type.Should().Be("ADDED");
    }

    [Fact]
    public async Task Watch_FromAVersionOutOfHistory_IsGone()
    {
        await using var site = await TestSite.StartAsync(options => options with { WatchHistory = 3 });
        var first = await site.CreateAsync(TestSite.Configs, Manifests.ConfigMap("first"));
        for (var number = 0; number < 5; number++)
        {
            await site.CreateAsync(TestSite.Configs, Manifests.ConfigMap($"m{number}"));
        }

        await using var watch = await Watch.StartAsync(site, $"{TestSite.Configs}?watch=true&resourceVersion={first["metadata"]!["resourceVersion"]}");

        var (type, status) = await watch.NextAsync();
        type.Should().Be("ERROR");
        status["code"]!.GetValue<int>().Should().Be(410);
        status["reason"]!.GetValue<string>().Should().Be("Expired");
        status["message"]!.GetValue<string>().Should().StartWith("too old resource version: ");
        (await watch.EndedAsync()).Should().BeTrue();
    }

    [Fact]
    public async Task Watch_ThatAllowsBookmarks_GetsThemAndOthersDoNot()
    {
        await using var site = await TestSite.StartAsync(options => options with { BookmarkPeriod = TimeSpan.FromMilliseconds(100) });
        await using var watch = await Watch.StartAsync(site, TestSite.Configs + "?watch=true&allowWatchBookmarks=true");
        await using var plain = await Watch.StartAsync(site, TestSite.Configs + "?watch=true&timeoutSeconds=1");

        var (type, bookmark) = await watch.NextAsync();

        type.Should().Be("BOOKMARK");
        bookmark["kind"]!.GetValue<string>().Should().Be("ConfigMap");
        long.Parse(bookmark["metadata"]!["resourceVersion"]!.GetValue<string>()).Should().BePositive();
        (await plain.EndedAsync()).Should().BeTrue("its second is over and it was told nothing");
    }

    [Fact]
    public async Task Watch_AfterARestart_StartsAnewFromALaterVersion()
    {
        await using var site = await TestSite.StartAsync();
        var before = await site.CreateAsync(TestSite.Configs, Manifests.ConfigMap("a"));
        await site.RestartAsync();

        var after = await site.CreateAsync(TestSite.Configs, Manifests.ConfigMap("b"));
        await using var watch = await Watch.StartAsync(site, $"{TestSite.Configs}?watch=true&resourceVersion={before["metadata"]!["resourceVersion"]}");

        long.Parse(after["metadata"]!["resourceVersion"]!.GetValue<string>()).Should().BeGreaterThan(long.Parse(before["metadata"]!["resourceVersion"]!.GetValue<string>()));
        (await watch.NextAsync()).Type.Should().Be("ERROR");
    }

    private static Task RelabelAsync(TestSite site, string color) => site.SendAsync(
        "PATCH", TestSite.Configs + "/a", new JsonObject { ["metadata"] = new JsonObject { ["labels"] = new JsonObject { ["color"] = color } } }, TestSite.Merge);
}
