using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Gates;
using DrOrchestrator.Drills.Steps;
using DrOrchestrator.Drills.Steps.Cnpg;
using DrOrchestrator.Drills.Steps.Fences;
using DrOrchestrator.Drills.Steps.Namespaces;
using DrOrchestrator.Drills.Steps.Objects;
using DrOrchestrator.Drills.Steps.Pods;
using DrOrchestrator.Drills.Steps.Workloads;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.Plans;
using DrOrchestrator.Testing.Kubernetes;
using DrOrchestrator.Tests.Drills.Steps;
using DrOrchestrator.Tests.Drills.Steps.Cnpg;
using DrOrchestrator.Tests.Drills.Steps.Namespaces;
using DrOrchestrator.Tests.Drills.Steps.Postgres;

namespace DrOrchestrator.Tests.Drills.Gates;

public sealed class RightsGateTests : ClusterFixture
{
    private const string Reviews = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";

    private static readonly Plan Scaling = StepBench.Plan with
    {
        Name = "switch",
        Steps = [Step("k8s.scale", """{"namespace":"ledger","workload":"deployment/ledger-api","replicas":2}"""), Step("k8s.wait", """{"namespace":"ledger","resource":"node/n1"}""")],
    };

    [Fact]
    public async Task Check_PatchNotAllowed_TheMissingRuleIsReadyToApply()
    {
        Answer(asked => asked["verb"]!.ToString() != "patch");

        var results = await CheckAsync(Scaling);

        results.Select(result => (result.Check, result.Passed)).Should().Equal(("rights primary ledger", false), ("rights primary cluster", true));
        results[0].Value.Should().Be("1 of 2 rights are missing: patch deployments.apps/ledger-api");
        results[0].Remedy.Should().Be("Apply this at primary and bind it to the user of its kubeconfig: {apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: dro-switch, namespace: \"ledger\"}, rules: [{apiGroups: [\"apps\"], resources: [deployments], verbs: [get, patch], resourceNames: [\"ledger-api\"]}]}", "applied over an earlier Role of the plan it takes nothing away");
        results[1].Value.Should().Be("all 1 rights");
    }

    [Fact]
    public async Task Check_AuthorizerInError_IsUnknownAndDoesNotPass()
    {
        Cluster.Intercept = (request, _) => request.Path == Reviews ? (201, JsonNode.Parse("""{"status":{"allowed":false,"evaluationError":"webhook timed out"}}""")) : null;

        (await CheckAsync(Scaling)).Should().OnlyContain(result => !result.Passed && result.Value == "unknown: webhook timed out");
    }

    [Fact]
    public async Task Check_KindOfOnesOwnThatNobodyKnows_IsUnknownAndDoesNotPass()
    {
        Answer(_ => true);

        (await CheckAsync(Scaling with { Steps = [Step("k8s.new", "{}")] })).Should().ContainSingle().Which.Value.Should().Be("unknown: it is not known which rights a step of kind k8s.new needs");
    }

    [Fact]
    public async Task Check_InTheLab_AsksItsOwnSites()
    {
        await using var lab = await LabSite.StartAsync();

        var results = await new RightsGate(lab.Connections).CheckAsync(StepParameters.None, Scaling, lab.Bench.Estate, default);

        results.Should().HaveCount(2).And.OnlyContain(result => result.Passed);
        lab.Effects.Should().BeEmpty("a question is no effect");
    }

    [Fact]
    public void Known_EveryKindThatActsOnClusters_IsInTheTable()
    {
        IStepKind[] kinds = [new K8sFenceStep(Connections, TimeProvider.System), new K8sScaleStep(Connections, TimeProvider.System), new K8sRolloutStep(Connections, TimeProvider.System), new K8sJobStep(Connections, TimeProvider.System)];

        NeededRights.Known.Should().Contain(kinds.Select(kind => kind.Shape.Kind)).And.Contain(["k8s.unfence", "k8s.unfence-earlier", "k8s.wait"]);
    }

