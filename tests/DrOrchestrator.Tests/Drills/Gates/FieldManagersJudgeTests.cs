using System.Text.Json.Nodes;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Gates;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.Plans;
using DrOrchestrator.Tests.Drills.Steps;

namespace DrOrchestrator.Tests.Drills.Gates;

public sealed class FieldManagersJudgeTests
{
    private const string Replicas = """{"f:spec":{"f:replicas":{},"f:selector":{}}}""";

    [Fact]
    public void Judge_NobodyElse_Passes()
    {
        // The controllers' own entry, as kube-apiserver v1.36.2 writes it, owns nothing that a plan sets.
        var status = Owner("kube-controller-manager", "Update", """{"f:metadata":{"f:annotations":{"f:deployment.kubernetes.io/revision":{}}},"f:status":{"f:replicas":{}}}""", "status");

        var result = Judge(Object(Owner("dro-scale", "Apply", Replicas), status)).Should().ContainSingle().Subject;

        result.Should().Be(new GateResult("field-managers dr ledger/deployment/api", true, "no other manager is seen", "nobody else sets its fields by itself", "managedFields, owners, labels and autoscalers in the Kubernetes API of dr", TimeSpan.Zero, ""));
    }

    [Theory]
    [InlineData("kubectl", "Update", "scale", true, "kubectl (Update through /scale) owns spec.replicas: a person or a script")]
    [InlineData("kubectl-client-side-apply", "Update", "", true, "kubectl-client-side-apply (Update) owns spec.replicas: a person or a script")]
    [InlineData("before-first-apply", "Update", "", true, "before-first-apply (Update) owns spec.replicas: a person or a script")]
    [InlineData("helm", "Update", "", true, "helm (Update) owns spec.replicas: each upgrade of its release sets it again")]
    [InlineData("kube-controller-manager", "Update", "scale", true, "kube-controller-manager (Update through /scale) owns spec.replicas: an autoscaler set it that is no more")]
    [InlineData("argocd-controller", "Apply", "", false, "argocd-controller (Apply) owns spec.replicas")]
    [InlineData("kubectlish-operator", "Update", "", false, "kubectlish-operator (Update) owns spec.replicas")]
    public void Judge_OwnerOfTheField_IsToldApart(string manager, string operation, string subresource, bool passed, string value)
    {
        var result = Judge(Object(Owner(manager, operation, Replicas, subresource))).Should().ContainSingle().Subject;

        (result.Passed, result.Value).Should().Be((passed, value));
        result.Check.Should().Be($"field-managers dr ledger/deployment/api by {manager}");
        (result.Remedy.Length > 0).Should().Be(!passed);
    }

    [Theory]
    [InlineData("""{"f:data":{".":{},"f:primary":{}}}""", """{"data":{"primary":"dr"}}""", true)]
    [InlineData("""{"f:data":{".":{},"f:other":{}}}""", """{"data":{"primary":"dr"}}""", false)]
    [InlineData("""{"f:data":{}}""", """{"data":{"primary":"dr"}}""", true)]
    [InlineData("""{"f:spec":{"f:ports":{".":{},"k:{\"port\":80,\"protocol\":\"TCP\"}":{".":{},"f:port":{}}}}}""", """{"spec":{"ports":[{"port":80}]}}""", true)]
    [InlineData("""{"f:metadata":{"f:annotations":{".":{},"f:bank.example/a.b":{}}}}""", """{"metadata":{"annotations":{"bank.example/a.b":null}}}""", true)]
    public void Judge_PatchedFields_AreThoseAtOrBelowOrAround(string owned, string patch, bool found) =>
        Judge(Object(Owner("some-operator", "Apply", owned)), set: Patch(patch))[0].Passed.Should().Be(!found);

