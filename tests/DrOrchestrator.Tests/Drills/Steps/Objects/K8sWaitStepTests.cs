using System.Text.Json.Nodes;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Steps;
using DrOrchestrator.Drills.Steps.Objects;
using DrOrchestrator.Plans;
using DrOrchestrator.Testing.Drills;

namespace DrOrchestrator.Tests.Drills.Steps.Objects;

public sealed class K8sWaitStepTests : ClusterFixture
{
    private const string Bank = "/apis/postgresql.cnpg.io/v1/namespaces/ledger/clusters/bank";

    private K8sWaitStep Step => new(Connections, new WaitedTime());

    [Theory]
    [InlineData("""{"namespace":"ledger","resource":"node/primary-node-1","condition":"Ready"}""", "True")]
    [InlineData("""{"namespace":"ledger","resource":"statefulset/ledger-store","json-path":".status.readyReplicas","equals":"1"}""", "1")]
    [InlineData("""{"namespace":"ledger","resource":"pod/ledger-api-0","json-path":".spec.containers[0].name","equals":"main"}""", "main")]
    [InlineData("""{"api":"v1","resource":"nodes/primary-node-1","condition":"Ready"}""", "True")]
    [InlineData("""{"namespace":"ledger","api":"postgresql.cnpg.io/v1","resource":"clusters/bank","json-path":".status.demotionToken"}""", "dG9rZW4=")]
    [InlineData("""{"namespace":"ledger","resource":"cluster.postgresql.cnpg.io/bank","json-path":".status.demotionToken"}""", "dG9rZW4=")]
    [InlineData("""{"namespace":"ledger","resource":"PgCluster/bank","json-path":".status.demotionToken"}""", "dG9rZW4=")]
    [InlineData("""{"namespace":"ledger","resource":"secret/none","for":"absent"}""", "absent")]
    public async Task Execute_Met_IsDone(string with, string value)
    {
        ServeCustomKinds();

        (await RunAsync(with)).Should().BeOfType<StepOutcome.Done>().Which.Outputs["value"]!.GetValue<string>().Should().Be(value);
    }

    [Theory]
    [InlineData("""{"namespace":"ledger","resource":"deployment/ledger-api","json-path":".spec.replicas","equals":"9"}""", "deployment/ledger-api at primary: .spec.replicas = 9 was not met within 1s: it is 2")]
    [InlineData("""{"namespace":"ledger","resource":"job/none","condition":"Complete"}""", "job/none at primary: condition Complete = True was not met within 1s: 404 *")]
    public async Task Execute_NotMetInTime_SaysWhatWasSeen(string with, string reason) =>
        (await RunAsync(with, timeoutSeconds: 1)).Should().BeOfType<StepOutcome.Failed>().Which.Reason.Should().Match(reason);

    [Theory]
    [InlineData("""{"namespace":"ledger","resource":"cluster/bank","condition":"Ready"}""", "'cluster' means kinds of several groups here: clusters.cluster.x-k8s.io, clusters.postgresql.cnpg.io. Write one of these in front of the name, or say api")]
    [InlineData("""{"namespace":"ledger","resource":"clustre.postgresql.cnpg.io/bank","condition":"Ready"}""", "no kind 'clustre.postgresql.cnpg.io' is served here; near it is 'Cluster'")]
    [InlineData("""{"namespace":"ledger","api":"postgresql.cnpg.io/v1","resource":"cluster/bank","for":"absent"}""", "no kind 'cluster.postgresql.cnpg.io' is served here")]
    [InlineData("""{"namespace":"ledger","api":"nowhere.example.org/v1","resource":"things/bank","for":"absent"}""", "no kind 'things.nowhere.example.org' is served here")]
    [InlineData("""{"resource":"pgcluster/bank","condition":"Ready"}""", "pgcluster/bank belongs to a namespace, and none is named")]
    [InlineData("""{"namespace":"ledger","resource":"secret/s","json-path":".data.password"}""", "of a Secret only that it is there can be waited for: its values would come into the journal")]
    [InlineData("""{"namespace":"ledger","api":"postgresql.cnpg.io/v1","resource":"clusters/bank","condition":"Ready","fails-on":{"json-path":".status.phase","equals":"Unrecoverable"}}""", "clusters/bank at primary: condition Ready = True will not come, as was seen after *s: no WAL left to replay")]
    [InlineData("""{"namespace":"ledger","api":"postgresql.cnpg.io/v1","resource":"clusters/forbidden","condition":"Ready"}""", "clusters/forbidden at primary cannot be read: 403 not yours")]
    public async Task Execute_WhatWaitingCannotMend_FailsAtOnce(string with, string reason)
    {
        ServeCustomKinds();

        (await RunAsync(with, timeoutSeconds: 600)).Should().BeOfType<StepOutcome.Failed>().Which.Reason.Should().Match(reason);
    }

