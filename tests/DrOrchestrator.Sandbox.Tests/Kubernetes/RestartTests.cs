using System.Diagnostics;
using System.Text.Json.Nodes;
using DrOrchestrator.Sandbox.Kubernetes;

namespace DrOrchestrator.Sandbox.Tests.Kubernetes;

public sealed class RestartTests
{
    [Fact]
    public async Task Site_Restarted_KeepsItsAddressObjectsAndPodsWhoseContainersStartAgain()
    {
        await using var site = await TestSite.StartAsync();
        await site.CreateAsync(TestSite.StatefulSets, Manifests.StatefulSetWithClaim("store", 1, "echo pid $$; " + Manifests.Patient));
        var before = await site.UntilReadyAsync("store-0");
        var process = int.Parse((await PodTests.UntilLogAsync(site, "store-0", "port")).Split('\n')[0][4..]);
        var url = site.Site.ApiUrl;

        await site.RestartAsync();
        var after = await site.UntilAsync(TestSite.Pods + "/store-0", body =>
            TestSite.Container(body)["restartCount"]!.GetValue<int>() == 1 && TestSite.Condition(body, "Ready") == "True");

        site.Site.ApiUrl.Should().Be(url);
        after["metadata"]!["uid"]!.GetValue<string>().Should().Be(before["metadata"]!["uid"]!.GetValue<string>());
        TestSite.Container(after)["lastState"]!["terminated"]!["reason"]!.GetValue<string>().Should().Be("ContainerStatusUnknown");
        Directory.Exists($"/proc/{process}").Should().BeFalse();
    }

    [Fact]
    public async Task Pod_DeletedWhileTheSiteWasDown_IsLetGo()
    {
        await using var site = await TestSite.StartAsync();
        await site.CreateAsync(TestSite.Pods, Manifests.Pod("a", Manifests.Deaf));
        await site.UntilReadyAsync("a");
        await site.SendAsync("DELETE", TestSite.Pods + "/a");

        await site.RestartAsync();

        await site.UntilGoneAsync(TestSite.Pods + "/a");
    }

    [Fact]
    public async Task JobPod_LostInARestart_FailsAndTheJobTriesAgain()
    {
        await using var site = await TestSite.StartAsync();
        await site.CreateAsync(TestSite.Claims, Manifests.Claim("c"));
        var job = Manifests.Job("j", "if [ -e $DRO_VOLUME/second ]; then exit 0; fi; touch $DRO_VOLUME/second; read wait", backoffLimit: 3);
        job["spec"]!["template"]!["spec"]!["volumes"] = new JsonArray(new JsonObject { ["name"] = "v", ["persistentVolumeClaim"] = new JsonObject { ["claimName"] = "c" } });
        await site.CreateAsync(TestSite.Jobs, job);
        await site.UntilAsync(TestSite.Pods, body => body["items"]!.AsArray().Any(pod => (string?)pod!["status"]!["phase"] == "Running"));
        while (!File.Exists(Path.Combine(site.Options.Folder, "volumes", "c", "second")))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        }

        await site.RestartAsync();
        var done = await site.UntilAsync(TestSite.Jobs + "/j", body => TestSite.Condition(body, "Complete") == "True");

        done["status"]!["failed"]!.GetValue<int>().Should().Be(1);
    }

    [Fact]
    public async Task Folder_InUse_IsRefusedInWords()
    {
        await using var site = await TestSite.StartAsync();

        var second = () => SandboxSite.StartAsync(site.Options, CancellationToken.None);

        (await second.Should().ThrowAsync<IOException>()).WithMessage($"The folder '{site.Options.Folder}' is in use by another sandbox site; stop that one or choose another folder.");
    }

    [Fact]
    public async Task Leftover_OfAKilledSite_IsEndedBeforeAnythingStarts()
    {
        await using var site = await TestSite.StartAsync();
        await site.Site.DisposeAsync();
        using var leftover = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "exec sleep 60"]))!;
        var stat = await File.ReadAllTextAsync($"/proc/{leftover.Id}/stat");
        var folder = Path.Combine(site.Options.Folder, "processes");
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, $"{leftover.Id}"), stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[19]);
        await File.WriteAllTextAsync(Path.Combine(folder, $"{Environment.ProcessId}"), "1");

        await site.RestartAsync();

        // The site waits until it runs no more; this process, its parent, is told of that a moment later.
        leftover.WaitForExit(TimeSpan.FromSeconds(10)).Should().BeTrue("the mark says it is ours");
        Directory.EnumerateFiles(folder).Should().BeEmpty("and the mark of another process was only removed");
    }

    [Fact]
    public async Task Seed_Repeated_LeavesWhatIsThere()
    {
        await using var site = await TestSite.StartAsync();
        var home = new JsonObject { ["apiVersion"] = "v1", ["kind"] = "Namespace", ["metadata"] = new JsonObject { ["name"] = "ledger" } };
        var map = Manifests.ConfigMap("a", ("k", "1"));
        map["metadata"]!["namespace"] = "ledger";
        var changed = Manifests.ConfigMap("a", ("k", "2"));
        changed["metadata"]!["namespace"] = "ledger";

        await site.Site.SeedAsync([home, map], CancellationToken.None);
        await site.Site.SeedAsync([home, changed], CancellationToken.None);
        var unknown = () => site.Site.SeedAsync([new JsonObject { ["apiVersion"] = "v2", ["kind"] = "Thing" }], CancellationToken.None);

        var stored = await site.GetAsync("/api/v1/namespaces/ledger/configmaps/a");
        stored["data"]!["k"]!.GetValue<string>().Should().Be("1");
        stored["metadata"]!["managedFields"]![0]!["manager"]!.GetValue<string>().Should().Be("sandbox-seed");
        (await unknown.Should().ThrowAsync<ArgumentException>()).WithMessage("The site serves no objects of kind v2 Thing.*");
    }
}
