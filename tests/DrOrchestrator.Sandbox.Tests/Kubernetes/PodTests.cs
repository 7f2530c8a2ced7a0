using System.Text.Json.Nodes;

namespace DrOrchestrator.Sandbox.Tests.Kubernetes;

public sealed class PodTests
{
    [Fact]
    public async Task Pod_Running_ReportsWhatAKubeletReports()
    {
        await using var site = await TestSite.StartAsync();

        await site.CreateAsync(TestSite.Pods, Manifests.Pod("a", Manifests.Patient));
        var pod = await site.UntilReadyAsync("a");

        pod["status"]!["phase"]!.GetValue<string>().Should().Be("Running");
        pod["status"]!["podIP"]!.GetValue<string>().Should().Be("127.0.0.1");
        pod["spec"]!["nodeName"]!.GetValue<string>().Should().Be("lab-node-1");
        foreach (var condition in new[] { "PodScheduled", "Initialized", "ContainersReady", "Ready" })
        {
            TestSite.Condition(pod, condition).Should().Be("True");
        }

        TestSite.Container(pod)["state"]!["running"]!["startedAt"].Should().NotBeNull();
        (await site.GetAsync(TestSite.Pods + "?fieldSelector=spec.nodeName=lab-node-1"))["items"]!.AsArray().Should().ContainSingle();
    }

    [Fact]
    public async Task Container_GetsItsEnvironmentAndVolume()
    {
        await using var site = await TestSite.StartAsync();
        await site.CreateAsync(TestSite.Claims, Manifests.Claim("data-x"));
        var pod = Manifests.Pod("a", "echo $POD_NAME $SITE $GREETING $DOTNET_EnableDiagnostics $POD_UID; echo kept > $DRO_VOLUME/file; echo $DRO_VOLUME; read wait", claim: "data-x");
        pod["spec"]!["containers"]![0]!["env"] = new JsonArray(new JsonObject { ["name"] = "GREETING", ["value"] = "hello" });

        var made = await site.CreateAsync(TestSite.Pods, pod);
        await site.UntilReadyAsync("a");
        var volume = Path.GetFullPath(Path.Combine(site.Options.Folder, "volumes", "data-x"));
        var log = await UntilLogAsync(site, "a", volume);

        log.Should().Be($"a lab hello 0 {made["metadata"]!["uid"]}\n{volume}\n");
        (await File.ReadAllTextAsync(Path.Combine(volume, "file"))).Should().Be("kept\n");
    }

    [Fact]
    public async Task Delete_WithGrace_ShowsTheTerminatedContainerBeforeTheObjectGoes()
    {
        await using var site = await TestSite.StartAsync();
        await site.CreateAsync(TestSite.Pods, Manifests.Pod("a", Manifests.Patient));
        var ready = await site.UntilReadyAsync("a");
        await site.PortOfAsync("a");
        await using var watch = await Watch.StartAsync(site, $"{TestSite.Pods}?watch=true&resourceVersion={ready["metadata"]!["resourceVersion"]}");

        var (status, answer) = await site.SendAsync("DELETE", TestSite.Pods + "/a");

        status.Should().Be(200);
        answer["metadata"]!["deletionGracePeriodSeconds"]!.GetValue<int>().Should().Be(30);
        var seen = new List<(string Type, JsonObject Pod)>();
        do
        {
            seen.Add(await watch.NextAsync());
        }
        while (seen[^1].Type != "DELETED");
        var last = seen.Last(change => change.Type == "MODIFIED").Pod;
        last["status"]!["phase"]!.GetValue<string>().Should().Be("Succeeded");
        TestSite.Container(last)["state"]!["terminated"]!["exitCode"]!.GetValue<int>().Should().Be(0);
        TestSite.Container(seen[^1].Pod)["state"]!["terminated"].Should().NotBeNull();
        seen[^1].Pod["metadata"]!["uid"]!.GetValue<string>().Should().Be(ready["metadata"]!["uid"]!.GetValue<string>());
    }

