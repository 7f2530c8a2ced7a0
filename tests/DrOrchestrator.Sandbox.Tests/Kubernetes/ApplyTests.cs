using System.Text.Json.Nodes;

namespace DrOrchestrator.Sandbox.Tests.Kubernetes;

public sealed class ApplyTests
{
    private const string Store = TestSite.StatefulSets + "/store";

    [Fact]
    public async Task Apply_OfAFieldSomeoneElseSet_NamesTheManagerAndTheField()
    {
        await using var site = await TestSite.StartAsync();
        await CreateStoreAsync(site);

        var (status, body) = await site.ApplyAsync(Store, Manifests.Replicas("StatefulSet", "store", 1), "fence");

        status.Should().Be(409);
        body["reason"]!.GetValue<string>().Should().Be("Conflict");
        body["message"]!.GetValue<string>().Should().Be("Apply failed with 1 conflict: conflict with \"owner\" using apps/v1: .spec.replicas");
        body["details"]!["causes"]!.AsArray().Should().ContainSingle().Which!.ToJsonString().Should().Be(
            """{"reason":"FieldManagerConflict","message":"conflict with \u0022owner\u0022 using apps/v1","field":".spec.replicas"}""");
    }

    [Fact]
    public async Task Apply_WithForce_TakesTheFieldOver()
    {
        await using var site = await TestSite.StartAsync();
        await CreateStoreAsync(site);

        var (status, body) = await site.ApplyAsync(Store, Manifests.Replicas("StatefulSet", "store", 1), "fence", force: true);

        status.Should().Be(200);
        body["spec"]!["replicas"]!.GetValue<int>().Should().Be(1);
        Fields(body, "fence", "Apply").Should().Be("""{"f:spec":{"f:replicas":{}}}""");
        Fields(body, "owner", "Update").Should().NotContain("f:replicas").And.Contain("""k:{\u0022name\u0022:\u0022main\u0022}""");
        body["metadata"]!["generation"]!.GetValue<int>().Should().Be(2);
    }

    [Fact]
    public async Task Apply_OfTheSameValue_SharesTheField()
    {
        await using var site = await TestSite.StartAsync();
        await CreateStoreAsync(site);

        var (status, body) = await site.ApplyAsync(Store, Manifests.Replicas("StatefulSet", "store", 0), "fence");
        var (again, unchanged) = await site.ApplyAsync(Store, Manifests.Replicas("StatefulSet", "store", 0), "fence");

        status.Should().Be(200);
        again.Should().Be(200);
        Fields(body, "owner", "Update").Should().Contain("f:replicas");
        Fields(body, "fence", "Apply").Should().Contain("f:replicas");
        unchanged["metadata"]!["managedFields"]!.ToJsonString().Should().Be(body["metadata"]!["managedFields"]!.ToJsonString());
    }

    [Fact]
    public async Task Scale_ByAnother_TakesReplicasFromTheApplierAndDropsAnnotations()
    {
        await using var site = await TestSite.StartAsync();
        await CreateStoreAsync(site);
        await site.ApplyAsync(Store, Manifests.Replicas("StatefulSet", "store", 0), "fence", force: true);

        var patch = new JsonObject { ["metadata"] = new JsonObject { ["annotations"] = new JsonObject { ["why"] = "x" } }, ["spec"] = new JsonObject { ["replicas"] = 2 } };
        var (scaled, scale) = await site.SendAsync("PATCH", Store + "/scale", patch, TestSite.Merge, agent: "kubectl/v1.32");
        var store = await site.GetAsync(Store);
        var (refused, conflict) = await site.ApplyAsync(Store, Manifests.Replicas("StatefulSet", "store", 0), "fence");

        scaled.Should().Be(200);
        scale["kind"]!.GetValue<string>().Should().Be("Scale");
        scale["spec"]!["replicas"]!.GetValue<int>().Should().Be(2);
        store["metadata"]!["annotations"].Should().BeNull();
        store["metadata"]!["managedFields"]!.AsArray().Should().NotContain(entry => (string?)entry!["manager"] == "fence");
        refused.Should().Be(409);
        conflict["message"]!.GetValue<string>().Should().StartWith("Apply failed with 1 conflict: conflict with \"kubectl\" with subresource \"scale\" using apps/v1: ");
    }

    [Fact]
    public async Task Scale_WithAPut_ChecksTheVersion()
    {
        await using var site = await TestSite.StartAsync();
        await CreateStoreAsync(site);
        var scale = await site.GetAsync(Store + "/scale");
        await site.ApplyAsync(Store, Manifests.Replicas("StatefulSet", "store", 1), "fence", force: true);

        await site.UntilAsync(Store, body => (int?)body["status"]!["readyReplicas"] == 1);
        scale["spec"]!["replicas"] = 3;
        var (old, _) = await site.SendAsync("PUT", Store + "/scale", scale);
        var fresh = await site.GetAsync(Store + "/scale");
        fresh["spec"]!["replicas"] = 0;
        var (current, _) = await site.SendAsync("PUT", Store + "/scale", fresh);
        fresh["spec"]!["replicas"] = -1;
        var (negative, _) = await site.SendAsync("PUT", Store + "/scale", fresh);

        old.Should().Be(409);
        current.Should().Be(200);
        negative.Should().Be(422);
        (await site.SendAsync("PATCH", Store + "/scale", new JsonObject { ["spec"] = new JsonObject { ["replicas"] = -1 } }, TestSite.Merge)).Status.Should().Be(422);
    }