    [Fact]
    public async Task Of_WhatAFenceAndItsUndoSend_IsInTheTable()
    {
        const string with = """{"namespace":"ledger","workloads":["statefulset/ledger-store","deployment/ledger-api"]}""";
        var step = new K8sFenceStep(Connections, TimeProvider.System);
        var context = Bench.Context("k8s.fence", with, "fence");
        var intent = JsonNode.Parse((await step.PrepareAsync(context, default)).ToJsonString())!.AsObject();

        var outcome = await step.ExecuteAsync(context, intent, default);
        await step.UndoAsync(context, intent, outcome.Should().BeOfType<StepOutcome.Done>().Which.Outputs, default);

        var needed = NeededRights.Of(StepBench.Plan with { Steps = [Step("k8s.fence", with)] }).Select(right => (right.Verb, right.Namespace, right.Resource)).ToHashSet();
        Cluster.Requests.Select(Right).Distinct().Except(needed).Should().BeEmpty();
    }

    [Theory]
    [InlineData("k8s.scale", """{"namespace":"ledger","workload":"deployment/ledger-api","replicas":3}""")]
    [InlineData("k8s.patch", """{"namespace":"ledger","api":"apps/v1","resource":"deployments/ledger-api","patch":{"metadata":{"labels":{"side":"dr"}}}}""")]
    [InlineData("cnpg.demote", CnpgStepsTests.With)]
    [InlineData("k8s.wait", """{"namespace":"ledger","api":"apps/v1","resource":"deployments/ledger-api","for":"exists"}""")]
    [InlineData("k8s.wait", """{"resource":"node/primary-node-1","condition":"Ready"}""")]
    [InlineData("k8s.rollout", """{"namespace":"ledger","workload":"deployment/ledger-api"}""")]
    [InlineData("k8s.job", """{"namespace":"ledger","command":["restore"],"env-from-secrets":["repo"],"pull-secrets":["repo"],"scratch":"10Gi"}""")]
    [InlineData("k8s.exec", """{"namespace":"ledger","pod":"ledger-store-0","command":["app"],"observe":["app-is"]}""")]
    [InlineData("k8s.exec", """{"namespace":"ledger","workload":"deployment/ledger-api","command":["app"],"observe":["app-is"]}""")]
    public async Task Of_WhatAStepSends_IsInTheTable(string kind, string with)
    {
        IStepKind step = kind == "k8s.scale" ? new K8sScaleStep(Connections, TimeProvider.System)
            : kind == "k8s.patch" ? new K8sPatchStep(Connections, TimeProvider.System)
            : kind == "k8s.wait" ? new K8sWaitStep(Connections, TimeProvider.System)
            : kind == "k8s.exec" ? new K8sExecStep(Connections, TimeProvider.System)
            : kind == "k8s.job" ? new K8sJobStep(Connections, TimeProvider.System)
            : kind == "cnpg.demote" ? new CnpgDemoteStep(Connections, TimeProvider.System)
            : new K8sRolloutStep(Connections, TimeProvider.System);
        CnpgStepsTests.Serve(Cluster.Objects);
        Cluster.Objects.Find($"{FakeLedgerSite.Pods}/ledger-api-1")!["status"]!["conditions"] = new JsonArray(new JsonObject { ["type"] = "Ready", ["status"] = "True" });
        Cluster.Objects.Put("/api/v1/namespaces/ledger/secrets/repo", JsonNode.Parse("""{"apiVersion":"v1","kind":"Secret","metadata":{},"data":{}}""")!.AsObject());
        var context = Bench.Context(kind, with, timeoutSeconds: kind == "k8s.job" ? 1 : 20);

        var intent = JsonNode.Parse((await step.PrepareAsync(context, default)).ToJsonString())!.AsObject();
        await step.ExecuteAsync(context, intent, default);
        await step.ObserveAsync(context, intent, default);

        var needed = NeededRights.Of(StepBench.Plan with { Steps = [Step(kind, with)] }).Select(right => (right.Verb, right.Namespace, right.Resource)).ToHashSet();

        // Events are read where they may be, and nobody is asked for that right.
        Cluster.Requests.Select(Right).Where(right => right.Resource != "events").Distinct().Except(needed).Should().BeEmpty();
    }