    [Fact]
    public async Task Delete_OfAPodThatIsDeaf_KillsItWhenTheGraceIsOver()
    {
        await using var site = await TestSite.StartAsync();
        await site.CreateAsync(TestSite.Pods, Manifests.Pod("a", Manifests.Deaf, grace: 1));
        var ready = await site.UntilReadyAsync("a");
        await UntilLogAsync(site, "a", "deaf");
        await using var watch = await Watch.StartAsync(site, $"{TestSite.Pods}?watch=true&resourceVersion={ready["metadata"]!["resourceVersion"]}");
        var began = TimeProvider.System.GetTimestamp();

        await site.SendAsync("DELETE", TestSite.Pods + "/a");
        (string Type, JsonObject Pod) last;
        do
        {
            last = await watch.NextAsync();
        }
        while (last.Type != "DELETED");

        TimeProvider.System.GetElapsedTime(began).Should().BeGreaterThan(TimeSpan.FromSeconds(0.9));
        var terminated = TestSite.Container(last.Pod)["state"]!["terminated"]!;
        terminated["exitCode"]!.GetValue<int>().Should().Be(137);
        terminated["signal"]!.GetValue<int>().Should().Be(9);
        last.Pod["status"]!["phase"]!.GetValue<string>().Should().Be("Failed");
    }

    [Fact]
    public async Task Delete_ByForce_RemovesTheObjectAtOnceAndThenTheProcess()
    {
        await using var site = await TestSite.StartAsync();
        await site.CreateAsync(TestSite.Pods, Manifests.Pod("a", "echo pid $$; trap '' TERM; while read line; do :; done"));
        await site.UntilReadyAsync("a");
        var log = await UntilLogAsync(site, "a", "pid");
        var process = int.Parse(log.Split('\n').First(line => line.StartsWith("pid ", StringComparison.Ordinal))[4..]);

        await site.SendAsync("DELETE", TestSite.Pods + "/a?gracePeriodSeconds=0");
        var (status, _) = await site.SendAsync("GET", TestSite.Pods + "/a");

        status.Should().Be(404);
        await EndedAsync(process);
    }

    [Fact]
    public async Task Finalizer_OnAPod_HoldsTheObjectAfterItsProcessEnded()
    {
        await using var site = await TestSite.StartAsync();
        var pod = Manifests.Pod("a", Manifests.Patient);
        pod["metadata"]!["finalizers"] = new JsonArray("example.org/hold");
        await site.CreateAsync(TestSite.Pods, pod);
        await site.UntilReadyAsync("a");

        await site.SendAsync("DELETE", TestSite.Pods + "/a");
        var held = await site.UntilAsync(TestSite.Pods + "/a", body => TestSite.Container(body)["state"]!["terminated"] is not null);
        await site.SendAsync("PATCH", TestSite.Pods + "/a", new JsonObject { ["metadata"] = new JsonObject { ["finalizers"] = null } }, TestSite.Merge);

        held["metadata"]!["deletionTimestamp"].Should().NotBeNull();
        await site.UntilGoneAsync(TestSite.Pods + "/a");
    }

    [Fact]
    public async Task Container_ThatKeepsFailing_IsRestartedAtOnceAndThenBacksOff()
    {
        await using var site = await TestSite.StartAsync(options => options with { RestartBackoff = TimeSpan.FromSeconds(2) });

        await site.CreateAsync(TestSite.Pods, Manifests.Pod("a", "echo run; exit 3"));
        var waiting = await site.UntilAsync(TestSite.Pods + "/a", body => Reason(body) == "CrashLoopBackOff");
        var count = TestSite.Container(waiting)["restartCount"]!.GetValue<int>();
        var later = await site.UntilAsync(TestSite.Pods + "/a", body => TestSite.Container(body)["restartCount"]!.GetValue<int>() >= 2);

        count.Should().Be(1, "the first restart comes without a delay");
        waiting["status"]!["phase"]!.GetValue<string>().Should().Be("Running");
        TestSite.Condition(waiting, "Ready").Should().Be("False");
        TestSite.Container(waiting)["state"]!["waiting"]!["message"]!.GetValue<string>().Should().Be("back-off 2s restarting failed container=main pod=a");
        TestSite.Container(later)["lastState"]!["terminated"]!["exitCode"]!.GetValue<int>().Should().Be(3);
        (await site.LogAsync("a", "?previous=true")).Should().Be("run\n");
    }