    [Fact]
    public async Task Apply_OfLessThanBefore_RemovesWhatItOwnedAlone()
    {
        await using var site = await TestSite.StartAsync();
        const string path = TestSite.Configs + "/a";
        await site.ApplyAsync(path, Manifests.ConfigMap("a", ("x", "1"), ("y", "2"), ("z", "3")), "one");
        await site.ApplyAsync(path, Manifests.ConfigMap("a", ("z", "3")), "two");

        var (status, body) = await site.ApplyAsync(path, Manifests.ConfigMap("a", ("x", "1")), "one");

        status.Should().Be(200);
        body["data"]!.ToJsonString().Should().Be("""{"x":"1","z":"3"}""");
    }

    [Fact]
    public async Task Apply_OfAKeyedList_MergesByKey()
    {
        await using var site = await TestSite.StartAsync();
        await CreateStoreAsync(site);
        var patch = Manifests.Replicas("StatefulSet", "store", 0);
        patch["spec"]!["template"] = new JsonObject
        {
            ["spec"] = new JsonObject
            {
                ["containers"] = new JsonArray(
                    new JsonObject { ["name"] = "main", ["env"] = new JsonArray(new JsonObject { ["name"] = "A", ["value"] = "1" }) },
                    new JsonObject { ["name"] = "side", ["image"] = "lab" }),
            },
        };

        var (status, body) = await site.ApplyAsync(Store, patch, "two");
        status.Should().Be(200, body.ToJsonString());
        var (pruned, less) = await site.ApplyAsync(Store, Manifests.Replicas("StatefulSet", "store", 0), "two");

        pruned.Should().Be(200, less.ToJsonString());
        var containers = body["spec"]!["template"]!["spec"]!["containers"]!.AsArray();
        containers.Select(container => container!["name"]!.GetValue<string>()).Should().Equal("main", "side");
        containers[0]!["command"].Should().NotBeNull("the other owner said so");
        containers[0]!["env"]![0]!["value"]!.GetValue<string>().Should().Be("1");
        var left = less["spec"]!["template"]!["spec"]!["containers"]!.AsArray().Should().ContainSingle().Which!.AsObject();
        left.Should().NotContainKey("env");
        left.Should().ContainKey("command");
    }

    [Fact]
    public async Task Apply_ForAnotherObject_IsRefused()
    {
        await using var site = await TestSite.StartAsync();
        var made = await CreateStoreAsync(site);
        var otherUid = Manifests.Replicas("StatefulSet", "store", 0);
        otherUid["metadata"]!["uid"] = "11111111-0000-0000-0000-000000000000";
        var stale = Manifests.Replicas("StatefulSet", "store", 0);
        stale["metadata"]!["resourceVersion"] = "1";
        var right = Manifests.Replicas("StatefulSet", "store", 0);
        right["metadata"]!["uid"] = made["metadata"]!["uid"]!.GetValue<string>();
        var toNothing = Manifests.Replicas("StatefulSet", "nothing", 0);
        toNothing["metadata"]!["uid"] = "11111111-0000-0000-0000-000000000000";

        (await site.ApplyAsync(Store, otherUid, "fence", force: true)).Status.Should().Be(422);
        (await site.ApplyAsync(Store, stale, "fence", force: true)).Status.Should().Be(409);
        (await site.ApplyAsync(Store, right, "fence", force: true)).Status.Should().Be(200);
        (await site.ApplyAsync(TestSite.StatefulSets + "/nothing", toNothing, "fence", force: true)).Status.Should().Be(409);
        (await site.SendAsync("PATCH", Store, right, TestSite.Apply)).Body["message"]!.GetValue<string>().Should().Contain("fieldManager: Required value");
    }

    private static async Task<JsonObject> CreateStoreAsync(TestSite site)
    {
        var (status, made) = await site.SendAsync("POST", TestSite.StatefulSets + "?fieldManager=owner", Manifests.Workload("StatefulSet", "store", 0, Manifests.Patient));
        status.Should().Be(201, made.ToJsonString());
        return made;
    }

    private static string Fields(JsonObject content, string manager, string operation) => content["metadata"]!["managedFields"]!.AsArray()
        .Single(entry => (string?)entry!["manager"] == manager && (string?)entry["operation"] == operation && entry["subresource"] is null)!["fieldsV1"]!.ToJsonString();
}
