using System.Text.Json.Nodes;

namespace DrOrchestrator.Sandbox.Tests.Kubernetes;

public sealed class WorkloadTests
{
    [Fact]
    public async Task StatefulSet_ScaledToZeroAndBack_MakesTheSameNameAnewOnTheSameClaim()
    {
        await using var site = await TestSite.StartAsync();
        await site.CreateAsync(TestSite.StatefulSets, Manifests.StatefulSetWithClaim("store", 1, "echo $POD_UID >> $DRO_VOLUME/uids; " + Manifests.Patient));
        var first = await site.UntilReadyAsync("store-0");
        await site.PortOfAsync("store-0");

        await site.SendAsync("PATCH", TestSite.StatefulSets + "/store/scale", Scale(0), TestSite.Merge);
        await site.UntilGoneAsync(TestSite.Pods + "/store-0");
        var empty = await site.UntilAsync(TestSite.StatefulSets + "/store", body => (int?)body["status"]!["replicas"] == 0);
        await site.SendAsync("PATCH", TestSite.StatefulSets + "/store/scale", Scale(1), TestSite.Merge);
        var second = await site.UntilReadyAsync("store-0");
        await site.PortOfAsync("store-0");
        var set = await site.UntilAsync(TestSite.StatefulSets + "/store", body => (int?)body["status"]!["readyReplicas"] == 1);

        empty["status"]!["observedGeneration"]!.GetValue<int>().Should().Be(empty["metadata"]!["generation"]!.GetValue<int>()).And.Be(2);
        second["metadata"]!["uid"]!.GetValue<string>().Should().NotBe(first["metadata"]!["uid"]!.GetValue<string>());
        set["status"]!["updatedReplicas"]!.GetValue<int>().Should().Be(1);
        set["status"]!["currentReplicas"]!.GetValue<int>().Should().Be(1);
        (await File.ReadAllLinesAsync(Path.Combine(site.Options.Folder, "volumes", "data-store-0", "uids")))
            .Should().Equal(first["metadata"]!["uid"]!.GetValue<string>(), second["metadata"]!["uid"]!.GetValue<string>());
    }

    [Fact]
    public async Task Deployment_FromZeroToTwoAndBack_ReportsEachState()
    {
        await using var site = await TestSite.StartAsync();
        await site.CreateAsync(TestSite.Deployments, Manifests.Workload("Deployment", "api", 0, Manifests.Patient));

        await site.ApplyAsync(TestSite.Deployments + "/api", Manifests.Replicas("Deployment", "api", 2), "drill", force: true);
        var up = await site.UntilAsync(TestSite.Deployments + "/api", body => (int?)body["status"]!["availableReplicas"] == 2 && (int?)body["status"]!["replicas"] == 2);
        await site.ApplyAsync(TestSite.Deployments + "/api", Manifests.Replicas("Deployment", "api", 0), "drill");
        var down = await site.UntilAsync(TestSite.Deployments + "/api", body => (int?)body["status"]!["replicas"] == 0);
        await site.UntilAsync(TestSite.Pods, body => body["items"]!.AsArray().Count == 0);

        TestSite.Condition(up, "Available").Should().Be("True");
        TestSite.Condition(up, "Progressing").Should().Be("True");
        up["status"]!["observedGeneration"]!.GetValue<int>().Should().Be(2);
        down["status"]!["observedGeneration"]!.GetValue<int>().Should().Be(3);
    }

