using System.Text.Json.Nodes;

namespace DrOrchestrator.Sandbox.Tests.Kubernetes.Conformance;

/// <summary>What drills use of a real API server and the sandbox does not serve (it answers 415 or 501): strategic patches, access reviews, metadata alone. Passed on v1.36.2.</summary>
public abstract class ServerConformance<TCluster>(TCluster cluster) : IClassFixture<TCluster>
    where TCluster : ConformanceCluster
{
    private const string Strategic = "application/strategic-merge-patch+json";

    [ConformanceFact]
    public async Task StrategicPatch_OfOneContainer_MergesByItsName()
    {
        var home = await cluster.HomeAsync();
        var made = cluster.Workload("Deployment", "a", 0);
        made["spec"]!["template"]!["spec"]!["containers"]!.AsArray().Add(new JsonObject { ["name"] = "side", ["image"] = "side:1" });
        await cluster.CreateAsync(home.Deployments, made);

        var (status, patched) = await cluster.SendAsync("PATCH", home.Deployments + "/a", JsonNode.Parse("""{"spec":{"template":{"spec":{"containers":[{"name":"side","image":"side:2"}]}}}}"""), Strategic);
        var (_, removed) = await cluster.SendAsync("PATCH", home.Deployments + "/a", JsonNode.Parse("""{"spec":{"template":{"spec":{"containers":[{"name":"side","$patch":"delete"}]}}}}"""), Strategic);

        status.Should().Be(200);
        Images(patched).Should().Be("lab side:2");
        Images(removed).Should().Be("lab");
    }

    [ConformanceFact]
    public async Task StrategicPatch_WithADryRun_ShowsWhatWouldBeAndKeepsNothing()
    {
        var home = await cluster.HomeAsync();
        await cluster.CreateAsync(home.Deployments, cluster.Workload("Deployment", "a", 0));

        var (status, would) = await cluster.SendAsync("PATCH", home.Deployments + "/a?dryRun=All", JsonNode.Parse("""{"spec":{"template":{"spec":{"containers":[{"name":"main","image":"other:2"}]}}}}"""), Strategic);

        status.Should().Be(200);
        Images(would).Should().Be("other:2");
        Images(await cluster.GetAsync(home.Deployments + "/a")).Should().Be("lab");
    }

    [ConformanceFact]
    public async Task AccessReview_OfOnesOwnRights_SaysYesAndNoByItself()
    {
        var home = await cluster.HomeAsync();

        var (status, own) = await cluster.SendAsync("POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", Review("selfsubject", home, null));
        var (_, other) = await cluster.SendAsync("POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews", Review("subject", home, "nobody-at-all"));

        status.Should().Be(201);
        own["status"]!["allowed"]!.GetValue<bool>().Should().BeTrue();
        other["status"]!["allowed"]!.GetValue<bool>().Should().BeFalse();
    }

    [ConformanceFact]
    public async Task Read_OfMetadataAlone_LeavesOutWhatIsInIt()
    {
        var home = await cluster.HomeAsync();
        await cluster.CreateAsync(home.Configs, Manifests.ConfigMap("a", ("k", "1")));
        using var request = new HttpRequestMessage(HttpMethod.Get, home.Configs + "/a");
        request.Headers.TryAddWithoutValidation("Accept", "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1");

        using var response = await cluster.Client.SendAsync(request);

        var body = JsonNode.Parse(await response.Content.ReadAsStringAsync())!.AsObject();
        body["kind"]!.GetValue<string>().Should().Be("PartialObjectMetadata");
        body.Should().NotContainKey("data");
    }

    private static JsonObject Review(string whose, Home home, string? user)
    {
        var spec = new JsonObject { ["resourceAttributes"] = new JsonObject { ["namespace"] = home.Name, ["verb"] = "patch", ["group"] = "apps", ["resource"] = "deployments" } };
        if (user is not null)
        {
            spec["user"] = user;
        }

        return new JsonObject { ["apiVersion"] = "authorization.k8s.io/v1", ["kind"] = whose == "subject" ? "SubjectAccessReview" : "SelfSubjectAccessReview", ["spec"] = spec };
    }

    private static string Images(JsonObject deployment) => string.Join(' ', deployment["spec"]!["template"]!["spec"]!["containers"]!.AsArray().Select(container => container!["image"]!.GetValue<string>()));
}

[OnARealCluster]
public sealed class ServerConformanceOnPrimary(PrimaryCluster cluster) : ServerConformance<PrimaryCluster>(cluster);

[OnARealCluster]
public sealed class ServerConformanceOnDr(DrCluster cluster) : ServerConformance<DrCluster>(cluster);