    [Fact]
    public async Task Execute_GroupThatDoesNotAnswer_IsAskedAgain()
    {
        ServeCustomKinds();
        var (served, asked) = (Cluster.Intercept!, 0);
        Cluster.Intercept = (request, body) => request.Path.Value!.TrimEnd('/') switch
        {
            "/apis/away.example.org/v1" when ++asked > 2 => (200, Kinds("away.example.org/v1", "things", "thing", "Thing")),
            "/apis/away.example.org/v1/namespaces/ledger/things/one" => null,
            _ => served(request, body),
        };
        Cluster.Objects.Put("/apis/away.example.org/v1/namespaces/ledger/things/one", JsonNode.Parse("""{"status":{"phase":"Well"}}""")!.AsObject());

        (await RunAsync("""{"namespace":"ledger","resource":"thing/one","json-path":".status.phase"}""")).Should().BeOfType<StepOutcome.Done>().Which.Outputs["value"]!.ToString().Should().Be("Well");
    }

    [Fact]
    public async Task Execute_GroupThatNeverAnswers_IsNamed()
    {
        ServeCustomKinds();

        (await RunAsync("""{"namespace":"ledger","resource":"zzzzzzzz/bank","condition":"Ready"}""", timeoutSeconds: 1)).Should().BeOfType<StepOutcome.Failed>().Which.Reason
            .Should().Be("zzzzzzzz/bank at primary: condition Ready = True was not met within 1s: no kind 'zzzzzzzz' is served here; without an answer: away.example.org/v1");
    }

    [Theory]
    [InlineData(true, "replaced")]
    [InlineData(false, "absent")]
    public async Task Execute_ForDeleted_KnowsTheOneThatWasThere(bool again, string value)
    {
        const string with = """{"namespace":"ledger","api":"postgresql.cnpg.io/v1","resource":"clusters/bank","for":"deleted"}""";
        ServeCustomKinds();
        var context = Bench.Context("k8s.wait", with);
        var intent = JsonNode.Parse((await Step.PrepareAsync(context, default)).ToJsonString())!.AsObject();
        var waiting = Step.ExecuteAsync(context, intent, default);
        waiting.IsCompleted.Should().BeFalse("it is still there");

        Cluster.Objects.Change(objects =>
        {
            objects.Remove(Bank);
            if (again)
            {
                objects.Put(Bank, []);
            }
        });

        (await waiting).Should().BeOfType<StepOutcome.Done>().Which.Outputs["value"]!.ToString().Should().Be(value);
    }

