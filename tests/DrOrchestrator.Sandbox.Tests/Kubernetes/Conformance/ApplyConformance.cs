using System.Text.Json.Nodes;

namespace DrOrchestrator.Sandbox.Tests.Kubernetes.Conformance;

/// <summary>Server-side apply, field owners and the scale subresource. Every case passed on a real API server, v1.36.2, before the sandbox was held to it.</summary>
public abstract class ApplyConformance<TCluster>(TCluster cluster) : IClassFixture<TCluster>
    where TCluster : ConformanceCluster
{
    [ConformanceFact]
    public async Task Apply_OfWhatIsNotThere_MakesItAndOwnsWhatItSays()
    {
        var home = await cluster.HomeAsync();

        var (status, made) = await cluster.ApplyAsync(home.Configs + "/a", Manifests.ConfigMap("a", ("k", "1")), "one");
        var (again, same) = await cluster.ApplyAsync(home.Configs + "/a", Manifests.ConfigMap("a", ("k", "1")), "one");

        status.Should().Be(201);
        again.Should().Be(200);
        var entry = made["metadata"]!["managedFields"]!.AsArray().Should().ContainSingle().Which!;
        $"{entry["manager"]} {entry["operation"]} {entry["apiVersion"]} {entry["fieldsType"]}".Should().Be("one Apply v1 FieldsV1");
        entry["fieldsV1"]!.ToJsonString().Should().Be("""{"f:data":{"f:k":{}}}""");
        same["metadata"]!["resourceVersion"]!.GetValue<string>().Should().Be(made["metadata"]!["resourceVersion"]!.GetValue<string>(), "nothing changed");
    }

    [ConformanceFact]
    public async Task Apply_OfAFieldSomeoneElseSet_IsAConflictThatNamesManagerAndField()
    {
        var home = await cluster.HomeAsync();
        await OwnedAsync(home);

        var (status, body) = await cluster.ApplyAsync(home.Deployments + "/app", Manifests.Replicas("Deployment", "app", 1), "fence");

        status.Should().Be(409);
        body["reason"]!.GetValue<string>().Should().Be("Conflict");
        body["message"]!.GetValue<string>().Should().Be("Apply failed with 1 conflict: conflict with \"owner\" using apps/v1: .spec.replicas");
        body["details"]!.ToJsonString().Should().Be(
            """{"causes":[{"reason":"FieldManagerConflict","message":"conflict with \u0022owner\u0022 using apps/v1","field":".spec.replicas"}]}""");
    }

    [ConformanceFact]
    public async Task Write_WithADryRun_AnswersWhatWouldBeAndKeepsNothing()
    {
        var home = await cluster.HomeAsync();
        var kept = await cluster.CreateAsync(home.Configs, Manifests.ConfigMap("a", ("k", "1")));

        var created = await cluster.SendAsync("POST", home.Configs + "?dryRun=All", Manifests.ConfigMap("b"));
        var patched = await cluster.SendAsync("PATCH", home.Configs + "/a?dryRun=All", new JsonObject { ["data"] = new JsonObject { ["k"] = "2" } }, TestSite.Merge);
        var applied = await cluster.SendAsync("PATCH", home.Configs + "/c?dryRun=All&fieldManager=m", Manifests.ConfigMap("c"), TestSite.Apply);
        var deleted = await cluster.SendAsync("DELETE", home.Configs + "/a?dryRun=All");
        var refused = await cluster.SendAsync("POST", home.Configs + "?dryRun=All", Manifests.ConfigMap("a"));

        (created.Status, applied.Status, deleted.Status, refused.Status).Should().Be((201, 201, 200, 409));
        patched.Body["data"]!["k"]!.GetValue<string>().Should().Be("2");
        patched.Body["metadata"]!["resourceVersion"]!.GetValue<string>().Should().Be(kept["metadata"]!["resourceVersion"]!.GetValue<string>());
        (await cluster.GetAsync(home.Configs + "/a"))["data"]!["k"]!.GetValue<string>().Should().Be("1");
        (await cluster.SendAsync("GET", home.Configs + "/b")).Status.Should().Be(404);
        (await cluster.SendAsync("GET", home.Configs + "/c")).Status.Should().Be(404);
    }

    [ConformanceFact]
    public async Task Apply_AgainstAnApplier_NamesItByItsNameAlone()
    {
        var home = await cluster.HomeAsync();
        await cluster.ApplyAsync(home.Configs + "/a", Manifests.ConfigMap("a", ("k", "1"), ("l", "1")), "one");

        var (status, body) = await cluster.ApplyAsync(home.Configs + "/a", Manifests.ConfigMap("a", ("k", "2"), ("l", "2")), "two");

        status.Should().Be(409);
        body["message"]!.GetValue<string>().Should().Be("Apply failed with 2 conflicts: conflicts with \"one\":\n- .data.k\n- .data.l");
        body["details"]!["causes"]!.AsArray().Should().HaveCount(2);
    }

    [ConformanceFact]
    public async Task Apply_WithForce_TakesTheFieldOver()
    {
        var home = await cluster.HomeAsync();
        await OwnedAsync(home);

        var (status, body) = await cluster.ApplyAsync(home.Deployments + "/app", Manifests.Replicas("Deployment", "app", 0), "fence", force: true);
        var (changed, scaled) = await cluster.ApplyAsync(home.Deployments + "/app", Manifests.Replicas("Deployment", "app", 1), "fence", force: true);

        status.Should().Be(200);
        changed.Should().Be(200);
        Fields(body, "owner", "Update").Should().Contain("f:replicas", "the value was the same, so both own it");
        Fields(body, "fence", "Apply").Should().Be("""{"f:spec":{"f:replicas":{}}}""");
        Fields(scaled, "owner", "Update").Should().NotContain("f:replicas").And.Contain("""k:{\u0022name\u0022:\u0022main\u0022}""");
        scaled["spec"]!["replicas"]!.GetValue<int>().Should().Be(1);
        scaled["metadata"]!["generation"]!.GetValue<int>().Should().Be(2);
    }

    [ConformanceFact]
    public async Task Apply_OfLessThanBefore_RemovesWhatItOwnedAlone()
    {
        var home = await cluster.HomeAsync();
        await cluster.ApplyAsync(home.Configs + "/a", Manifests.ConfigMap("a", ("x", "1"), ("y", "2"), ("z", "3")), "one");
        await cluster.ApplyAsync(home.Configs + "/a", Manifests.ConfigMap("a", ("z", "3")), "two");

        var (status, body) = await cluster.ApplyAsync(home.Configs + "/a", Manifests.ConfigMap("a", ("x", "1")), "one");

        status.Should().Be(200);
        body["data"]!.ToJsonString().Should().Be("""{"x":"1","z":"3"}""");
    }

    [ConformanceFact]
    public async Task Apply_WithAStaleVersionOrAnotherUid_IsRefusedEvenWithForce()
    {
        var home = await cluster.HomeAsync();
        var made = await OwnedAsync(home);
        var stale = Manifests.Replicas("Deployment", "app", 0);
        stale["metadata"]!["resourceVersion"] = "1";
        var other = Manifests.Replicas("Deployment", "app", 0);
        other["metadata"]!["uid"] = "11111111-0000-0000-0000-000000000000";
        var right = Manifests.Replicas("Deployment", "app", 0);
        right["metadata"]!["uid"] = made["metadata"]!["uid"]!.GetValue<string>();

        (await cluster.ApplyAsync(home.Deployments + "/app", stale, "fence", force: true)).Status.Should().Be(409);
        var (status, body) = await cluster.ApplyAsync(home.Deployments + "/app", other, "fence", force: true);
        other["metadata"]!["resourceVersion"] = "1";
        (await cluster.ApplyAsync(home.Deployments + "/app", other, "fence", force: true)).Status.Should().Be(409, "of both the version is looked at first");
        status.Should().Be(422);
        body["details"]!["causes"]![0]!["field"]!.GetValue<string>().Should().Be("metadata.uid");
        body["details"]!["causes"]![0]!["message"]!.GetValue<string>().Should().EndWith("field is immutable");
        (await cluster.ApplyAsync(home.Deployments + "/app", right, "fence", force: true)).Status.Should().Be(200);
    }

    [ConformanceFact]
    public async Task Apply_WithoutAManager_IsRefused()
    {
        var home = await cluster.HomeAsync();

        var (status, body) = await cluster.SendAsync("PATCH", home.Configs + "/a", Manifests.ConfigMap("a"), TestSite.Apply);

        status.Should().Be(422);
        body["reason"]!.GetValue<string>().Should().Be("Invalid");
        body["message"]!.GetValue<string>().Should().Contain("fieldManager: Required value: is required for apply patch");
    }

    [ConformanceFact]
    public async Task Update_OfAnApplied_TakesTheFieldFromTheApplier()
    {
        var home = await cluster.HomeAsync();
        await cluster.ApplyAsync(home.Configs + "/a", Manifests.ConfigMap("a", ("k", "1"), ("l", "1")), "one");

        await cluster.SendAsync("PATCH", home.Configs + "/a?fieldManager=hand", JsonNode.Parse("""{"data":{"k":"2"}}"""), TestSite.Merge);

        var body = await cluster.GetAsync(home.Configs + "/a");
        Fields(body, "one", "Apply").Should().Be("""{"f:data":{"f:l":{}}}""");
        Fields(body, "hand", "Update").Should().Be("""{"f:data":{"f:k":{}}}""");
    }

    [ConformanceFact]
    public async Task Write_OfAFieldTheKindDoesNotHave_IsRefusedWhereThatIsAskedFor()
    {
        var home = await cluster.HomeAsync();
        var kept = await cluster.CreateAsync(home.Configs, Manifests.ConfigMap("a", ("k", "1")));
        var app = cluster.Workload("Deployment", "app", 0);
        app["spec"]!["replica"] = 1;
        app["spec"]!["template"]!["spec"]!["containers"]![0]!["imag"] = "x";
        var map = Manifests.ConfigMap("a", ("k", "2"));
        map["dat"] = new JsonObject();

        var (created, creation) = await cluster.SendAsync("POST", home.Deployments + "?fieldValidation=Strict", app);
        var (replaced, replacement) = await cluster.SendAsync("PUT", home.Configs + "/a?fieldValidation=Strict", map);
        var (patched, patch) = await cluster.SendAsync("PATCH", home.Configs + "/a?fieldValidation=Strict", JsonNode.Parse("""{"dat":{}}"""), TestSite.Merge);

        (created, replaced, patched).Should().Be((400, 400, 422));
        creation["message"]!.GetValue<string>().Should().StartWith("Deployment in version \"v1\" cannot be handled as a Deployment: strict decoding error: ")
            .And.Contain("unknown field \"spec.replica\"").And.Contain("unknown field \"spec.template.spec.containers[0].imag\"");
        replacement["message"]!.GetValue<string>().Should().Be("ConfigMap in version \"v1\" cannot be handled as a ConfigMap: strict decoding error: unknown field \"dat\"");
        patch["message"]!.GetValue<string>().Should().StartWith(" \"\" is invalid: patch: Invalid value: ").And.EndWith(": strict decoding error: unknown field \"dat\"");
        (creation["reason"]!.GetValue<string>(), patch["reason"]!.GetValue<string>()).Should().Be(("BadRequest", "Invalid"));
        (await cluster.GetAsync(home.Configs + "/a"))["metadata"]!["resourceVersion"]!.GetValue<string>().Should().Be(kept["metadata"]!["resourceVersion"]!.GetValue<string>());
        (await cluster.SendAsync("POST", home.Configs + "?fieldValidation=Strict", Manifests.ConfigMap("b", ("k", "1")))).Status.Should().Be(201);
    }

    [ConformanceFact]
    public async Task Write_OfAFieldTheKindDoesNotHave_IsLeftOutAndWarnedOf()
    {
        var home = await cluster.HomeAsync();
        var app = cluster.Workload("Deployment", "app", 0);
        app["spec"]!["replica"] = 1;
        app["spec"]!["template"]!["spec"]!["containers"]![0]!["imag"] = "x";
        var map = Manifests.ConfigMap("a", ("k", "1"));
        await cluster.CreateAsync(home.Configs, map);
        map["dat"] = new JsonObject { ["k"] = "1" };
        var patch = JsonNode.Parse("""{"spec":{"replicsa":2}}""")!;

        var created = await WarningsAsync("POST", home.Deployments, app, "application/json");
        var patched = await WarningsAsync("PATCH", home.Deployments + "/app", patch, TestSite.Merge);
        var asked = await WarningsAsync("PATCH", home.Deployments + "/app?fieldValidation=Warn&dryRun=All", patch, TestSite.Merge);
        var added = await WarningsAsync("PATCH", home.Deployments + "/app", JsonNode.Parse("""[{"op":"add","path":"/spec/replicsa","value":2}]""")!, "application/json-patch+json");
        var replaced = await WarningsAsync("PUT", home.Configs + "/a", map, "application/json");
        var ignored = await WarningsAsync("PUT", home.Configs + "/a?fieldValidation=Ignore", map, "application/json");

        created.Should().BeEquivalentTo("""299 - "unknown field \"spec.replica\"" """.TrimEnd(), """299 - "unknown field \"spec.template.spec.containers[0].imag\"" """.TrimEnd());
        patched.Should().Equal("""299 - "unknown field \"spec.replicsa\"" """.TrimEnd());
        asked.Should().Equal(patched);
        added.Should().Equal(patched);
        replaced.Should().Equal("""299 - "unknown field \"dat\"" """.TrimEnd());
        ignored.Should().BeEmpty();
        var kept = await cluster.GetAsync(home.Deployments + "/app");
        kept["spec"]!.AsObject().Should().NotContainKeys("replica", "replicsa");
        kept["spec"]!["template"]!["spec"]!["containers"]![0]!.AsObject().Should().NotContainKey("imag");
        (await cluster.GetAsync(home.Configs + "/a")).Should().NotContainKey("dat");

        async Task<string[]> WarningsAsync(string method, string path, JsonNode body, string mediaType)
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = new StringContent(body.ToJsonString(), null, mediaType) };
            using var response = await cluster.Client.SendAsync(request);
            ((int)response.StatusCode).Should().BeInRange(200, 201, await response.Content.ReadAsStringAsync());
            return [.. response.Headers.Warning.Select(warning => warning.ToString())];
        }
    }

    [ConformanceFact]
    public async Task Apply_OfAFieldTheKindDoesNotHave_IsAnInternalErrorThatNamesIt()
    {
        var home = await cluster.HomeAsync();
        var map = Manifests.ConfigMap("a", ("k", "1"));
        map["dat"] = new JsonObject { ["k"] = "1" };
        var app = JsonNode.Parse("""{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"app"},"spec":{"template":{"spec":{"containers":[{"name":"main","imag":"x"}]}}}}""")!.AsObject();

        var (status, body) = await cluster.ApplyAsync(home.Configs + "/a", map, "one");
        var (nested, deeper) = await cluster.SendAsync("PATCH", home.Deployments + "/app?fieldManager=one&fieldValidation=Strict", app, TestSite.Apply);

        (status, nested).Should().Be((500, 500));
        body["message"]!.GetValue<string>().Should().Be("failed to create typed patch object (/a; /v1, Kind=ConfigMap): .dat: field not declared in schema");
        body.Should().NotContainKey("reason");
        deeper["message"]!.GetValue<string>().Should().Be("failed to create typed patch object (/app; apps/v1, Kind=Deployment): .spec.template.spec.containers[name=\"main\"].imag: field not declared in schema");
        (await cluster.SendAsync("GET", home.Configs + "/a")).Status.Should().Be(404);
    }

    [ConformanceFact]
    public async Task Update_OfTheOwnersThemselves_MakesACreatorAnApplierAndLetsGo()
    {
        var home = await cluster.HomeAsync();
        var (_, made) = await cluster.SendAsync("POST", home.Configs + "?fieldManager=one", Manifests.ConfigMap("a", ("k", "1")));
        var conflict = await cluster.ApplyAsync(home.Configs + "/a", Manifests.ConfigMap("a", ("k", "2")), "one");

        var (status, handed) = await cluster.SendAsync("PATCH", home.Configs + "/a?fieldManager=one", JsonNode.Parse("""[{"op":"test","path":"/metadata/managedFields/0/manager","value":"one"},{"op":"replace","path":"/metadata/managedFields/0/operation","value":"Apply"}]"""), TestSite.JsonPatch);
        var again = await cluster.ApplyAsync(home.Configs + "/a", Manifests.ConfigMap("a", ("k", "2")), "one");
        var labelled = await cluster.SendAsync("PATCH", home.Configs + "/a?fieldManager=two", JsonNode.Parse("""{"metadata":{"labels":{"l":"1"}}}"""), TestSite.Merge);
        var (let, gone) = await cluster.SendAsync("PATCH", home.Configs + "/a?fieldManager=two", JsonNode.Parse("""[{"op":"test","path":"/metadata/managedFields/0/manager","value":"one"},{"op":"remove","path":"/metadata/managedFields/0"}]"""), TestSite.JsonPatch);
        var other = await cluster.ApplyAsync(home.Configs + "/a", Manifests.ConfigMap("a", ("k", "3")), "three");

        conflict.Status.Should().Be(409, "what was created is an updater's");
        status.Should().Be(200);
        handed["metadata"]!["managedFields"]!.AsArray().Should().ContainSingle().Which!["operation"]!.GetValue<string>().Should().Be("Apply");
        handed["metadata"]!["resourceVersion"]!.GetValue<string>().Should().NotBe(made["metadata"]!["resourceVersion"]!.GetValue<string>());
        again.Status.Should().Be(200, again.Body.ToJsonString());
        (labelled.Status, let).Should().Be((200, 200), gone.ToJsonString());
        gone["metadata"]!["managedFields"]!.AsArray().Should().ContainSingle().Which!["manager"]!.GetValue<string>().Should().Be("two");
        other.Status.Should().Be(200, other.Body.ToJsonString());

        // A client that knows nothing of owners sends none, and takes none away; an empty list, or one with one empty entry, does.
        var map = Manifests.ConfigMap("a", ("k", "3"));
        map["metadata"]!["labels"] = new JsonObject { ["l"] = "1" };
        var (_, kept) = await cluster.SendAsync("PUT", home.Configs + "/a?fieldManager=two", map);
        kept["metadata"]!["managedFields"]!.AsArray().Should().HaveCount(2, kept.ToJsonString());
        foreach (var list in (string[])["[]", "[{}]"])
        {
            await cluster.ApplyAsync(home.Configs + "/b", Manifests.ConfigMap("b", ("k", list)), "one", force: true);
            var (_, none) = await cluster.SendAsync("PATCH", home.Configs + "/b?fieldManager=two", JsonNode.Parse($$$"""{"metadata":{"managedFields":{{{list}}}}}"""), TestSite.Merge);
            none["metadata"]!.AsObject().Should().NotContainKey("managedFields");
        }
    }

    [ConformanceFact]
    public async Task Scale_ByAnother_DropsAnnotationsAndOwnsReplicasUnderItsOwnEntry()
    {
        var home = await cluster.HomeAsync();
        await OwnedAsync(home);
        await cluster.ApplyAsync(home.Deployments + "/app", Manifests.Replicas("Deployment", "app", 0), "fence", force: true);
        var patch = JsonNode.Parse("""{"metadata":{"annotations":{"why":"x"}},"spec":{"replicas":1}}""");

        var (status, scale) = await cluster.SendAsync("PATCH", home.Deployments + "/app/scale?fieldManager=hand", patch, TestSite.Merge);

        var app = await cluster.GetAsync(home.Deployments + "/app");
        status.Should().Be(200);
        scale["kind"]!.GetValue<string>().Should().Be("Scale");
        scale["apiVersion"]!.GetValue<string>().Should().Be("autoscaling/v1");
        scale["spec"]!["replicas"]!.GetValue<int>().Should().Be(1);
        scale["status"]!["selector"]!.GetValue<string>().Should().Be("app=app");
        app["metadata"]!["annotations"]?["why"].Should().BeNull();
        var entry = Entry(app, "hand", "Update");
        entry["subresource"]!.GetValue<string>().Should().Be("scale");
        entry["fieldsV1"]!.ToJsonString().Should().Be("""{"f:spec":{"f:replicas":{}}}""");
        var (refused, conflict) = await cluster.ApplyAsync(home.Deployments + "/app", Manifests.Replicas("Deployment", "app", 0), "fence");
        refused.Should().Be(409);
        conflict["message"]!.GetValue<string>().Should().StartWith("Apply failed with 1 conflict: conflict with \"hand\" with subresource \"scale\" using apps/v1: ");
    }

    [ConformanceFact]
    public async Task Scale_WithAStaleVersion_IsAConflict()
    {
        var home = await cluster.HomeAsync();
        await OwnedAsync(home);
        var scale = await cluster.GetAsync(home.Deployments + "/app/scale");
        scale["metadata"]!["resourceVersion"] = "1";
        scale["spec"]!["replicas"] = 1;

        var (status, body) = await cluster.SendAsync("PUT", home.Deployments + "/app/scale", scale);

        status.Should().Be(409);
        body["reason"]!.GetValue<string>().Should().Be("Conflict");
        (await cluster.GetAsync(home.Deployments + "/app"))["spec"]!["replicas"]!.GetValue<int>().Should().Be(0);
    }

    private async Task<JsonObject> OwnedAsync(Home home)
    {
        var (status, made) = await cluster.SendAsync("POST", home.Deployments + "?fieldManager=owner", cluster.Workload("Deployment", "app", 0));
        status.Should().Be(201, made.ToJsonString());
        return made;
    }

    private static JsonNode Entry(JsonObject content, string manager, string operation) => content["metadata"]!["managedFields"]!.AsArray()
        .Single(entry => (string?)entry!["manager"] == manager && (string?)entry["operation"] == operation)!;

    private static string Fields(JsonObject content, string manager, string operation) => Entry(content, manager, operation)["fieldsV1"]!.ToJsonString();
}

public sealed class ApplyConformanceOnTheSandbox(SandboxCluster cluster) : ApplyConformance<SandboxCluster>(cluster);

[OnARealCluster]
public sealed class ApplyConformanceOnPrimary(PrimaryCluster cluster) : ApplyConformance<PrimaryCluster>(cluster);

[OnARealCluster]
public sealed class ApplyConformanceOnDr(DrCluster cluster) : ApplyConformance<DrCluster>(cluster);