    [Fact]
    public void Of_ACommandInAPod_NamesThePodWhereThePlanDoes()
    {
        string[] Asked(string with) => [.. NeededRights.Of(StepBench.Plan with { Steps = [Step("k8s.exec", with)] }).Select(right => right.ToString())];

        Asked("""{"namespace":"ledger","pod":"ledger-store-0","command":["app"]}""").Should().Equal("get pods/ledger-store-0", "create pods/exec/ledger-store-0", "get pods/exec/ledger-store-0");
        Asked("""{"namespace":"ledger","workload":"statefulset/ledger-store","command":["app"]}""").Should().Equal("get statefulsets.apps/ledger-store", "list pods", "get pods", "create pods/exec", "get pods/exec");
    }

    [Fact]
    public void Of_SecretsThatAJobTakes_AreReadByTheirNamesAlone()
    {
        string[] Asked(string ns) => [.. NeededRights.Of(StepBench.Plan with { Steps = [Step("k8s.job", $$"""{"namespace":"{{ns}}","command":["a"],"env-from-secrets":["repo"],"pull-secrets":["pull","repo"]}""")] })
            .Where(right => right.Resource == "secrets").Select(right => $"{right} in {right.Namespace ?? "all"}")];

        Asked("ledger").Should().Equal("get secrets/repo in ledger", "get secrets/pull in ledger");
        Asked("${steps.space.namespace}").Should().Equal("get secrets/repo in all", "get secrets/pull in all");
    }

    [Fact]
    public void Of_SecretsThatAreCopied_AreReadByTheirNamesAlone()
    {
        var rights = NeededRights.Of(StepBench.Plan with { Steps = [Step("k8s.namespace", """{"copy-secrets":["lab/login"]}""")] }).Where(right => right.Resource == "secrets");

        rights.Select(right => (right.Namespace, right.Verb, right.Name)).Should().BeEquivalentTo(new (string?, string, string?)[] { (null, "create", null), ("lab", "get", "login"), (null, "get", "login") });
    }

    [Fact]
    public async Task Of_WhatANamespaceOfARunSends_IsInTheTable()
    {
        PlayedNamespace.Play(Cluster.Objects);
        Cluster.Objects.Put("/api/v1/namespaces/lab/secrets/login", new JsonObject { ["type"] = "Opaque", ["data"] = new JsonObject() });
        const string with = """{"prove":{"image":"i","control":"10.9.0.5:9000","targets":["192.0.2.10:5432"]},"copy-secrets":["lab/login"],"allow-egress":[{"cidr":"10.9.0.0/16"}]}""";
        var (maker, remover) = (PlayedNamespace.Step(Connections), new K8sNamespaceRemoveStep(Connections, TimeProvider.System));
        var (making, removing) = (Bench.Context("k8s.namespace", with, "space"), Bench.Context("k8s.namespace-remove", """{"made-by":"space"}"""));

        Bench.Intents["space"] = await maker.PrepareAsync(making, default);
        (await maker.ExecuteAsync(making, Bench.Intents["space"], default)).Should().BeOfType<StepOutcome.Done>();
        Cluster.Objects.Put("/api/v1/namespaces/dro-7-space/persistentvolumeclaims/data", new JsonObject { ["spec"] = new JsonObject { ["volumeName"] = "pv-1" } });
        (await remover.ExecuteAsync(removing, await remover.PrepareAsync(removing, default), default)).Should().BeOfType<StepOutcome.Done>();

        var plan = StepBench.Plan with { Steps = [Step("k8s.namespace", with), Step("k8s.namespace-remove", """{"made-by":"space"}""")] };
        var needed = NeededRights.Of(plan).Select(right => (right.Verb, right.Namespace, right.Resource)).ToHashSet();
        var sent = Cluster.Requests.Select(Right).Select(right => (right.Verb, right.Namespace == "dro-7-space" ? null : right.Namespace, right.Resource)).ToHashSet();
        sent.Should().BeEquivalentTo(needed, "no right is asked for that nobody needs");
    }