    [Theory]
    [InlineData("""{"resource":"secret","condition":"Ready"}""", "resource: 'secret' is no resource; allowed: KIND/NAME, or with api PLURAL/NAME")]
    [InlineData("""{"resource":"pod/x","api":"apps","condition":"Ready"}""", "api: 'apps' is no apiVersion; allowed: v1 or GROUP/VERSION")]
    [InlineData("""{"namespace":"n","resource":"pod/x"}""", "resource: give condition, json-path or for; allowed: condition, json-path, for")]
    [InlineData("""{"namespace":"n","resource":"pod/x","json-path":"status","equals":"1"}""", "resource: 'status' is no path; allowed: names, indexes and filters by equality, *")]
    public async Task Prepare_WhatCannotBeMeant_SaysWhy(string with, string message)
    {
        var act = async () => await Step.PrepareAsync(Bench.Context("k8s.wait", with), default);

        await act.Should().ThrowAsync<StepFailedException>().WithMessage(message);
        Step.Shape.Judge!(StepBench.Parameters(with)).Should().NotBeEmpty("the check of the plan finds it before any run");
    }

    [Fact]
    public void Judge_NameOfAnEarlierStep_IsTaken() =>
        Step.Shape.Judge!(StepBench.Parameters("""{"api":"v1","resource":"pods/ledger-${steps.a.name}","json-path":".status.phase","equals":"${steps.a.phase}"}""")).Should().BeEmpty();

    /// <summary>Discovery as an API server with two groups that both have Clusters, and one that is away.</summary>
    private void ServeCustomKinds()
    {
        Cluster.Objects.Put(Bank, JsonNode.Parse("""{"status":{"demotionToken":"dG9rZW4=","phase":"Unrecoverable","phaseReason":"no WAL left to replay"}}""")!.AsObject());
        Cluster.Intercept = (request, _) => request.Path.Value switch
        {
            "/apis" or "/apis/" => (200, JsonNode.Parse($$"""{"kind":"APIGroupList","groups":[{{Group("cluster.x-k8s.io")}},{{Group("postgresql.cnpg.io")}},{{Group("away.example.org")}}]}""")),
            "/api/v1" or "/api/v1/" => (200, Kinds("v1", "secrets", "secret", "Secret")),
            "/apis/cluster.x-k8s.io/v1" or "/apis/cluster.x-k8s.io/v1/" => (200, Kinds("cluster.x-k8s.io/v1", "clusters", "cluster", "Cluster")),
            "/apis/postgresql.cnpg.io/v1" or "/apis/postgresql.cnpg.io/v1/" => (200, Kinds("postgresql.cnpg.io/v1", "clusters", "cluster", "Cluster", "pgcluster")),
            { } path when path.StartsWith("/apis/away.example.org", StringComparison.Ordinal) => (503, null),
            { } path when path.EndsWith("/forbidden", StringComparison.Ordinal) => (403, JsonNode.Parse("""{"kind":"Status","message":"not yours"}""")),
            _ => null,
        };
    }

    private static string Group(string name) => $$$"""{"name":"{{{name}}}","versions":[{"groupVersion":"{{{name}}}/v1","version":"v1"}],"preferredVersion":{"groupVersion":"{{{name}}}/v1","version":"v1"}}""";

    private static JsonNode Kinds(string api, string plural, string singular, string kind, params string[] shortNames) => new JsonObject
    {
        ["kind"] = "APIResourceList",
        ["groupVersion"] = api,
        ["resources"] = new JsonArray(
            new JsonObject { ["name"] = plural, ["singularName"] = singular, ["namespaced"] = true, ["kind"] = kind, ["verbs"] = new JsonArray("get"), ["shortNames"] = new JsonArray([.. shortNames.Select(word => JsonValue.Create(word))]) },
            new JsonObject { ["name"] = plural + "/status", ["singularName"] = "", ["namespaced"] = true, ["kind"] = kind, ["verbs"] = new JsonArray("get") }),
    };

    private async Task<StepOutcome> RunAsync(string with, int timeoutSeconds = 20)
    {
        var context = Bench.Context("k8s.wait", with, timeoutSeconds: timeoutSeconds);
        return await Step.ExecuteAsync(context, JsonNode.Parse((await Step.PrepareAsync(context, default)).ToJsonString())!.AsObject(), default);
    }
}