    [Fact]
    public async Task Deployment_WithANewTemplate_RollsToANewReplicaSet()
    {
        await using var site = await TestSite.StartAsync();
        await site.CreateAsync(TestSite.Deployments, Manifests.Workload("Deployment", "api", 2, Manifests.Patient));
        await site.UntilAsync(TestSite.Deployments + "/api", body => (int?)body["status"]!["availableReplicas"] == 2);
        var patch = new JsonArray(new JsonObject
        {
            ["op"] = "replace", ["path"] = "/spec/template/spec/containers/0/command", ["value"] = new JsonArray("echo second; " + Manifests.Patient),
        });

        await site.SendAsync("PATCH", TestSite.Deployments + "/api", patch, "application/json-patch+json");
        await site.UntilAsync(TestSite.Deployments + "/api", body => (int?)body["status"]!["observedGeneration"] == 2
            && (int?)body["status"]!["updatedReplicas"] == 2 && (int?)body["status"]!["replicas"] == 2 && (int?)body["status"]!["availableReplicas"] == 2);
        await site.UntilAsync(TestSite.Pods, body => body["items"]!.AsArray().Count == 2);
        var sets = await site.GetAsync("/apis/apps/v1/namespaces/default/replicasets");

        sets["items"]!.AsArray().Select(set => set!["spec"]!["replicas"]!.GetValue<int>()).Should().BeEquivalentTo([0, 2]);
        sets["items"]!.AsArray().Select(set => set!["metadata"]!["annotations"]!["deployment.kubernetes.io/revision"]!.GetValue<string>()).Should().BeEquivalentTo("1", "2");
    }

    [Fact]
    public async Task Job_ThatSucceeds_IsCompleteAndKeepsItsLog()
    {
        await using var site = await TestSite.StartAsync();

        await site.CreateAsync(TestSite.Jobs, Manifests.Job("promote", "echo working; echo '{\"done\":true}'", backoffLimit: 0));
        var job = await site.UntilAsync(TestSite.Jobs + "/promote", body => TestSite.Condition(body, "Complete") == "True");
        var pods = await site.GetAsync(TestSite.Pods + "?labelSelector=job-name=promote,batch.kubernetes.io/job-name=promote");

        job["status"]!["succeeded"]!.GetValue<int>().Should().Be(1);
        job["status"]!["startTime"].Should().NotBeNull();
        job["status"]!["completionTime"].Should().NotBeNull();
        job["status"]!["active"].Should().BeNull();
        var pod = pods["items"]!.AsArray().Should().ContainSingle().Which!;
        pod["status"]!["phase"]!.GetValue<string>().Should().Be("Succeeded");
        (await site.LogAsync(pod["metadata"]!["name"]!.GetValue<string>())).Should().Be("working\n{\"done\":true}\n");
    }

    [Fact]
    public async Task Job_ThatFails_IsTriedAgainAndThenFailed()
    {
        await using var site = await TestSite.StartAsync();

        await site.CreateAsync(TestSite.Jobs, Manifests.Job("promote", "exit 7", backoffLimit: 1));
        var job = await site.UntilAsync(TestSite.Jobs + "/promote", body => TestSite.Condition(body, "Failed") == "True");
        var pods = await site.GetAsync(TestSite.Pods + "?labelSelector=job-name=promote");

        job["status"]!["failed"]!.GetValue<int>().Should().Be(2);
        job["status"]!["conditions"]![0]!["reason"]!.GetValue<string>().Should().Be("BackoffLimitExceeded");
        pods["items"]!.AsArray().Should().HaveCount(2).And.OnlyContain(pod =>
            (int)pod!["status"]!["containerStatuses"]![0]!["state"]!["terminated"]!["exitCode"]! == 7);
    }

    [Fact]
    public async Task Job_OverItsDeadline_IsFailedAndItsPodEnded()
    {
        await using var site = await TestSite.StartAsync();
        var content = Manifests.Job("slow", Manifests.Patient, backoffLimit: 0);
        content["spec"]!["activeDeadlineSeconds"] = 1;

        await site.CreateAsync(TestSite.Jobs, content);
        var job = await site.UntilAsync(TestSite.Jobs + "/slow", body => TestSite.Condition(body, "Failed") == "True");

        job["status"]!["conditions"]![0]!["reason"]!.GetValue<string>().Should().Be("DeadlineExceeded");
        await site.UntilAsync(TestSite.Pods, body => body["items"]!.AsArray().Count == 0);
    }