    [Fact]
    public async Task Of_WhatTheUndoOfANamespaceSends_IsInTheTable()
    {
        PlayedNamespace.Play(Cluster.Objects);
        const string with = """{"prove":"none"}""";
        var (maker, making) = (PlayedNamespace.Step(Connections), Bench.Context("k8s.namespace", with, "space"));
        var intent = await maker.PrepareAsync(making, default);
        (await maker.ExecuteAsync(making, intent, default)).Should().BeOfType<StepOutcome.Done>();
        Cluster.Objects.Put("/api/v1/namespaces/dro-7-space/persistentvolumeclaims/data", new JsonObject { ["spec"] = new JsonObject { ["volumeName"] = "pv-1" } });
        (await maker.UndoAsync(making, intent, null, default)).Should().BeOfType<StepOutcome.Done>();

        var needed = NeededRights.Of(StepBench.Plan with { Steps = [Step("k8s.namespace", with)] }).Select(right => (right.Verb, right.Namespace, right.Resource)).ToHashSet();
        var sent = Cluster.Requests.Select(Right).Select(right => (right.Verb, right.Namespace == "dro-7-space" ? null : right.Namespace, right.Resource)).ToHashSet();
        sent.Should().Contain(right => right.Resource == "persistentvolumes").And.BeSubsetOf(needed);
    }

    [Fact]
    public async Task Check_StepInANamespaceThatTheRunMakes_IsAskedForAllOfThem()
    {
        Answer(_ => false);

        var results = await CheckAsync(Scaling with { Steps = [Step("k8s.scale", """{"namespace":"${steps.space.namespace}","workload":"deployment/ledger-api","replicas":2}""")] });

        results.Should().ContainSingle().Which.Check.Should().Be("rights primary cluster");
        results[0].Remedy.Should().Contain("kind: ClusterRole, metadata: {name: dro-switch}");
    }

    [Fact]
    public async Task OfHosts_WhatTheJobsOfAFenceSend_IsInTheTable()
    {
        await using var bench = await HostJobBench.StartAsync();
        await bench.StopPodsAsync();
        var sent = new Sent();
        using var watched = new ClusterConnections(TimeProvider.System, _ => sent);
        var (fence, context) = (bench.FenceBy(watched), bench.FenceContext());
        var intent = await fence.PrepareAsync(context, default);
        await fence.ExecuteAsync(context, intent, default);
        await bench.HostsBy(watched).For(bench.Estate).TryJobAsync(bench.Estate.Databases[0], default);

        var plan = StepBench.Plan with { Systems = ["ledger"], Steps = [Step("postgres.fence", """{"database":"one"}""")] };
        var needed = NeededRights.OfHosts(plan, bench.Estate).Select(right => (right.Verb, right.Namespace, right.Resource)).ToHashSet();
        sent.Requests.Select(request => Right(request.Method, request.Path)).Distinct().Should().BeEquivalentTo(needed);
        NeededRights.OfHosts(plan with { Steps = [Step("canary", "{}")] }, bench.Estate).Should().BeEmpty();
    }

    [Fact]
    public async Task OfHosts_WhatAFenceByExecSends_IsInTheTable()
    {
        await using var bench = await HostJobBench.StartAsync(beside: "hand");
        var sent = new Sent();
        using var watched = new ClusterConnections(TimeProvider.System, _ => sent);
        var (fence, context) = (bench.FenceBy(watched), bench.FenceContext());
        var intent = await fence.PrepareAsync(context, default);
        await fence.ExecuteAsync(context, intent, default);

        var plan = StepBench.Plan with { Systems = ["ledger"], Steps = [Step("postgres.fence", """{"database":"one"}""")] };
        var needed = NeededRights.OfHosts(plan, bench.Estate).Select(right => (right.Verb, right.Namespace, right.Resource)).ToHashSet();

        // Clusters that ask for 'create' where a WebSocket is opened by GET do it from 1.35 on.
        sent.Requests.Select(request => Right(request.Method, request.Path)).Distinct().Append(("create", "bank", "pods/exec")).Should().BeEquivalentTo(needed);
    }

