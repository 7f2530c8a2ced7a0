using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace DrOrchestrator.Sandbox.Tests.Kubernetes;

public sealed class ApiTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("wrong")]
    public async Task Request_WithoutTheToken_GetsAnUnauthorizedStatus(string? token)
    {
        await using var site = await TestSite.StartAsync();
        site.Client.DefaultRequestHeaders.Authorization = token is null ? null : new("Bearer", token);

        var (read, body) = await site.SendAsync("GET", TestSite.Configs);
        var (write, _) = await site.SendAsync("POST", TestSite.Configs, Manifests.ConfigMap("a"));

        read.Should().Be(401);
        write.Should().Be(401);
        body["kind"]!.GetValue<string>().Should().Be("Status");
        body["reason"]!.GetValue<string>().Should().Be("Unauthorized");
        site.Requests.Entries.Should().ContainSingle().Which.Status.Should().Be(401);
    }

    [Fact]
    public async Task Object_OverItsLife_KeepsUidAndGetsNewVersions()
    {
        await using var site = await TestSite.StartAsync();

        var made = await site.CreateAsync(TestSite.Configs, Manifests.ConfigMap("a", ("k", "1")));
        var (patched, changed) = await site.SendAsync("PATCH", TestSite.Configs + "/a", new JsonObject { ["data"] = new JsonObject { ["k"] = "2" } }, TestSite.Merge);
        var (_, again) = await site.SendAsync("PATCH", TestSite.Configs + "/a", new JsonObject { ["data"] = new JsonObject { ["k"] = "2" } }, TestSite.Merge);
        var (deleted, _) = await site.SendAsync("DELETE", TestSite.Configs + "/a");
        var (missing, status) = await site.SendAsync("GET", TestSite.Configs + "/a");

        patched.Should().Be(200);
        deleted.Should().Be(200);
        missing.Should().Be(404);
        Meta(changed, "uid").Should().Be(Meta(made, "uid"));
        long.Parse(Meta(changed, "resourceVersion")).Should().BeGreaterThan(long.Parse(Meta(made, "resourceVersion")));
        Meta(again, "resourceVersion").Should().Be(Meta(changed, "resourceVersion"), "nothing changed");
        status["message"]!.GetValue<string>().Should().Be("configmaps \"a\" not found");
    }

    [Fact]
    public async Task Put_WithAnOldVersion_IsAConflict()
    {
        await using var site = await TestSite.StartAsync();
        var made = await site.CreateAsync(TestSite.Configs, Manifests.ConfigMap("a", ("k", "1")));
        await site.SendAsync("PATCH", TestSite.Configs + "/a", new JsonObject { ["data"] = new JsonObject { ["k"] = "2" } }, TestSite.Merge);

        made["data"]!["k"] = "3";
        var (status, body) = await site.SendAsync("PUT", TestSite.Configs + "/a", made);

        status.Should().Be(409);
        body["reason"]!.GetValue<string>().Should().Be("Conflict");
        body["message"]!.GetValue<string>().Should().Be(
            "Operation cannot be fulfilled on configmaps \"a\": the object has been modified; please apply your changes to the latest version and try again");
    }

    [Fact]
    public async Task Create_OfWhatExists_IsAlreadyExists()
    {
        await using var site = await TestSite.StartAsync();
        await site.CreateAsync(TestSite.Configs, Manifests.ConfigMap("a"));

        var (status, body) = await site.SendAsync("POST", TestSite.Configs, Manifests.ConfigMap("a"));

        status.Should().Be(409);
        body["reason"]!.GetValue<string>().Should().Be("AlreadyExists");
        body["details"]!.ToJsonString().Should().Be("""{"name":"a","kind":"configmaps"}""");
    }

    [Theory]
    [InlineData("POST", "/api/v1/namespaces/default/configmaps", "application/yaml", "a: b", 415)]
    [InlineData("POST", "/api/v1/namespaces/default/configmaps", "application/json", "{\"kind\":", 400)]
    [InlineData("POST", "/api/v1/namespaces/default/configmaps", "application/json", "{\"kind\":\"A\",\"kind\":\"B\"}", 400)]
    [InlineData("POST", "/api/v1/namespaces/default/configmaps", "application/json", "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"../x\"}}", 422)]
    [InlineData("POST", "/api/v1/namespaces/nowhere/configmaps", "application/json", "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"x\"}}", 404)]
    [InlineData("POST", "/api/v1/namespaces/default/configmaps?dryRun=Some", "application/json", "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"x\"}}", 422)]
    [InlineData("POST", "/api/v1/namespaces/default/configmaps?fieldValidation=Loud", "application/json", "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"x\"}}", 501)]
    [InlineData("PATCH", "/api/v1/namespaces/default/configmaps/a", "application/strategic-merge-patch+json", "{}", 415)]
    [InlineData("PATCH", "/api/v1/namespaces/default/configmaps/a?fieldManager=m", "application/apply-patch+yaml", "a: b", 415)]
    [InlineData("PATCH", "/api/v1/namespaces/default/configmaps/a", "application/json-patch+json", "[{\"op\":\"test\",\"path\":\"/data/k\",\"value\":\"9\"}]", 422)]
    [InlineData("DELETE", "/api/v1/namespaces/default/configmaps", "application/json", "{}", 405)]
    [InlineData("POST", "/api/v1/namespaces/default/pods/x/eviction", "application/json", "{}", 501)]
    [InlineData("GET", "/apis/apps/v1/things", null, null, 404)]
    [InlineData("GET", "/api/v1/pods?fieldSelector=spec.color=red", null, null, 400)]
    [InlineData("GET", "/api/v1/pods?labelSelector=a%20is%20b", null, null, 400)]
    [InlineData("GET", "/api/v1/pods?continue=x", null, null, 501)]
    [InlineData("GET", "/api/v1/pods?resourceVersion=99999999", null, null, 504)]
    public async Task Request_ThatIsNotServed_GetsAStatusAndChangesNothing(string method, string path, string? mediaType, string? body, int expected)
    {
        await using var site = await TestSite.StartAsync();
        await site.CreateAsync(TestSite.Configs, Manifests.ConfigMap("a", ("k", "1")));
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, mediaType!);

        using var response = await site.Client.SendAsync(request);

        ((int)response.StatusCode).Should().Be(expected);
        var status = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        status["kind"]!.GetValue<string>().Should().Be("Status");
        status["code"]!.GetValue<int>().Should().Be(expected);
        status["message"]!.GetValue<string>().Should().NotBeEmpty();
        var maps = await site.GetAsync(TestSite.Configs);
        maps["items"]!.AsArray().Should().ContainSingle().Which!["data"]!["k"]!.GetValue<string>().Should().Be("1");
    }

    [Fact]
    public async Task List_WithSelectors_AnswersWhatMatches()
    {
        await using var site = await TestSite.StartAsync();
        foreach (var (name, color) in new[] { ("a", "red"), ("b", "blue"), ("c", "green") })
        {
            var map = Manifests.ConfigMap(name);
            map["metadata"]!["labels"] = new JsonObject { ["color"] = color };
            await site.CreateAsync(TestSite.Configs, map);
        }

        (await NamesAsync(site, "?labelSelector=color=red")).Should().Equal("a");
        (await NamesAsync(site, "?labelSelector=color%20in%20(red,blue)")).Should().Equal("a", "b");
        (await NamesAsync(site, "?labelSelector=color!=red,color")).Should().Equal("b", "c");
        (await NamesAsync(site, "?labelSelector=!color")).Should().BeEmpty();
        (await NamesAsync(site, "?fieldSelector=metadata.name=c")).Should().Equal("c");
        (await NamesAsync(site, "?fieldSelector=metadata.name!=c")).Should().Equal("a", "b");
    }

    [Fact]
    public async Task Write_WithDryRun_AnswersTheResultAndKeepsNothing()
    {
        await using var site = await TestSite.StartAsync();
        await site.CreateAsync(TestSite.Configs, Manifests.ConfigMap("a", ("k", "1")));

        var created = await site.SendAsync("POST", TestSite.Configs + "?dryRun=All", Manifests.ConfigMap("b"));
        var patched = await site.SendAsync("PATCH", TestSite.Configs + "/a?dryRun=All", new JsonObject { ["data"] = new JsonObject { ["k"] = "2" } }, TestSite.Merge);
        var applied = await site.SendAsync("PATCH", TestSite.Configs + "/c?dryRun=All&fieldManager=m", Manifests.ConfigMap("c"), TestSite.Apply);
        var deleted = await site.SendAsync("DELETE", TestSite.Configs + "/a", new JsonObject { ["dryRun"] = new JsonArray("All") });

        created.Status.Should().Be(201);
        patched.Body["data"]!["k"]!.GetValue<string>().Should().Be("2");
        applied.Status.Should().Be(201);
        deleted.Status.Should().Be(200);
        var maps = await site.GetAsync(TestSite.Configs);
        maps["items"]!.AsArray().Should().ContainSingle().Which!["data"]!["k"]!.GetValue<string>().Should().Be("1");
    }

    [Fact]
    public async Task Delete_WithPreconditions_ChecksThem()
    {
        await using var site = await TestSite.StartAsync();
        var made = await site.CreateAsync(TestSite.Configs, Manifests.ConfigMap("a"));

        var (wrong, body) = await site.SendAsync("DELETE", TestSite.Configs + "/a", Preconditions("uid", "other"));
        var (old, _) = await site.SendAsync("DELETE", TestSite.Configs + "/a", Preconditions("resourceVersion", "1"));
        var (right, _) = await site.SendAsync("DELETE", TestSite.Configs + "/a", Preconditions("uid", Meta(made, "uid")));

        wrong.Should().Be(409);
        body["message"]!.GetValue<string>().Should().Contain($"the UID in the precondition (other) does not match the UID in record ({Meta(made, "uid")})");
        old.Should().Be(409);
        right.Should().Be(200);
    }

    [Fact]
    public async Task Finalizer_OnADeletedObject_HoldsItUntilItIsRemoved()
    {
        await using var site = await TestSite.StartAsync();
        var map = Manifests.ConfigMap("a");
        map["metadata"]!["finalizers"] = new JsonArray("example.org/hold");
        await site.CreateAsync(TestSite.Configs, map);

        await site.SendAsync("DELETE", TestSite.Configs + "/a");
        var held = await site.GetAsync(TestSite.Configs + "/a");
        await site.SendAsync("PATCH", TestSite.Configs + "/a", new JsonObject { ["metadata"] = new JsonObject { ["finalizers"] = null } }, TestSite.Merge);
        var (gone, _) = await site.SendAsync("GET", TestSite.Configs + "/a");

        held["metadata"]!["deletionTimestamp"].Should().NotBeNull();
        gone.Should().Be(404);
    }

    [Fact]
    public async Task Request_ThatChanges_IsOnTheRecordAndOneThatReadsIsNot()
    {
        await using var site = await TestSite.StartAsync();

        await site.SendAsync("POST", TestSite.Configs + "?fieldManager=me", Manifests.ConfigMap("a"), agent: "me/1.0");
        await site.GetAsync(TestSite.Configs);
        var secret = new JsonObject { ["apiVersion"] = "v1", ["kind"] = "Secret", ["metadata"] = new JsonObject { ["name"] = "s" }, ["data"] = new JsonObject { ["p"] = "cGFzcw==" } };
        await site.CreateAsync("/api/v1/namespaces/default/secrets", secret);

        site.Requests.Entries.Should().HaveCount(2);
        var entry = site.Requests.Entries.First();
        entry.Should().BeEquivalentTo(new { Site = "lab", Method = "POST", Path = TestSite.Configs + "?fieldManager=me", UserAgent = "me/1.0", Status = 201 });
        entry.BodySha256.Should().HaveLength(64);
        entry.Body.Should().Contain("\"ConfigMap\"");
        site.Requests.Entries.Last().Body.Should().BeNull("it holds a secret");
    }

    [Fact]
    public async Task Discovery_OfAllGroups_NamesWhatIsServed()
    {
        await using var site = await TestSite.StartAsync();

        var apps = await site.GetAsync("/apis/apps/v1");
        var groups = await site.GetAsync("/apis");
        var core = await site.GetAsync("/api/v1");
        var version = await site.GetAsync("/version");

        apps["resources"]!.AsArray().Select(entry => entry!["name"]!.GetValue<string>()).Should().Contain(["statefulsets", "deployments/scale", "replicasets"]);
        groups["groups"]!.AsArray().Select(entry => entry!["name"]!.GetValue<string>()).Should().Equal("apps", "batch", "coordination.k8s.io");
        core["resources"]!.AsArray().Select(entry => entry!["name"]!.GetValue<string>()).Should().Contain(["pods", "pods/log", "nodes"]);
        version["gitVersion"]!.GetValue<string>().Should().StartWith("v1.32");
    }

    [Fact]
    public async Task Connection_WithoutTheSitesAuthority_IsNotTrusted()
    {
        await using var site = await TestSite.StartAsync();
        using var stranger = new HttpClient();

        var attempt = () => stranger.GetAsync(new Uri(site.Site.ApiUrl, "/version"));

        await attempt.Should().ThrowAsync<HttpRequestException>();
        site.Site.ApiUrl.Host.Should().Be(IPAddress.Loopback.ToString());
    }

    private static JsonObject Preconditions(string name, string value) => new() { ["preconditions"] = new JsonObject { [name] = value } };

    private static string Meta(JsonObject content, string name) => content["metadata"]![name]!.GetValue<string>();

    private static async Task<IEnumerable<string>> NamesAsync(TestSite site, string query) =>
        (await site.GetAsync(TestSite.Configs + query))["items"]!.AsArray().Select(item => item!["metadata"]!["name"]!.GetValue<string>());
}