    [Theory]
    [InlineData(3, 1, false, "HorizontalPodAutoscaler api scales it between 1 and 5")]
    [InlineData(0, 1, true, "HorizontalPodAutoscaler api leaves it alone at 0 replicas")]
    [InlineData(0, 0, false, "HorizontalPodAutoscaler api scales it between 0 and 5")]
    public void Judge_Autoscaler_RestsOnlyAtZero(int replicas, int least, bool passed, string value)
    {
        var scaler = Json($$$$$"""{"metadata":{"name":"api"},"spec":{"minReplicas":{{{{{least}}}}},"maxReplicas":5,"scaleTargetRef":{"kind":"Deployment","name":"api"}}}""");

        var result = Judge(Object(Owner("kube-controller-manager", "Update", Replicas, "scale")), set: Scale(replicas), autoscalers: [scaler]).Should().ContainSingle().Subject;

        (result.Passed, result.Value).Should().Be((passed, value));
    }

    [Fact]
    public void Judge_AutoscalerOfAnother_IsNobody()
    {
        JsonObject[] others =
        [
            Json("""{"metadata":{"name":"a"},"spec":{"scaleTargetRef":{"kind":"Deployment","name":"web"}}}"""),
            Json("""{"metadata":{"name":"b"},"spec":{"scaleTargetRef":{"kind":"StatefulSet","name":"api"}}}"""),
        ];

        Judge(Object(), autoscalers: others)[0].Value.Should().Be("no other manager is seen");
    }

    [Theory]
    [InlineData("", false, "ScaledObject api of KEDA scales it")]
    [InlineData(""","annotations":{"autoscaling.keda.sh/paused":"true"}""", true, "ScaledObject api of KEDA is paused")]
    public void Judge_ScaledObject_StandsForItsAutoscaler(string more, bool passed, string value)
    {
        var scaled = Json($$$$$"""{"metadata":{"name":"api"{{{{{more}}}}}},"spec":{"scaleTargetRef":{"name":"api"}}}""");
        var its = Json("""{"metadata":{"name":"keda-hpa-api","ownerReferences":[{"kind":"ScaledObject","name":"api","controller":true}]},"spec":{"maxReplicas":5,"scaleTargetRef":{"kind":"Deployment","name":"api"}}}""");

        var result = Judge(Object(), autoscalers: [its], scaled: [scaled]).Should().ContainSingle().Subject;

        (result.Passed, result.Value).Should().Be((passed, value));
    }

    [Fact]
    public void Judge_MadeByAnOperator_NamesIt()
    {
        var seen = Json("""{"kind":"StatefulSet","metadata":{"ownerReferences":[{"apiVersion":"v1","kind":"ConfigMap","name":"x"},{"apiVersion":"db.example/v1","kind":"Cluster","name":"ledger","controller":true}]}}""");

        var result = Judge(seen).Should().ContainSingle().Subject;

        result.Value.Should().Be("Cluster ledger (db.example/v1) owns it: an operator sets its fields");
        result.Remedy.Should().StartWith("Have the plan change Cluster ledger (k8s.patch)");
    }

    [Theory]
    [InlineData("{}", true, "syncs it by hand only")]
    [InlineData("""{"automated":{"enabled":false}}""", true, "syncs it by hand only")]
    [InlineData("""{"automated":{"selfHeal":true}}""", false, "syncs it by itself")]
    [InlineData("""{"automated":{},"syncOptions":["RespectIgnoreDifferences=true"]}""", true, "leaves these fields alone")]
    [InlineData("""{"automated":{},"syncOptions":["ServerSideApply=true"]}""", false, "syncs it by itself")]
    public void Judge_ArgoCd_GoesByTheApplication(string policy, bool passed, string how)
    {
        var application = Json($$$$$"""{"metadata":{"name":"shop","namespace":"argocd"},"spec":{"syncPolicy":{{{{{policy}}}}},"ignoreDifferences":[{"group":"apps","kind":"Deployment","jsonPointers":["/spec/replicas"]}]}}""");
        var seen = Json("""{"kind":"Deployment","metadata":{"annotations":{"argocd.argoproj.io/tracking-id":"shop:apps/Deployment:ledger/api"}}}""");
        seen["metadata"]!["managedFields"] = new JsonArray(Owner("argocd-controller", "Apply", Replicas));

        var result = Judge(seen, applications: [application]).Should().ContainSingle("what its program owns is told of by the Application").Subject;

        (result.Passed, result.Value).Should().Be((passed, $"Argo CD Application shop {how}"));
    }

