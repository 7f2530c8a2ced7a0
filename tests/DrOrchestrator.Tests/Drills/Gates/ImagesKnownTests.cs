using System.Text.Json.Nodes;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Gates;
using DrOrchestrator.Plans;
using DrOrchestrator.Testing.Kubernetes;
using DrOrchestrator.Tests.Drills.Steps;
using k8s.Models;

namespace DrOrchestrator.Tests.Drills.Gates;

public sealed class ImagesKnownTests : ClusterFixture
{
    private const string Image = "registry.dr/bank/api:7";

    [Theory]
    [InlineData("nginx", "docker.io", "docker.io/library/nginx", "latest", null)]
    [InlineData("bank/api:7", "docker.io", "docker.io/bank/api", "7", null)]
    [InlineData("localhost:5000/api", "localhost:5000", "localhost:5000/api", "latest", null)]
    [InlineData("r.example:443/a/b:v1@sha256:ab", "r.example:443", "r.example:443/a/b", "v1", "sha256:ab")]
    [InlineData("index.docker.io/library/nginx@sha256:ab", "docker.io", "docker.io/library/nginx", null, "sha256:ab")]
    public void Parse_NamesAsPeopleWriteThem_AreWrittenOut(string text, string registry, string repository, string? tag, string? digest) =>
        ImageName.Parse(text).Should().Be(new ImageName(registry, repository, tag, digest));

    [Theory]
    [InlineData("docker-pullable://r/a@sha256:ab", "sha256:ab")]
    [InlineData("r/a@sha256:ab", "sha256:ab")]
    [InlineData("sha256:ab", null)]
    [InlineData("", null)]
    public void DigestOf_WhatNodesSay_IsTheRegistrysDigestOnly(string said, string? digest) => ImageName.DigestOf(said).Should().Be(digest);

    [Theory]
    [InlineData("IfNotPresent", false, 2, true)]
    [InlineData("IfNotPresent", false, 1, false)]
    [InlineData("IfNotPresent", true, 1, true)]
    [InlineData("Never", true, 1, false)]
    [InlineData("Never", false, 2, true)]
    [InlineData("Always", false, 2, false)]
    [InlineData("Always", true, 0, true)]
    public void Judge_WhereItCanBeHad_GoesByPolicyNodesAndNamedRegistries(string policy, bool named, int holding, bool passed)
    {
        V1Node[] nodes = [Node("a", holding > 0 ? Image : "x"), Node("b", holding > 1 ? Image : "x"), Node("cordoned", "x", ready: false)];

        Judge(new AskedImage("ns/deployment/api main", Image, policy, null), nodes, named ? ["registry.dr"] : []).Passed.Should().Be(passed);
    }

    [Fact]
    public void Judge_NoNodeAtAll_DoesNotPass() => Judge(new AskedImage("x", Image, "IfNotPresent", null), []).Passed.Should().BeFalse();

    [Fact]
    public void Judge_RegistryOfAnotherSite_DoesNotPassEvenWhereNodesHoldTheImage()
    {
        var result = Judge(new AskedImage("x", Image, "IfNotPresent", null), [Node("a", Image)], ["registry.other"]);

        (result.Passed, result.Value).Should().Be((false, $"{Image} comes from registry.dr"));
    }

    [Theory]
    [InlineData(Image, "sha256:aa", true)]
    [InlineData(Image, "sha256:bb", false)]
    [InlineData(Image, null, false)]
    [InlineData("registry.dr/bank/api@sha256:aa", "sha256:aa", true)]
    [InlineData("registry.dr/bank/api@sha256:aa", "sha256:bb", false)]
    public void Judge_WhatTheOtherSiteRuns_MustBeTheSameDigest(string image, string? running, bool passed) =>
        Judge(new AskedImage("x", image, "IfNotPresent", [running]), [Node("a", Image, "registry.dr/bank/api@sha256:aa")]).Passed.Should().Be(passed);

    [Fact]
    public void Judge_TagThatNoNodeKnowsByDigest_MayHaveMoved()
    {
        var result = Judge(new AskedImage("x", Image, "IfNotPresent", ["sha256:aa"]), [Node("a", "x")], ["registry.dr"]);

        (result.Passed, result.Value).Should().Be((false, $"unknown: nothing at dr says which digest {Image} is"));
    }