    [Fact]
    public async Task Delete_OfADeployment_TakesItsPodsWithItInTheOrderAsked()
    {
        await using var site = await TestSite.StartAsync();
        await site.CreateAsync(TestSite.Deployments, Manifests.Workload("Deployment", "api", 1, Manifests.Patient));
        await site.UntilAsync(TestSite.Deployments + "/api", body => (int?)body["status"]!["availableReplicas"] == 1);

        await site.SendAsync("DELETE", TestSite.Deployments + "/api", new JsonObject { ["propagationPolicy"] = "Foreground" });
        var waiting = await site.SendAsync("GET", TestSite.Deployments + "/api");
        await site.UntilGoneAsync(TestSite.Deployments + "/api");
        var pods = await site.GetAsync(TestSite.Pods);

        waiting.Status.Should().BeOneOf(200, 404);
        pods["items"]!.AsArray().Should().BeEmpty("the owner is the last to leave");
    }

    [Fact]
    public async Task Delete_OfAJobWithOrphans_LeavesItsPod()
    {
        await using var site = await TestSite.StartAsync();
        await site.CreateAsync(TestSite.Jobs, Manifests.Job("promote", "echo ok", backoffLimit: 0));
        await site.UntilAsync(TestSite.Jobs + "/promote", body => TestSite.Condition(body, "Complete") == "True");

        await site.SendAsync("DELETE", TestSite.Jobs + "/promote?propagationPolicy=Orphan");
        await site.UntilGoneAsync(TestSite.Jobs + "/promote");

        var pods = await site.GetAsync(TestSite.Pods);
        pods["items"]!.AsArray().Should().ContainSingle().Which!["metadata"]!["ownerReferences"].Should().BeNull();
    }

    [Fact]
    public async Task Namespace_Deleted_IsEmptiedFirst()
    {
        await using var site = await TestSite.StartAsync();
        await site.CreateAsync("/api/v1/namespaces", new JsonObject { ["apiVersion"] = "v1", ["kind"] = "Namespace", ["metadata"] = new JsonObject { ["name"] = "team" } });
        await site.CreateAsync("/api/v1/namespaces/team/configmaps", Manifests.ConfigMap("a"));

        await site.SendAsync("DELETE", "/api/v1/namespaces/team");
        await site.UntilGoneAsync("/api/v1/namespaces/team");

        (await site.GetAsync("/api/v1/configmaps"))["items"]!.AsArray().Should().BeEmpty();
    }

    [Theory]
    [InlineData("completions", "2", 501)]
    [InlineData("suspend", "true", 501)]
    [InlineData("backoffLimit", "0", 201)]
    public async Task Job_WithWhatIsNotServed_IsRefused(string field, string value, int expected)
    {
        await using var site = await TestSite.StartAsync();
        var job = Manifests.Job("j", "exit 0", backoffLimit: 1);
        job["spec"]![field] = JsonNode.Parse(value);

        var (status, body) = await site.SendAsync("POST", TestSite.Jobs, job);

        status.Should().Be(expected, body.ToJsonString());
    }

    [Fact]
    public async Task StatefulSet_Changed_KeepsWhatMayNotChange()
    {
        await using var site = await TestSite.StartAsync();
        await site.CreateAsync(TestSite.StatefulSets, Manifests.Workload("StatefulSet", "store", 0, Manifests.Patient));

        var (status, body) = await site.SendAsync(
            "PATCH", TestSite.StatefulSets + "/store", new JsonObject { ["spec"] = new JsonObject { ["serviceName"] = "other" } }, TestSite.Merge);

        status.Should().Be(422);
        body["message"]!.GetValue<string>().Should().Be("StatefulSet.apps \"store\" is invalid: spec.serviceName: Forbidden: field is immutable");
    }

    private static JsonObject Scale(int replicas) => new() { ["spec"] = new JsonObject { ["replicas"] = replicas } };
}