    [Fact]
    public void Judge_ArgoCdOfAnotherCluster_IsNotPassed()
    {
        var result = Judge(Json("""{"kind":"Deployment","metadata":{"annotations":{"argocd.argoproj.io/tracking-id":"shop:apps/Deployment:ledger/api"}}}"""))[0];

        result.Passed.Should().BeFalse();
        result.Value.Should().Be("Argo CD Application shop is not in this cluster, so nothing is known of how it syncs");
        result.Remedy.Should().Contain("jsonPointers for /spec/replicas");
    }

    [Fact]
    public void Judge_InstanceLabelAlone_IsNoArgoCd() =>
        Judge(Json("""{"kind":"Deployment","metadata":{"labels":{"app.kubernetes.io/instance":"shop"}}}"""))[0].Value.Should().Be("no other manager is seen");

    [Theory]
    [InlineData("", null, false, "applies it")]
    [InlineData("", true, true, "is suspended")]
    [InlineData("", false, false, "applies it")]
    [InlineData(""","annotations":{"kustomize.toolkit.fluxcd.io/reconcile":"disabled"}""", null, true, "passes it over")]
    public void Judge_Flux_GoesByItsSuspension(string more, bool? suspended, bool passed, string how)
    {
        var seen = Json($$$$$"""{"kind":"Deployment","metadata":{"labels":{"kustomize.toolkit.fluxcd.io/name":"apps","kustomize.toolkit.fluxcd.io/namespace":"flux-system"}{{{{{more}}}}}}}""");
        seen["metadata"]!["managedFields"] = new JsonArray(Owner("kustomize-controller", "Apply", Replicas));
        var sources = suspended is null ? [] : new Dictionary<string, JsonObject> { ["Kustomization/flux-system/apps"] = Json($$$$$"""{"spec":{"suspend":{{{{{(suspended.Value ? "true" : "false")}}}}}}}""") };

        var result = Judge(seen, sources: sources).Should().ContainSingle().Subject;

        (result.Passed, result.Value).Should().Be((passed, $"Flux Kustomization flux-system/apps {how}"));
        (result.Remedy.Length == 0 || result.Remedy.Contains("flux suspend kustomization apps -n flux-system", StringComparison.Ordinal)).Should().BeTrue();
    }

    [Fact]
    public void Judge_HelmAlone_IsOnlyNamed()
    {
        var result = Judge(Json("""{"kind":"Deployment","metadata":{"annotations":{"meta.helm.sh/release-name":"shop"}}}"""))[0];

        (result.Passed, result.Value).Should().Be((true, "Helm release shop made it: its next upgrade sets its fields again"));
    }

    [Fact]
    public void Judge_AcceptedByName_PassesWithTheReason()
    {
        var seen = Object(Owner("argocd-controller", "Apply", Replicas), Owner("other", "Apply", Replicas));

        var results = new FieldManagersJudge(new Dictionary<string, string> { ["argocd-controller"] = "CHG-12" }).Judge(new SeenObject(Scale(3), seen, [], [], [], new Dictionary<string, JsonObject>()));

        results.Select(result => result.Passed).Should().Equal(true, false);
        results[0].Value.Should().Be("argocd-controller (Apply) owns spec.replicas; accepted by the plan: CHG-12");
    }

