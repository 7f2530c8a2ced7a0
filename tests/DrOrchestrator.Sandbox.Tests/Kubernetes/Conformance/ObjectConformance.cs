using System.Text.Json.Nodes;
using k8s;
using k8s.Autorest;
using k8s.Models;

namespace DrOrchestrator.Sandbox.Tests.Kubernetes.Conformance;

/// <summary>Discovery, the life of objects, errors, selectors and patches. Every case passed on a real API server, v1.36.2, before the sandbox was held to it.</summary>
public abstract class ObjectConformance<TCluster>(TCluster cluster) : IClassFixture<TCluster>
    where TCluster : ConformanceCluster
{
    [ConformanceFact]
    public async Task Discovery_OfTheKindsDrillsUse_NamesThem()
    {
        var version = await cluster.Typed.Version.GetCodeAsync();
        var core = await cluster.GetAsync("/api");
        var groups = await cluster.GetAsync("/apis");

        version.Major.Should().Be("1");
        version.GitVersion.Should().StartWith("v1.");
        core["kind"]!.GetValue<string>().Should().Be("APIVersions");
        core["versions"]!.ToJsonString().Should().Be("""["v1"]""");
        groups["kind"]!.GetValue<string>().Should().Be("APIGroupList");
        Names(groups["groups"]!).Should().Contain(["apps", "batch", "coordination.k8s.io"]);
        await ServesAsync("/api/v1", "v1", "namespaces", "nodes", "pods", "pods/log", "services", "persistentvolumeclaims", "events", "configmaps", "secrets");
        await ServesAsync("/apis/apps/v1", "apps/v1", "deployments", "deployments/scale", "deployments/status", "statefulsets", "statefulsets/scale", "replicasets");
        await ServesAsync("/apis/batch/v1", "batch/v1", "jobs", "jobs/status");
        await ServesAsync("/apis/coordination.k8s.io/v1", "coordination.k8s.io/v1", "leases");
    }

    [ConformanceFact]
    public async Task Discovery_OfScaleAndOfVerbs_IsAsClientsNeedIt()
    {
        var resources = (await cluster.GetAsync("/apis/apps/v1"))["resources"]!.AsArray();

        var deployments = resources.Single(entry => (string?)entry!["name"] == "deployments")!;
        var scale = resources.Single(entry => (string?)entry!["name"] == "deployments/scale")!;
        deployments["kind"]!.GetValue<string>().Should().Be("Deployment");
        deployments["namespaced"]!.GetValue<bool>().Should().BeTrue();
        deployments["shortNames"]!.ToJsonString().Should().Be("""["deploy"]""");
        deployments["verbs"]!.AsArray().Select(verb => (string?)verb).Should().Contain(["create", "delete", "get", "list", "patch", "update", "watch"]);
        $"{scale["group"]}/{scale["version"]} {scale["kind"]}".Should().Be("autoscaling/v1 Scale");
    }

    [ConformanceFact]
    public async Task Discovery_OfWhatIsNotServed_IsNotFound()
    {
        using var group = await cluster.Client.GetAsync("/apis/nothing.example/v1/namespaces/default/things/a");
        var (status, body) = await cluster.SendAsync("GET", "/apis/apps/v1/namespaces/default/things/a");
        var typed = () => cluster.Typed.CustomObjects.GetNamespacedCustomObjectAsync("nothing.example", "v1", "default", "things", "a");

        ((int)group.StatusCode).Should().Be(404);
        (await group.Content.ReadAsStringAsync()).Should().Be("404 page not found\n", "nobody answers for that group");
        status.Should().Be(404);
        body["message"]!.GetValue<string>().Should().Be("the server could not find the requested resource");
        body["details"]!.ToJsonString().Should().Be("{}");
        var (gone, said) = await cluster.SendAsync("GET", "/apis/apps/v1beta2/namespaces/default/deployments/a");
        (gone, said["message"]!.GetValue<string>(), said["details"]!.ToJsonString()).Should().Be((404, "the server could not find the requested resource", "{}"), "its group answers for a version that is served no more");
        (await typed.Should().ThrowAsync<HttpOperationException>()).Which.Response.StatusCode.Should().Be(System.Net.HttpStatusCode.NotFound);
    }

    [ConformanceFact]
    public async Task Objects_OfEveryKindDrillsUse_AreMadeReadListedAndDeleted()
    {
        var home = await cluster.HomeAsync();
        foreach (var (path, content) in new[]
        {
            (home.Configs, Manifests.ConfigMap("a", ("k", "1"))),
            (home.Deployments, cluster.Workload("Deployment", "a", 0)),
            (home.StatefulSets, cluster.Workload("StatefulSet", "a", 0)),
            (home.Jobs, cluster.Job("a", "exit 0")),
        })
        {
            content["metadata"]!["labels"] = new JsonObject { ["suite"] = "conformance" };

            var made = await cluster.CreateAsync(path, content);
            var read = await cluster.GetAsync(path + "/a");
            var list = await cluster.GetAsync(path + "?labelSelector=suite=conformance");
            var (deleted, _) = await cluster.SendAsync("DELETE", path + "/a?propagationPolicy=Background");

            made["kind"]!.GetValue<string>().Should().Be(content["kind"]!.GetValue<string>());
            Meta(read, "uid").Should().Be(Meta(made, "uid")).And.MatchRegex("^[0-9a-f-]{36}$");
            Meta(read, "namespace").Should().Be(home.Name);
            Meta(read, "creationTimestamp").Should().MatchRegex(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$");
            list["kind"]!.GetValue<string>().Should().Be(content["kind"]!.GetValue<string>() + "List");
            long.Parse(Meta(list, "resourceVersion")).Should().BeGreaterThanOrEqualTo(long.Parse(Meta(made, "resourceVersion")));
            var item = list["items"]!.AsArray().Should().ContainSingle().Which!.AsObject();
            item.Should().NotContainKey("kind", "items of a list do not repeat what it says");
            deleted.Should().Be(200);
            await cluster.UntilAsync(path + "/a", body => (int?)body["code"] == 404);
        }
    }

    [ConformanceFact]
    public async Task Objects_ThroughTheOfficialClient_ComeBackTyped()
    {
        var home = await cluster.HomeAsync();
        var map = new V1ConfigMap { Metadata = new V1ObjectMeta { Name = "typed" }, Data = new Dictionary<string, string> { ["k"] = "1" } };

        var made = await cluster.Typed.CoreV1.CreateNamespacedConfigMapAsync(map, home.Name);
        var list = await cluster.Typed.CoreV1.ListNamespacedConfigMapAsync(home.Name, fieldSelector: "metadata.name=typed");
        var deleted = await cluster.Typed.CoreV1.DeleteNamespacedConfigMapAsync("typed", home.Name);

        made.Uid().Should().NotBeEmpty();
        list.Items.Should().ContainSingle().Which.Data["k"].Should().Be("1");
        deleted.Status.Should().Be("Success");
        deleted.Details.Uid.Should().Be(made.Uid());
    }

    [ConformanceFact]
    public async Task Namespace_ThatIsDeleted_TakesWhatIsInItAlong()
    {
        var home = await cluster.HomeAsync();
        await cluster.CreateAsync(home.Configs, Manifests.ConfigMap("a"));

        var (status, body) = await cluster.SendAsync("DELETE", $"/api/v1/namespaces/{home.Name}");

        status.Should().Be(200);
        body["kind"]!.GetValue<string>().Should().Be("Namespace", "it is not gone yet");
        body["status"]!["phase"]!.GetValue<string>().Should().Be("Terminating");
        await cluster.UntilAsync($"/api/v1/namespaces/{home.Name}", answer => (int?)answer["code"] == 404);
        (await cluster.SendAsync("GET", home.Configs + "/a")).Status.Should().Be(404);
    }

    [ConformanceFact]
    public async Task Get_OfWhatIsNotThere_IsNotFound()
    {
        var home = await cluster.HomeAsync();

        var core = await cluster.SendAsync("GET", home.Configs + "/none");
        var apps = await cluster.SendAsync("GET", home.Deployments + "/none");

        core.Status.Should().Be(404);
        core.Body.ToJsonString().Should().Be("""{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"configmaps \u0022none\u0022 not found","reason":"NotFound","details":{"name":"none","kind":"configmaps"},"code":404}""");
        apps.Body["message"]!.GetValue<string>().Should().Be("deployments.apps \"none\" not found");
        apps.Body["details"]!.ToJsonString().Should().Be("""{"name":"none","group":"apps","kind":"deployments"}""");
    }

    [ConformanceFact]
    public async Task Create_InANamespaceThatIsNotThere_IsNotFound()
    {
        var (status, body) = await cluster.SendAsync("POST", "/api/v1/namespaces/conf-none/configmaps", Manifests.ConfigMap("a"));

        status.Should().Be(404);
        body["message"]!.GetValue<string>().Should().Be("namespaces \"conf-none\" not found");
        body["details"]!.ToJsonString().Should().Be("""{"name":"conf-none","kind":"namespaces"}""");
    }

    [ConformanceFact]
    public async Task Create_OfWhatExists_IsAlreadyExists()
    {
        var home = await cluster.HomeAsync();
        await cluster.CreateAsync(home.Deployments, cluster.Workload("Deployment", "a", 0));

        var (status, body) = await cluster.SendAsync("POST", home.Deployments, cluster.Workload("Deployment", "a", 0));

        status.Should().Be(409);
        body["reason"]!.GetValue<string>().Should().Be("AlreadyExists");
        body["message"]!.GetValue<string>().Should().Be("deployments.apps \"a\" already exists");
        body["details"]!.ToJsonString().Should().Be("""{"name":"a","group":"apps","kind":"deployments"}""");
    }

    [ConformanceFact]
    public async Task Put_OfAStaleVersion_IsAConflict()
    {
        var home = await cluster.HomeAsync();
        var stale = await cluster.CreateAsync(home.Configs, Manifests.ConfigMap("a", ("k", "1")));
        await PatchAsync(home.Configs + "/a", """{"data":{"k":"2"}}""");
        stale["data"]!["k"] = "3";

        var (status, body) = await cluster.SendAsync("PUT", home.Configs + "/a", stale);

        status.Should().Be(409);
        body["reason"]!.GetValue<string>().Should().Be("Conflict");
        body["message"]!.GetValue<string>().Should().Be(
            "Operation cannot be fulfilled on configmaps \"a\": the object has been modified; please apply your changes to the latest version and try again");
        body["details"]!.ToJsonString().Should().Be("""{"name":"a","kind":"configmaps"}""");
    }

    [ConformanceFact]
    public async Task MergePatch_NamingAVersion_HoldsOnlyForThatVersion()
    {
        var home = await cluster.HomeAsync();
        var made = await cluster.CreateAsync(home.Configs, Manifests.ConfigMap("a", ("k", "1")));
        string Patch(string value) => $$$"""{"metadata":{"resourceVersion":"{{{Meta(made, "resourceVersion")}}}"},"data":{"k":"{{{value}}}"}}""";

        var first = await PatchAsync(home.Configs + "/a", Patch("2"));
        var second = await PatchAsync(home.Configs + "/a", Patch("3"));

        first.Status.Should().Be(200);
        second.Status.Should().Be(409);
        second.Body["reason"]!.GetValue<string>().Should().Be("Conflict");
    }

    [ConformanceFact]
    public async Task Create_OfWhatBreaksARule_IsInvalidAndSaysWhere()
    {
        var home = await cluster.HomeAsync();
        var wrong = cluster.Workload("Deployment", "a", 0);
        wrong["spec"]!["template"]!["metadata"]!["labels"]!["app"] = "other";

        var (status, body) = await cluster.SendAsync("POST", home.Deployments, wrong);
        var (named, name) = await cluster.SendAsync("POST", home.Configs, Manifests.ConfigMap("Not_A_Name"));

        status.Should().Be(422);
        body["reason"]!.GetValue<string>().Should().Be("Invalid");
        body["details"]!["name"]!.GetValue<string>().Should().Be("a");
        body["details"]!["group"]!.GetValue<string>().Should().Be("apps");
        body["details"]!["kind"]!.GetValue<string>().Should().Be("Deployment");
        var cause = body["details"]!["causes"]!.AsArray().Should().ContainSingle().Which!;
        cause["reason"]!.GetValue<string>().Should().Be("FieldValueInvalid");
        cause["field"]!.GetValue<string>().Should().Be("spec.template.metadata.labels");
        cause["message"]!.GetValue<string>().Should().EndWith("`selector` does not match template `labels`");
        body["message"]!.GetValue<string>().Should().StartWith("Deployment.apps \"a\" is invalid: spec.template.metadata.labels: Invalid value: ");
        named.Should().Be(422);
        name["details"]!["causes"]![0]!["field"]!.GetValue<string>().Should().Be("metadata.name");
    }

    [ConformanceFact]
    public async Task Scale_BelowZero_IsInvalid()
    {
        var home = await cluster.HomeAsync();
        await cluster.CreateAsync(home.Deployments, cluster.Workload("Deployment", "a", 0));

        var (status, body) = await PatchAsync(home.Deployments + "/a", """{"spec":{"replicas":-1}}""");

        status.Should().Be(422);
        var cause = body["details"]!["causes"]!.AsArray().Should().ContainSingle().Which!;
        cause["field"]!.GetValue<string>().Should().Be("spec.replicas");
        cause["message"]!.GetValue<string>().Should().Be("Invalid value: -1: must be greater than or equal to 0");
    }

    [ConformanceFact]
    public async Task Change_OfWhatMayNotChange_IsInvalid()
    {
        var home = await cluster.HomeAsync();
        await cluster.CreateAsync(home.Deployments, cluster.Workload("Deployment", "a", 0));

        var (status, body) = await PatchAsync(
            home.Deployments + "/a", """{"spec":{"selector":{"matchLabels":{"app":"b"}},"template":{"metadata":{"labels":{"app":"b"}}}}}""");

        status.Should().Be(422);
        var cause = body["details"]!["causes"]!.AsArray().Should().ContainSingle().Which!;
        cause["field"]!.GetValue<string>().Should().Be("spec.selector");
        cause["message"]!.GetValue<string>().Should().EndWith("field is immutable");
    }

    [ConformanceFact]
    public async Task Delete_OfAnotherUid_IsAConflictAndDeletesNothing()
    {
        var home = await cluster.HomeAsync();
        var made = await cluster.CreateAsync(home.Configs, Manifests.ConfigMap("a"));
        var other = "11111111-0000-0000-0000-000000000000";

        var (status, body) = await cluster.SendAsync("DELETE", home.Configs + "/a", Preconditions("uid", other));
        var old = await cluster.SendAsync("DELETE", home.Configs + "/a", Preconditions("resourceVersion", "1"));
        await cluster.GetAsync(home.Configs + "/a");
        var (right, done) = await cluster.SendAsync("DELETE", home.Configs + "/a", Preconditions("uid", Meta(made, "uid")));

        status.Should().Be(409);
        body["reason"]!.GetValue<string>().Should().Be("Conflict");
        body["message"]!.GetValue<string>().Should().Be(
            $"Operation cannot be fulfilled on ConfigMap \"a\": the UID in the precondition ({other}) does not match the UID in record ({Meta(made, "uid")}). The object might have been deleted and then recreated");
        body["details"]!.ToJsonString().Should().Be("""{"name":"a","kind":"ConfigMap"}""");
        old.Status.Should().Be(409);
        old.Body["message"]!.GetValue<string>().Should().Be(
            $"Operation cannot be fulfilled on ConfigMap \"a\": the ResourceVersion in the precondition (1) does not match the ResourceVersion in record ({Meta(made, "resourceVersion")}). The object might have been modified");
        right.Should().Be(200);
        done.ToJsonString().Should().Be($$$"""{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Success","details":{"name":"a","kind":"configmaps","uid":"{{{Meta(made, "uid")}}}"}}""");
    }

    [ConformanceFact]
    public async Task List_WithSelectors_AnswersWhatMatches()
    {
        var home = await cluster.HomeAsync();
        foreach (var (name, color) in new[] { ("a", "red"), ("b", "blue"), ("c", "green") })
        {
            var map = Manifests.ConfigMap(name);
            map["metadata"]!["labels"] = new JsonObject { ["color"] = color };
            await cluster.CreateAsync(home.Configs, map);
        }

        async Task<IEnumerable<string>> Matching(string query) => (await cluster.GetAsync(home.Configs + query))["items"]!.AsArray().Select(item => Meta(item!, "name"));

        (await Matching("?labelSelector=color=red")).Should().Equal("a");
        (await Matching("?labelSelector=color%20in%20(red,blue)")).Should().Equal("a", "b");
        (await Matching("?labelSelector=color%20notin%20(red),color")).Should().Equal("b", "c");
        (await Matching("?labelSelector=color!=red,color")).Should().Equal("b", "c");
        (await Matching("?fieldSelector=metadata.name=c")).Should().Equal("c");
        (await cluster.SendAsync("GET", home.Pods + "?fieldSelector=spec.color=red")).Status.Should().Be(400);
        (await cluster.SendAsync("GET", home.Pods + "?labelSelector=a%20is%20b")).Status.Should().Be(400);
    }

    [ConformanceFact]
    public async Task JsonPatch_WithATest_ChangesOnlyWhenItHolds()
    {
        var home = await cluster.HomeAsync();
        await cluster.CreateAsync(home.Configs, Manifests.ConfigMap("a", ("k", "1")));
        JsonNode Patch(string expected) => JsonNode.Parse(
            $$"""[{"op":"test","path":"/data/k","value":"{{expected}}"},{"op":"replace","path":"/data/k","value":"2"},{"op":"add","path":"/data/n","value":"new"}]""")!;

        var (held, changed) = await cluster.SendAsync("PATCH", home.Configs + "/a", Patch("1"), "application/json-patch+json");
        var (failed, refusal) = await cluster.SendAsync("PATCH", home.Configs + "/a", Patch("1"), "application/json-patch+json");

        held.Should().Be(200);
        changed["data"]!.ToJsonString().Should().Be("""{"k":"2","n":"new"}""");
        failed.Should().Be(422);
        refusal["reason"]!.GetValue<string>().Should().Be("Invalid");
        refusal["message"]!.GetValue<string>().Should().StartWith("the server rejected our request due to an error in our request");
    }

    [ConformanceFact]
    public async Task MergePatch_WithANull_RemovesAndWithTheSameWritesNothing()
    {
        var home = await cluster.HomeAsync();
        await cluster.CreateAsync(home.Configs, Manifests.ConfigMap("a", ("k", "1"), ("gone", "x")));

        var (_, first) = await PatchAsync(home.Configs + "/a", """{"data":{"gone":null,"k":"2"}}""");
        var (_, again) = await PatchAsync(home.Configs + "/a", """{"data":{"gone":null,"k":"2"}}""");

        first["data"]!.ToJsonString().Should().Be("""{"k":"2"}""");
        Meta(again, "resourceVersion").Should().Be(Meta(first, "resourceVersion"));
    }

    [ConformanceFact]
    public async Task Finalizer_OnADeletedObject_HoldsItUntilItIsRemoved()
    {
        var home = await cluster.HomeAsync();
        var map = Manifests.ConfigMap("a");
        map["metadata"]!["finalizers"] = new JsonArray("example.org/hold");
        await cluster.CreateAsync(home.Configs, map);

        var (status, held) = await cluster.SendAsync("DELETE", home.Configs + "/a");
        await PatchAsync(home.Configs + "/a", """{"metadata":{"finalizers":null}}""");

        status.Should().Be(200);
        held["kind"]!.GetValue<string>().Should().Be("ConfigMap", "it is still there");
        Meta(held, "deletionTimestamp").Should().NotBeEmpty();
        (await cluster.SendAsync("GET", home.Configs + "/a")).Status.Should().Be(404);
    }

    private Task<(int Status, JsonObject Body)> PatchAsync(string path, string patch) => cluster.SendAsync("PATCH", path, JsonNode.Parse(patch), TestSite.Merge);

    private async Task ServesAsync(string path, string groupVersion, params string[] resources)
    {
        var list = await cluster.GetAsync(path);
        list["kind"]!.GetValue<string>().Should().Be("APIResourceList");
        list["groupVersion"]!.GetValue<string>().Should().Be(groupVersion);
        Names(list["resources"]!).Should().Contain(resources);
    }

    private static IEnumerable<string> Names(JsonNode list) => list.AsArray().Select(entry => entry!["name"]!.GetValue<string>());

    private static JsonObject Preconditions(string name, string value) => new() { ["preconditions"] = new JsonObject { [name] = value } };

    private static string Meta(JsonNode content, string name) => content["metadata"]![name]!.GetValue<string>();
}

public sealed class ObjectConformanceOnTheSandbox(SandboxCluster cluster) : ObjectConformance<SandboxCluster>(cluster);

[OnARealCluster]
public sealed class ObjectConformanceOnPrimary(PrimaryCluster cluster) : ObjectConformance<PrimaryCluster>(cluster);

[OnARealCluster]
public sealed class ObjectConformanceOnDr(DrCluster cluster) : ObjectConformance<DrCluster>(cluster);
