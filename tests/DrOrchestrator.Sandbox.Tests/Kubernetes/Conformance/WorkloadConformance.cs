using System.Text.Json.Nodes;
using k8s;

namespace DrOrchestrator.Sandbox.Tests.Kubernetes.Conformance;

/// <summary>
/// Workloads, jobs and logs. Every case passed on a real API server and controller manager, v1.36.2, before the sandbox was held to it; the node there was played by
/// <see cref="NodePlayer" />, so what a kubelet does is not proved by it.
/// </summary>
public abstract class WorkloadConformance<TCluster>(TCluster cluster) : IClassFixture<TCluster>
    where TCluster : ConformanceCluster
{
    private const string Lines = "echo one; echo two; echo three";

    [ConformanceFact]
    public async Task Deployment_ThatIsScaled_IsObservedAndGetsItsPods()
    {
        var home = await cluster.HomeAsync();
        var made = await cluster.CreateAsync(home.Deployments, cluster.Workload("Deployment", "app", 1));
        var first = await cluster.UntilAsync(home.Deployments + "/app", body => Observed(body) == 1 && (int?)body["status"]!["readyReplicas"] == 1);

        await cluster.SendAsync("PATCH", home.Deployments + "/app/scale", JsonNode.Parse("""{"spec":{"replicas":0}}"""), TestSite.Merge);
        var empty = await cluster.UntilAsync(home.Deployments + "/app", body => Observed(body) == 2 && ((int?)body["status"]!["replicas"] ?? 0) == 0);

        made["metadata"]!["generation"]!.GetValue<int>().Should().Be(1);
        first["metadata"]!["generation"]!.GetValue<int>().Should().Be(1, "status is no change of what is wanted");
        TestSite.Condition(first, "Available").Should().Be("True");
        empty["metadata"]!["generation"]!.GetValue<int>().Should().Be(2);
        await cluster.UntilAsync(home.Pods, body => body["items"]!.AsArray().Count == 0);
    }

    [ConformanceFact]
    public async Task StatefulSet_ThatIsScaled_NamesItsPodsInOrder()
    {
        var home = await cluster.HomeAsync();
        await cluster.CreateAsync(home.StatefulSets, cluster.Workload("StatefulSet", "db", 2));

        var set = await cluster.UntilAsync(home.StatefulSets + "/db", body => (int?)body["status"]!["readyReplicas"] == 2);

        Observed(set).Should().Be(1);
        var pods = (await cluster.GetAsync(home.Pods))["items"]!.AsArray();
        pods.Select(pod => pod!["metadata"]!["name"]!.GetValue<string>()).Should().Equal("db-0", "db-1");
        var owner = pods[0]!["metadata"]!["ownerReferences"]!.AsArray().Should().ContainSingle().Which!;
        $"{owner["kind"]} {owner["name"]} {owner["controller"]}".Should().Be("StatefulSet db true");
    }

    [ConformanceFact]
    public async Task Pod_ThatIsDeleted_IsReplacedByAnother()
    {
        var home = await cluster.HomeAsync();
        await cluster.CreateAsync(home.StatefulSets, cluster.Workload("StatefulSet", "db", 1));
        var before = await cluster.UntilAsync(home.Pods + "/db-0", body => Phase(body) == "Running");

        var (status, _) = await cluster.SendAsync("DELETE", home.Pods + "/db-0");

        status.Should().Be(200);
        var uid = before["metadata"]!["uid"]!.GetValue<string>();
        await cluster.UntilAsync(home.Pods + "/db-0", body => Phase(body) == "Running" && (string?)body["metadata"]!["uid"] != uid);
    }

    [ConformanceFact]
    public async Task Job_WhosePodEndsWell_IsComplete()
    {
        var home = await cluster.HomeAsync();
        await cluster.CreateAsync(home.Jobs, cluster.Job("good", Lines));

        var job = await cluster.UntilAsync(home.Jobs + "/good", body => TestSite.Condition(body, "Complete") == "True");

        job["status"]!["succeeded"]!.GetValue<int>().Should().Be(1);
        job["status"]!["completionTime"].Should().NotBeNull();
        var pod = await PodOfAsync(home, "good");
        pod["status"]!["phase"]!.GetValue<string>().Should().Be("Succeeded");
        Terminated(pod)["exitCode"]!.GetValue<int>().Should().Be(0);
        Terminated(pod)["reason"]!.GetValue<string>().Should().Be("Completed");
        (await LogAsync(home, pod)).Should().Be("one\ntwo\nthree\n");
    }

    [ConformanceFact]
    public async Task Job_WhosePodFails_HasFailedForItsBackoffLimit()
    {
        var home = await cluster.HomeAsync();
        await cluster.CreateAsync(home.Jobs, cluster.Job("bad", "echo no; exit 3"));

        var job = await cluster.UntilAsync(home.Jobs + "/bad", body => TestSite.Condition(body, "Failed") == "True");

        job["status"]!["failed"]!.GetValue<int>().Should().Be(1);
        job["status"]!["conditions"]!.AsArray().Single(condition => (string?)condition!["type"] == "Failed")!["reason"]!.GetValue<string>().Should().Be("BackoffLimitExceeded");
        var pod = await PodOfAsync(home, "bad");
        pod["status"]!["phase"]!.GetValue<string>().Should().Be("Failed");
        Terminated(pod)["exitCode"]!.GetValue<int>().Should().Be(3);
        Terminated(pod)["reason"]!.GetValue<string>().Should().Be("Error");
        (await LogAsync(home, pod)).Should().Be("no\n");
    }

    [ConformanceFact]
    public async Task Log_WithATailOrALimit_IsThatPart()
    {
        var home = await cluster.HomeAsync();
        await cluster.CreateAsync(home.Pods, cluster.Pod("p", Lines));
        var pod = await cluster.UntilAsync(home.Pods + "/p", body => Phase(body) == "Succeeded");

        (await LogAsync(home, pod, "?tailLines=1")).Should().Be("three\n");
        (await LogAsync(home, pod, "?tailLines=0")).Should().BeEmpty();
        (await LogAsync(home, pod, "?limitBytes=5")).Should().Be("one\nt");
        (await LogAsync(home, pod, "?follow=true")).Should().Be("one\ntwo\nthree\n", "what has ended is followed to its end");
        (await LogAsync(home, pod, "?container=main&tailLines=2")).Should().Be("two\nthree\n");
    }

    [ConformanceFact]
    public async Task Log_ThatIsFollowed_GoesOnUntilTheContainerEnds()
    {
        var home = await cluster.HomeAsync();
        await cluster.CreateAsync(home.Pods, cluster.Pod("p", "echo first; sleep 2; echo last"));
        await cluster.UntilAsync(home.Pods + "/p", body => Phase(body) == "Running");
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20), TimeProvider.System);

        await using var log = await cluster.Typed.CoreV1.ReadNamespacedPodLogAsync("p", home.Name, follow: true, cancellationToken: patience.Token);
        using var reader = new StreamReader(log);

        (await reader.ReadLineAsync(patience.Token)).Should().Be("first");
        (await reader.ReadLineAsync(patience.Token)).Should().Be("last");
        (await reader.ReadLineAsync(patience.Token)).Should().BeNull();
    }

    [ConformanceFact]
    public async Task Log_OfWhatIsNotThere_SaysWhat()
    {
        var home = await cluster.HomeAsync();
        await cluster.CreateAsync(home.Pods, cluster.Pod("p", Lines));

        var missing = await cluster.SendAsync("GET", home.Pods + "/none/log");
        var container = await cluster.SendAsync("GET", home.Pods + "/p/log?container=other");

        missing.Status.Should().Be(404);
        missing.Body["message"]!.GetValue<string>().Should().Be("pods \"none\" not found");
        container.Status.Should().Be(400);
        container.Body["reason"]!.GetValue<string>().Should().Be("BadRequest");
        container.Body["message"]!.GetValue<string>().Should().Be("container other is not valid for pod p");
    }

    private async Task<JsonObject> PodOfAsync(Home home, string job)
    {
        var pods = await cluster.GetAsync($"{home.Pods}?labelSelector=job-name={job}");
        return pods["items"]!.AsArray().Should().ContainSingle().Which!.AsObject();
    }

    private Task<string> LogAsync(Home home, JsonObject pod, string query = "") => cluster.Client.GetStringAsync($"{home.Pods}/{pod["metadata"]!["name"]}/log{query}");

    private static JsonNode Terminated(JsonObject pod) => TestSite.Container(pod)["state"]!["terminated"]!;

    private static string? Phase(JsonObject content) => (string?)(content["status"] as JsonObject)?["phase"];

    private static int? Observed(JsonObject content) => (int?)content["status"]?["observedGeneration"];
}

public sealed class WorkloadConformanceOnTheSandbox(SandboxCluster cluster) : WorkloadConformance<SandboxCluster>(cluster);

[OnARealCluster]
public sealed class WorkloadConformanceOnPrimary(PrimaryCluster cluster) : WorkloadConformance<PrimaryCluster>(cluster);

[OnARealCluster]
public sealed class WorkloadConformanceOnDr(DrCluster cluster) : WorkloadConformance<DrCluster>(cluster);
