using System.Text.Json.Nodes;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Gates;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.Web.Dashboard.Phrases;

namespace DrOrchestrator.Web.Tests.Dashboard;

public sealed class ManagerPhrasesTests
{
    [Fact]
    public void Say_OfWhatTheGateWrites_KnowsEverySentence()
    {
        var results = All().ToList();

        results.Should().HaveCountGreaterThan(15);
        results.SelectMany(result => (string[])[result.Check, result.Value, result.Limit, result.Source, result.Remedy]).Where(text => text.Length > 0 && !Phrasebook.Knows(text)).Should().BeEmpty();
    }

    [Theory]
    [InlineData("argocd-controller (Apply), x (Update through /scale) owns spec.replicas, spec.paused", "spec.replicas、spec.paused 由 argocd-controller (Apply), x (Update through /scale) 管理")]
    [InlineData("HorizontalPodAutoscaler api scales it between 2 and 5", "自动伸缩 api 会在 2 与 5 之间改动其副本数")]
    [InlineData("unknown: what step apply sets is not known beforehand", "无法判定：步骤 apply 设置什么事先无法得知")]
    [InlineData("unknown: the plan's steps set nothing at a cluster", "无法判定：预案的步骤没有在集群中设置任何字段")]
    [InlineData("Leave the gate out, or name a site that the plan's Kubernetes steps change.", "请去掉本检查，或填写预案的 Kubernetes 步骤所改动的中心。")]
    public void Say_OfTheGate_SpeaksChinese(string said, string chinese) => ChineseText.Of(said).Should().Be(chinese);

    private static IEnumerable<GateResult> All()
    {
        var replicas = new SetObject("dr", new ObjectAddress("apps/v1", "deployments", "ledger", "api"), "deployment/api", [["spec", "replicas"]], [3]);
        var down = replicas with { Replicas = [0] };
        string[] managers = ["kubectl", "helm", "kube-controller-manager", "argo rollouts", "accepted"];
        yield return Judge(replicas, "{}").Single();
        foreach (var result in Judge(replicas, $$$$"""{"metadata":{"managedFields":[{{{{string.Join(',', managers.Select(Owner))}}}}]}}"""))
        {
            yield return result;
        }

        var scaler = """{"metadata":{"name":"api"},"spec":{"minReplicas":1,"maxReplicas":5,"scaleTargetRef":{"kind":"Deployment","name":"api"}}}""";
        string[] metas =
        [
            """{"metadata":{"ownerReferences":[{"apiVersion":"db.example/v1","kind":"Cluster","name":"ledger","controller":true}]}}""",
            """{"metadata":{"annotations":{"argocd.argoproj.io/tracking-id":"far:a"}}}""",
            """{"metadata":{"annotations":{"argocd.argoproj.io/tracking-id":"hand:a"}}}""",
            """{"metadata":{"annotations":{"argocd.argoproj.io/tracking-id":"itself:a"}}}""",
            """{"kind":"Deployment","metadata":{"annotations":{"argocd.argoproj.io/tracking-id":"alone:a"}}}""",
            """{"metadata":{"labels":{"kustomize.toolkit.fluxcd.io/name":"apps","kustomize.toolkit.fluxcd.io/namespace":"flux"}}}""",
            """{"metadata":{"labels":{"helm.toolkit.fluxcd.io/name":"rests","helm.toolkit.fluxcd.io/namespace":"flux"}}}""",
            """{"metadata":{"labels":{"kustomize.toolkit.fluxcd.io/name":"apps"},"annotations":{"kustomize.toolkit.fluxcd.io/reconcile":"disabled"},"namespace":"ledger"}}""",
            """{"metadata":{"annotations":{"meta.helm.sh/release-name":"shop"}}}""",
        ];
        foreach (var result in metas.SelectMany(meta => Judge(replicas, meta)).Concat(Judge(replicas, "{}", [scaler])).Concat(Judge(down, "{}", [scaler])))
        {
            yield return result;
        }

        var keda = """{"metadata":{"name":"api"},"spec":{"scaleTargetRef":{"name":"api"}}}""";
        var paused = """{"metadata":{"name":"api","annotations":{"autoscaling.keda.sh/paused":"true"}},"spec":{"scaleTargetRef":{"name":"api"}}}""";
        foreach (var result in Judge(replicas, "{}", [], [keda]).Concat(Judge(replicas, "{}", [], [paused])))
        {
            yield return result;
        }
    }

    private static IReadOnlyList<GateResult> Judge(SetObject set, string seen, string[]? scalers = null, string[]? scaled = null)
    {
        string[] applications =
        [
            """{"metadata":{"name":"hand"},"spec":{}}""",
            """{"metadata":{"name":"itself"},"spec":{"syncPolicy":{"automated":{}}}}""",
            """{"metadata":{"name":"alone"},"spec":{"syncPolicy":{"automated":{},"syncOptions":["RespectIgnoreDifferences=true"]},"ignoreDifferences":[{"kind":"Deployment","jsonPointers":["/spec/replicas"]}]}}""",
        ];
        return new FieldManagersJudge(new Dictionary<string, string> { ["accepted"] = "CHG-12" }).Judge(new SeenObject(
            set, Json(seen), [.. (scalers ?? []).Select(Json)], [.. (scaled ?? []).Select(Json)], [.. applications.Select(Json)], new Dictionary<string, JsonObject> { ["HelmRelease/flux/rests"] = Json("""{"spec":{"suspend":true}}""") }));
    }

    private static string Owner(string manager) => $$$$$"""{"manager":"{{{{{manager}}}}}","operation":"Update","fieldsV1":{"f:spec":{"f:replicas":{}}}}""";

    private static JsonObject Json(string text) => JsonNode.Parse(text)!.AsObject();
}