    [Theory]
    [InlineData("Cluster", true, "all 1 rights")]
    [InlineData("clustre", false, "unknown: 'clustre' is no kind, or no single one, of this cluster")]
    public async Task Check_KindThatOnlyTheClusterKnows_IsAskedForThere(string word, bool passes, string value)
    {
        JsonObject? asked = null;
        Cluster.Intercept = (request, body) => request.Path.Value!.TrimEnd('/') switch
        {
            Reviews => (201, new JsonObject { ["status"] = new JsonObject { ["allowed"] = (asked = JsonNode.Parse(body!)!["spec"]!["resourceAttributes"]!.AsObject()) is not null } }),
            "/apis" => (200, JsonNode.Parse("""{"groups":[{"name":"postgresql.cnpg.io","versions":[{"groupVersion":"postgresql.cnpg.io/v1","version":"v1"}]}]}""")),
            "/api/v1" => (200, JsonNode.Parse("""{"resources":[]}""")),
            "/apis/postgresql.cnpg.io/v1" => (200, JsonNode.Parse("""{"resources":[{"name":"clusters","singularName":"cluster","namespaced":true,"kind":"Cluster","verbs":["get"]}]}""")),
            _ => null,
        };

        var results = await CheckAsync(Scaling with { Steps = [Step("k8s.wait", $$"""{"namespace":"ledger","resource":"{{word}}/bank","condition":"Ready"}""")] });

        var result = results.Should().ContainSingle().Which;
        (result.Passed, result.Value).Should().Be((passes, value));
        (asked?["group"]?.ToString(), asked?["resource"]?.ToString(), asked?["name"]?.ToString()).Should().Be(passes ? ("postgresql.cnpg.io", "clusters", "bank") : (null, null, null));
    }

    private static PlanStep Step(string kind, string with) =>
        new(kind.Replace('.', '-'), kind, new Dictionary<string, string>(), "primary", StepBench.Parameters(with), [], null, null, false, TimeSpan.FromSeconds(5), 0, null);

    /// <summary>A request as rights are given: verb, namespace, resource.</summary>
    private static (string Verb, string? Namespace, string Resource) Right(FakeRequest request) => Right(request.Method, request.Path);

    private static (string Verb, string? Namespace, string Resource) Right(string method, string path)
    {
        var parts = path.Trim('/').Split('/').SkipWhile(part => part is not ("v1" or "v2")).Skip(1).ToList();
        var ns = parts is ["namespaces", var name, _, ..] ? name : null;
        var rest = ns is null ? parts : parts[2..];
        var verb = method switch { "PATCH" => "patch", "POST" => "create", "DELETE" => "delete", _ => rest.Count > 1 ? "get" : "list" };
        return (verb, ns, rest.Count > 2 ? $"{rest[0]}/{rest[2]}" : rest[0]);
    }

    private void Answer(Func<JsonObject, bool> allowed) => Cluster.Intercept = (request, body) => request.Path == Reviews
        ? (201, new JsonObject { ["status"] = new JsonObject { ["allowed"] = allowed(JsonNode.Parse(body!)!["spec"]!["resourceAttributes"]!.AsObject()) } })
        : null;

    private Task<IReadOnlyList<GateResult>> CheckAsync(Plan plan) => new RightsGate(Connections).CheckAsync(StepParameters.None, plan, Bench.Estate, default);

    private sealed class Sent : DelegatingHandler
    {
        public ConcurrentQueue<(string Method, string Path)> Requests { get; } = new();

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Requests.Enqueue((request.Method.Method, request.RequestUri!.AbsolutePath));
            return base.SendAsync(request, cancellationToken);
        }
    }
}