    [Fact]
    public void Of_StepsOfAPlan_GivesEachObjectOnceWithAllThatIsSet()
    {
        var plan = StepBench.Plan with
        {
            Steps =
            [
                Step("a", "k8s.fence", """{"namespace":"ledger","workloads":["deployment/api"]}"""),
                Step("b", "k8s.patch", """{"namespace":"ledger","api":"apps/v1","resource":"deployments/api","patch":{"spec":{"paused":true,"template":{"metadata":{"labels":{"a":"b"}}}}}}"""),
                Step("c", "k8s.job", """{"namespace":"ledger","image":"i"}"""),
                Step("d", "k8s.scale", """{"namespace":"ledger","workload":"${steps.a.x}","replicas":1}"""),
                Step("e", "k8s.unheard-of", "{}"),
            ],
            WayBack = [Step("f", "k8s.unfence", """{"namespace":"ledger","workloads":{"deployment/api":3}}""")],
        };

        var one = SetObjects.Of(plan).Should().ContainSingle().Subject;

        one.Fields.Select(path => string.Join('.', path)).Should().Equal("spec.replicas", "spec.paused", "spec.template.metadata.labels.a");
        one.Replicas.Should().Equal(0, 3);
        SetObjects.UnknownOf(plan).Select(step => step.Name).Should().Equal("d", "e");
    }

    [Fact]
    public void Of_OperationsAndDemotions_NamesTheFieldsThatTheySet()
    {
        var plan = StepBench.Plan with
        {
            Steps =
            [
                Step("a", "k8s.patch", """{"namespace":"ledger","api":"apps/v1","resource":"deployments/api","type":"json","patch":[{"op":"test","path":"/spec/paused","value":false},{"op":"replace","path":"/spec/template/spec/containers/0/image","value":"i"},{"op":"move","from":"/metadata/labels/x~1y","path":"/metadata/labels/z"}]}"""),
                Step("b", "cnpg.demote", """{"namespace":"ledger","cluster":"bank","to":"bank-dr"}"""),
                Step("c", "k8s.namespace", "{}"),
            ],
        };

        SetObjects.Of(plan).Select(one => (one.ToString(), string.Join(" ", one.Fields.Select(path => string.Join('.', path))))).Should().Equal(
            ("ledger/deployment/api", "spec.template.spec.containers metadata.labels.x/y metadata.labels.z"),
            ("ledger/clusters/bank", "spec.replica.primary spec.replica.source spec.replica.promotionToken"));
        SetObjects.UnknownOf(plan).Should().BeEmpty();
    }

    private static PlanStep Step(string name, string kind, string with) => new(name, kind, new Dictionary<string, string>(), "dr", StepBench.Parameters(with), [], null, null, false, TimeSpan.FromSeconds(5), 0, null);

    private static IReadOnlyList<GateResult> Judge(
        JsonObject seen, SetObject? set = null, JsonObject[]? autoscalers = null, JsonObject[]? scaled = null, JsonObject[]? applications = null, Dictionary<string, JsonObject>? sources = null) =>
        new FieldManagersJudge(new Dictionary<string, string>()).Judge(new SeenObject(set ?? Scale(3), seen, autoscalers ?? [], scaled ?? [], applications ?? [], sources ?? []));

    private static SetObject Scale(int replicas) => new("dr", new ObjectAddress("apps/v1", "deployments", "ledger", "api"), "deployment/api", [["spec", "replicas"]], [replicas]);

    private static SetObject Patch(string patch) =>
        SetObjects.Of(StepBench.Plan with { Steps = [Step("s", "k8s.patch", $$$$$"""{"namespace":"ledger","api":"v1","resource":"configmaps/settings","patch":{{{{{patch}}}}}}""")] }).Single();

    private static JsonObject Object(params JsonObject[] owners) => new() { ["kind"] = "Deployment", ["metadata"] = new JsonObject { ["managedFields"] = new JsonArray([.. owners]) } };

    private static JsonObject Owner(string manager, string operation, string fields, string subresource = "") =>
        new() { ["manager"] = manager, ["operation"] = operation, ["subresource"] = subresource, ["fieldsType"] = "FieldsV1", ["fieldsV1"] = JsonNode.Parse(fields) };

    private static JsonObject Json(string text) => JsonNode.Parse(text)!.AsObject();
}