    [Fact]
    public async Task Check_AgainstTheApi_ReadsTemplatesNodesPodsAndNoSecretsContent()
    {
        Cluster.Objects.World = null;
        Cluster.Objects.Change(o =>
        {
            o.Find(FakeLedgerSite.Node)!["status"]!["images"] = new JsonArray(new JsonObject { ["names"] = new JsonArray(Image, "registry.dr/bank/api@sha256:aa") });
            o.Find(FakeLedgerSite.Api)!["spec"]!["template"] = JsonNode.Parse($$$"""{"spec":{"imagePullSecrets":[{"name":"pull"},{"name":"gone"}],"containers":[{"name":"main","image":"{{{Image}}}","imagePullPolicy":"IfNotPresent"}]}}""");
            foreach (var (_, pod) in o.Under(FakeLedgerSite.Pods))
            {
                pod["status"]!["containerStatuses"]![0]!["imageID"] = "registry.dr/bank/api@sha256:bb";
            }
        });
        Cluster.Objects.Put("/api/v1/namespaces/ledger/secrets/pull", new JsonObject { ["kind"] = "Secret" });

        var results = await CheckAsync("""{"site":"primary","from":"primary"}""");

        results.Select(r => (r.Check, r.Passed)).Should().Equal(
            ("images-known primary ledger/deployment/ledger-api main", false), ("images-known primary ledger/deployment/ledger-api imagePullSecrets", false), ("images-known primary ledger/job post", false));
        results[0].Value.Should().Be($"{Image} is sha256:aa at primary, primary runs sha256:bb");
        results[1].Value.Should().Be("not there: gone");
    }

    [Fact]
    public async Task Check_PullSecretsThatAnotherStepNames_AreNotAskedFor()
    {
        Cluster.Objects.Put("/api/v1/namespaces/ledger/secrets/pull", new JsonObject { ["kind"] = "Secret" });
        var plan = StepBench.Plan with
        {
            Steps =
            [
                Step("restore", "k8s.job", """{"namespace":"ledger","image":"registry.dr/bank/job:1","command":["x"],"pull-secrets":["pull","${steps.space.secret}"]}"""),
                Step("look", "k8s.job", """{"namespace":"ledger","image":"registry.dr/bank/job:1","command":["x"],"pull-secrets":["${steps.space.secret}"]}"""),
            ],
        };

        var results = await new ImagesKnownGate(Connections).CheckAsync(StepBench.Parameters("""{"site":"primary"}"""), plan, Bench.Estate, default);

        results.Where(r => r.Check.EndsWith("imagePullSecrets", StringComparison.Ordinal)).Select(r => (r.Check, r.Value)).Should().Equal(("images-known primary ledger/job restore imagePullSecrets", "there: pull"));
    }

    [Fact]
    public async Task Check_WorkloadThatCannotBeRead_IsUnknown()
    {
        Cluster.Intercept = (request, _) => request.Path.Value!.Contains("/deployments/", StringComparison.Ordinal) ? FakeObjects.Status(403, "Forbidden", "no") : null;

        var result = (await CheckAsync("""{"site":"primary"}"""))[0];

        (result.Passed, result.Value).Should().Be((false, "unknown: 403 no"));
    }

    private Task<IReadOnlyList<GateResult>> CheckAsync(string with) => new ImagesKnownGate(Connections).CheckAsync(
        StepBench.Parameters(with),
        StepBench.Plan with
        {
            Steps =
            [
                Step("up", "k8s.scale", """{"namespace":"ledger","workload":"deployment/ledger-api","replicas":2}"""),
                Step("post", "k8s.job", """{"namespace":"ledger","image":"registry.dr/bank/job:1","command":["x"]}"""),
            ],
        },
        Bench.Estate,
        default);

    private static GateResult Judge(AskedImage asked, V1Node[] nodes, string[]? registries = null) => new ImagesJudge("dr", asked.Elsewhere is null ? null : "primary", registries ?? [], nodes).Judge(asked);

    private static V1Node Node(string name, string image, string? digest = null, bool ready = true) => new()
    {
        Metadata = new V1ObjectMeta { Name = name },
        Status = new V1NodeStatus { Conditions = [new V1NodeCondition { Type = "Ready", Status = ready ? "True" : "False" }], Images = [new V1ContainerImage { Names = digest is null ? [image] : [image, digest] }] },
    };

    private static PlanStep Step(string name, string kind, string with) => new(name, kind, new Dictionary<string, string>(), "primary", StepBench.Parameters(with), [], null, null, false, TimeSpan.FromSeconds(5), 0, null);
}