    [Fact]
    public async Task Claim_InUse_KeepsAnotherPodWaitingUntilItIsReleased()
    {
        await using var site = await TestSite.StartAsync();
        await site.CreateAsync(TestSite.Claims, Manifests.Claim("shared"));
        var first = await site.CreateAsync(TestSite.Pods, Manifests.Pod("first", Manifests.Patient, claim: "shared"));
        await site.UntilReadyAsync("first");

        await site.CreateAsync(TestSite.Pods, Manifests.Pod("second", Manifests.Patient, claim: "shared"));
        var waiting = await site.UntilAsync(TestSite.Pods + "/second", body => Reason(body) == "ContainerCreating");
        await site.SendAsync("DELETE", TestSite.Pods + "/first");

        waiting["status"]!["phase"]!.GetValue<string>().Should().Be("Pending");
        TestSite.Container(waiting)["state"]!["waiting"]!["message"]!.GetValue<string>().Should().Be($"claim shared is in use by pod first (uid {first["metadata"]!["uid"]})");
        await site.UntilReadyAsync("second");
    }

    [Fact]
    public async Task Pod_WithoutItsClaim_IsNotScheduled()
    {
        await using var site = await TestSite.StartAsync();

        await site.CreateAsync(TestSite.Pods, Manifests.Pod("a", Manifests.Patient, claim: "none"));
        var pod = await site.UntilAsync(TestSite.Pods + "/a", body => TestSite.Condition(body, "PodScheduled") == "False");
        await site.CreateAsync(TestSite.Claims, Manifests.Claim("none"));

        pod["status"]!["conditions"]![0]!["message"]!.GetValue<string>().Should().Be("persistentvolumeclaim \"none\" not found");
        await site.UntilReadyAsync("a");
    }

    [Fact]
    public async Task Log_Followed_ComesAsItIsWrittenAndEndsWithTheContainer()
    {
        await using var site = await TestSite.StartAsync();
        await site.CreateAsync(TestSite.Pods, Manifests.Pod("a", "echo one; sleep 0.3; echo two; exit 0", restartPolicy: "Never"));
        await UntilLogAsync(site, "a", "one");

        var followed = await site.LogAsync("a", "?follow=true");
        var tail = await site.LogAsync("a", "?tailLines=1");
        var limited = await site.LogAsync("a", "?limitBytes=3");
        var (status, _) = await site.SendAsync("GET", TestSite.Pods + "/a/log?timestamps=true");

        followed.Should().Be("one\ntwo\n");
        tail.Should().Be("two\n");
        limited.Should().Be("one");
        status.Should().Be(501);
    }

    [Theory]
    [InlineData("initContainers", "[{\"name\":\"x\"}]", 501)]
    [InlineData("containers", "[]", 422)]
    [InlineData("containers", "[{\"name\":\"a/b\"}]", 422)]
    [InlineData("containers", "[{\"name\":\"a\",\"livenessProbe\":{}}]", 501)]
    [InlineData("containers", "[{\"name\":\"a\",\"readinessProbe\":{\"exec\":{}}}]", 501)]
    public async Task Pod_WithWhatTheKubeletDoesNotServe_IsRefused(string field, string value, int expected)
    {
        await using var site = await TestSite.StartAsync();
        var pod = Manifests.Pod("a", Manifests.Patient);
        pod["spec"]![field] = JsonNode.Parse(value);

        var (status, body) = await site.SendAsync("POST", TestSite.Pods, pod);

        status.Should().Be(expected);
        body["message"]!.GetValue<string>().Should().Contain("spec." + field);
    }

    internal static string? Reason(JsonObject pod) => (string?)pod["status"]?["containerStatuses"]?[0]?["state"]?["waiting"]?["reason"];

    internal static async Task<string> UntilLogAsync(TestSite site, string pod, string wanted)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromSeconds(10))
        {
            using var response = await site.Client.GetAsync($"{TestSite.Pods}/{pod}/log");
            var text = await response.Content.ReadAsStringAsync();
            if (response.IsSuccessStatusCode && text.Contains(wanted, StringComparison.Ordinal))
            {
                return text;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        }

        throw new InvalidOperationException($"The log of {pod} does not show '{wanted}'.");
    }

    internal static async Task EndedAsync(int process)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (Directory.Exists($"/proc/{process}"))
        {
            TimeProvider.System.GetElapsedTime(began).Should().BeLessThan(TimeSpan.FromSeconds(10), $"process {process} must end");
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        }
    }
}
