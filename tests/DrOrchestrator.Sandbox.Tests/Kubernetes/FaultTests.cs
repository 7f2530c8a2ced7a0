using System.Text.Json.Nodes;

namespace DrOrchestrator.Sandbox.Tests.Kubernetes;

public sealed class FaultTests
{
    private const string Node = "/api/v1/nodes/lab-node-1";
    private const string Lease = "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/lab-node-1";

    [Fact]
    public async Task KillLedger_WhileSet_KillsLedgerPodsAtEveryStartAndNoOthers()
    {
        await using var site = await TestSite.StartAsync();
        await site.CreateAsync(TestSite.Pods, Manifests.Pod("store", Manifests.Patient, app: "ledger-store"));
        await site.CreateAsync(TestSite.Pods, Manifests.Pod("other", Manifests.Patient));
        await site.UntilReadyAsync("store");
        await site.UntilReadyAsync("other");

        site.Site.Faults.KillLedger = true;
        var looping = await site.UntilAsync(TestSite.Pods + "/store", body =>
            PodTests.Reason(body) == "CrashLoopBackOff" && TestSite.Container(body)["restartCount"]!.GetValue<int>() >= 2);
        site.Site.Faults.KillLedger = false;
        await site.UntilReadyAsync("store");
        var other = await site.GetAsync(TestSite.Pods + "/other");

        TestSite.Container(looping)["lastState"]!["terminated"]!["exitCode"]!.GetValue<int>().Should().Be(137);
        TestSite.Container(other)["restartCount"]!.GetValue<int>().Should().Be(0);
    }

    [Fact]
    public async Task IgnoreSigterm_SetWhileRunning_LeavesAStoreAloneUntilItsGraceIsOver()
    {
        await using var site = await TestSite.StartAsync();
        await site.CreateAsync(TestSite.Pods, Manifests.Pod("store", Manifests.Patient, app: "ledger-store", grace: 1));
        await site.UntilReadyAsync("store");
        await site.PortOfAsync("store");
        site.Site.Faults.IgnoreSigterm = true;
        await using var watch = await Watch.StartAsync(site, TestSite.Pods + "?watch=true");
        var began = TimeProvider.System.GetTimestamp();

        await site.SendAsync("DELETE", TestSite.Pods + "/store");
        (string Type, JsonObject Pod) last;
        do
        {
            last = await watch.NextAsync();
        }
        while (last.Type != "DELETED");

        TimeProvider.System.GetElapsedTime(began).Should().BeGreaterThan(TimeSpan.FromSeconds(0.9));
        TestSite.Container(last.Pod)["state"]!["terminated"]!["exitCode"]!.GetValue<int>().Should().Be(137);
    }

    [Fact]
    public async Task IgnoreSigterm_SetBeforeStart_IsToldToTheStoreAlone()
    {
        await using var site = await TestSite.StartAsync();
        site.Site.Faults.IgnoreSigterm = true;

        await site.CreateAsync(TestSite.Pods, Manifests.Pod("store", "echo ignore=$DRO_IGNORE_SIGTERM; read wait", app: "ledger-store"));
        await site.CreateAsync(TestSite.Pods, Manifests.Pod("api", "echo ignore=$DRO_IGNORE_SIGTERM; read wait", app: "ledger-api"));

        (await PodTests.UntilLogAsync(site, "store", "ignore=")).Should().Be("ignore=1\n");
        (await PodTests.UntilLogAsync(site, "api", "ignore=")).Should().Be("ignore=\n");
    }

    [Fact]
    public async Task NodeNotReady_WhileSet_StopsHeartbeatsAndHidesDeletesButNotTheProcess()
    {
        await using var site = await TestSite.StartAsync(options => options with { NodeGracePeriod = TimeSpan.FromMilliseconds(600) });
        await site.CreateAsync(TestSite.Pods, Manifests.Pod("a", "echo pid $$; " + Manifests.Patient));
        await site.UntilReadyAsync("a");
        var process = int.Parse((await PodTests.UntilLogAsync(site, "a", "port")).Split('\n')[0][4..]);

        site.Site.Faults.NodeNotReady = true;
        var renewed = await RenewedAsync(site);
        var unknown = await site.UntilAsync(Node, body => TestSite.Condition(body, "Ready") == "Unknown");
        await site.SendAsync("DELETE", TestSite.Pods + "/a");
        await site.CreateAsync(TestSite.Pods, Manifests.Pod("b", Manifests.Patient));
        await site.UntilAsync(TestSite.Pods + "/b", body => TestSite.Condition(body, "PodScheduled") == "False");
        var still = await site.GetAsync(TestSite.Pods + "/a");
        var alive = Directory.Exists($"/proc/{process}");
        var later = await RenewedAsync(site);
        site.Site.Faults.NodeNotReady = false;
        await site.UntilGoneAsync(TestSite.Pods + "/a");
        await site.UntilReadyAsync("b");

        unknown["status"]!["conditions"]!.AsArray().Single()!["reason"]!.GetValue<string>().Should().Be("NodeStatusUnknown");
        later.Should().Be(renewed, "nothing renewed the lease");
        alive.Should().BeTrue();
        still["metadata"]!["deletionTimestamp"].Should().NotBeNull();
        TestSite.Container(still)["state"]!["running"].Should().NotBeNull();
        TestSite.Condition(still, "Ready").Should().Be("False", "the node controller cannot know");
        await PodTests.EndedAsync(process);
        TestSite.Condition(await site.GetAsync(Node), "Ready").Should().Be("True");
    }

    [Fact]
    public async Task NodeNotReady_Lifted_BringsANewerHeartbeat()
    {
        await using var site = await TestSite.StartAsync();
        var first = await RenewedAsync(site);

        await site.UntilAsync(Lease, body => string.CompareOrdinal((string?)body["spec"]!["renewTime"], first) > 0);

        var node = await site.GetAsync(Node);
        TestSite.Condition(node, "Ready").Should().Be("True");
        node["status"]!["allocatable"]!["cpu"]!.GetValue<string>().Should().NotBeEmpty();
    }

    [Fact]
    public async Task Faults_Set_OutliveARestart()
    {
        await using var site = await TestSite.StartAsync();
        site.Site.Faults.KillLedger = true;
        site.Site.Faults.IgnoreSigterm = true;
        site.Site.Faults.IgnoreSigterm = false;

        await site.RestartAsync();

        site.Site.Faults.KillLedger.Should().BeTrue();
        site.Site.Faults.IgnoreSigterm.Should().BeFalse();
        site.Site.Faults.NodeNotReady.Should().BeFalse();
    }

    private static async Task<string> RenewedAsync(TestSite site) => (await site.GetAsync(Lease))["spec"]!["renewTime"]!.GetValue<string>();
}
