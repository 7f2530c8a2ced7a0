using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Gates;
using DrOrchestrator.Drills.Steps;
using DrOrchestrator.Drills.Steps.Fences;
using DrOrchestrator.Drills.Steps.Objects;
using DrOrchestrator.Drills.Steps.Pods;
using DrOrchestrator.Drills.Steps.Workloads;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.Plans;
using DrOrchestrator.Testing.Kubernetes;
using DrOrchestrator.Tests.Drills.Steps;
using k8s;

namespace DrOrchestrator.Tests.Kubernetes;

/// <summary>Steps and gates over API servers two releases earlier and later than the one that they were tried at (v1.36.2), each with its own words: the same ends, and each effect once.</summary>
public sealed class OtherReleasesTests : ClusterFixture
{
    private const string Job = FakeLedgerSite.Jobs + "/dro-7-promote-1";

    public static TheoryData<string> Releases => [.. WireRelease.Known.Select(release => release.GitVersion)];

    [Theory]
    [MemberData(nameof(Releases))]
    public async Task Steps_OfASwitch_EndAsEverAndActOnce(string release)
    {
        Speak(release);
        (await Connections.Of(Bench.Estate, "primary").Version.GetCodeAsync()).GitVersion.Should().Be(release);

        await DoneAsync(new K8sFenceStep(Connections, TimeProvider.System), "k8s.fence", LabSite.FenceWith, "fence");
        RunsTheJob();
        (await DoneAsync(new K8sJobStep(Connections, TimeProvider.System), "k8s.job", """{"namespace":"ledger","command":["ledger","promote"],"outputs":["role"]}""", "promote")).Outputs["role"]!.ToString().Should().Be("primary");
        Cluster.Objects.Change(o => o.Find(FakeLedgerSite.Api)!["metadata"]!["annotations"] = null);
        await DoneAsync(new K8sScaleStep(Connections, TimeProvider.System), "k8s.scale", """{"namespace":"ledger","workload":"deployment/ledger-api","replicas":3}""", "scale");
        await DoneAsync(new K8sRolloutStep(Connections, TimeProvider.System), "k8s.rollout", """{"namespace":"ledger","workload":"deployment/ledger-api"}""", "rollout");
        await DoneAsync(new K8sPatchStep(Connections, TimeProvider.System), "k8s.patch", """{"namespace":"ledger","api":"apps/v1","resource":"deployments/ledger-api","patch":{"spec":{"paused":true}}}""", "patch");
        await DoneAsync(new K8sWaitStep(Connections, TimeProvider.System), "k8s.wait", """{"namespace":"ledger","resource":"deployment/ledger-api","for":"exists"}""", "wait");
        await DoneAsync(new K8sWaitStep(Connections, TimeProvider.System), "k8s.wait", """{"namespace":"ledger","resource":"hpa/api","for":"exists"}""", "scaler");

        Cluster.Objects.Find(FakeLedgerSite.Api)!["spec"]!["replicas"]!.GetValue<int>().Should().Be(3);
        foreach (var mark in new[] { "dro-7-scale-1", "dro-7-patch-1", "dro-7-promote-1" })
        {
            Cluster.Mutations.Count(request => request.Body!.Contains(mark, StringComparison.Ordinal)).Should().Be(1, mark);
        }
    }

    [Theory]
    [MemberData(nameof(Releases))]
    public async Task Gates_SeeWhatIsThere(string release)
    {
        Speak(release);
        Cluster.Intercept = (request, _) => request.Path.Value!.EndsWith("selfsubjectaccessreviews", StringComparison.Ordinal) ? (201, JsonNode.Parse("""{"kind":"SelfSubjectAccessReview","status":{"allowed":true}}""")) : null;
        var plan = StepBench.Plan with { Steps = [Step("k8s.scale", """{"namespace":"ledger","workload":"deployment/ledger-api","replicas":2}"""), Step("k8s.wait", """{"namespace":"ledger","resource":"hpa/api","for":"exists"}""")] };
        var workloads = StepBench.Parameters("""{"site":"primary","namespace":"ledger","workloads":["statefulset/ledger-store","deployment/ledger-api"]}""");

        (await CheckAsync(new TargetsExistGate(Connections), workloads, plan)).Should().HaveCount(2).And.OnlyContain(result => result.Passed);
        (await CheckAsync(new RightsGate(Connections), StepParameters.None, plan)).Should().ContainSingle().Which.Value.Should().Be("all 3 rights");

        // Whatever version serves them, the autoscaler is found.
        (await CheckAsync(new FieldManagersGate(Connections), StepParameters.None, plan)).Should().ContainSingle(result => !result.Passed)
            .Which.Value.Should().Be("HorizontalPodAutoscaler api scales it between 1 and 5");
        (await CheckAsync(new FenceProvableGate(Connections, TimeProvider.System), workloads, plan)).Select(result => result.Passed).Should().Equal(true, false, true);
    }

    [Theory]
    [MemberData(nameof(Releases))]
    public async Task Write_RefusedAsThisReleaseWordsIt_IsReadByItsStatus(string release)
    {
        Speak(release);
        int[] answers = [409, 429, 500];
        var refused = 0;
        Cluster.Intercept = (request, _) => request.Method == "PATCH" && refused < answers.Length ? FakeObjects.Status(answers[refused++], "Else", "in other words") : null;

        await DoneAsync(new K8sScaleStep(Connections, TimeProvider.System), "k8s.scale", """{"namespace":"ledger","workload":"deployment/ledger-api","replicas":3}""", "scale");

        refused.Should().Be(3);
        Cluster.Mutations.Should().ContainSingle();

        Cluster.Intercept = (request, _) => request.Method == "PATCH" ? FakeObjects.Status(403, "Forbidden", "the policy says no") : null;
        var (step, context) = (new K8sScaleStep(Connections, TimeProvider.System), Bench.Context("k8s.scale", """{"namespace":"ledger","workload":"deployment/ledger-api","replicas":4}""", "more"));
        (await step.ExecuteAsync(context, await IntentAsync(step, context), default)).Should().BeOfType<StepOutcome.Failed>().Which.Reason.Should().Be("deployment/ledger-api cannot be changed: 403 the policy says no");
    }

    [Theory]
    [MemberData(nameof(Releases))]
    public async Task Object_OfAVersionThatIsServedNoMore_IsSaidToBeSo(string release)
    {
        Speak(release);
        var step = new K8sPatchStep(Connections, TimeProvider.System);
        var context = Bench.Context("k8s.patch", """{"namespace":"ledger","api":"autoscaling/v2beta2","resource":"horizontalpodautoscalers/api","patch":{"spec":{"maxReplicas":3}}}""");
        var act = () => step.PrepareAsync(context, default);

        (await act.Should().ThrowAsync<StepFailedException>()).Which.Message.Should().Be("horizontalpodautoscalers/api at primary cannot be read: 404 the server could not find the requested resource: the API serves no such kind, or not in that version");
    }

    /// <summary>Servers tell of all their kinds in one answer to those who ask for that first; group by group they tell whoever does not.</summary>
    [Theory]
    [MemberData(nameof(Releases))]
    public async Task Discovery_IsAskedForInTheFormThatEveryReleaseHas(string release)
    {
        Speak(release);
        var accepted = new ConcurrentQueue<string>();
        Cluster.Takes = context =>
        {
            accepted.Enqueue(context.Request.Headers.Accept.ToString());
            return Task.FromResult(false);
        };
        var client = Connections.Of(Bench.Estate, "primary");

        (await client.FindKindAsync("hpa", default)).Should().BeOfType<KindSearch.Found>().Which.Kind.Should().Be(new ServedKind($"autoscaling/{Cluster.Release!.Autoscaling}", "horizontalpodautoscalers", true));
        (await client.FindKindAsync("apps/v1", "Deployment", default)).Should().Be(new ServedKind("apps/v1", "deployments", true));
        (await client.FindKindAsync("autoscaling/v2beta2", "HorizontalPodAutoscaler", default)).Should().BeNull();
        accepted.Should().HaveCountGreaterThan(5).And.OnlyContain(accept => !accept.Contains("apidiscovery", StringComparison.Ordinal));

        // It is there for others, in a form that has no groups.
        using var all = await client.RequestAsync(HttpMethod.Get, "apis", null, "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json", asItComes: false, default);
        all.Content.Headers.ContentType!.Parameters.Should().Contain(parameter => parameter.Name == "as" && parameter.Value == "APIGroupDiscoveryList");
        var said = JsonNode.Parse(await all.Content.ReadAsStringAsync())!;
        said["groups"].Should().BeNull();
        said["items"]!.AsArray().Select(item => item!["metadata"]!["name"]!.ToString()).Should().Contain(["apps", "autoscaling"]);
    }

    private void Speak(string release)
    {
        Cluster.Release = WireRelease.Of(release);
        Cluster.Objects.Put(
            "/apis/autoscaling/v2/namespaces/ledger/horizontalpodautoscalers/api",
            JsonNode.Parse("""{"kind":"HorizontalPodAutoscaler","spec":{"minReplicas":1,"maxReplicas":5,"scaleTargetRef":{"kind":"Deployment","name":"ledger-api"}}}""")!.AsObject());
    }

    private static async Task<JsonObject> IntentAsync(IStepKind step, StepContext context) => JsonNode.Parse((await step.PrepareAsync(context, default)).ToJsonString())!.AsObject();

    private async Task<StepOutcome.Done> DoneAsync(IStepKind step, string kind, string with, string name)
    {
        var context = Bench.Context(kind, with, name);
        return (await step.ExecuteAsync(context, await IntentAsync(step, context), default)).Should().BeOfType<StepOutcome.Done>($"{name} ends well").Which;
    }

    private Task<IReadOnlyList<GateResult>> CheckAsync(IGateKind gate, StepParameters with, Plan plan) => gate.CheckAsync(with, plan, Bench.Estate, default);

    private static PlanStep Step(string kind, string with) => new("s", kind, new Dictionary<string, string>(), "primary", StepBench.Parameters(with), [], null, null, false, TimeSpan.FromSeconds(5), 0, null);

    /// <summary>Job and pod as this release's controller tells of them: since 1.31 a first condition says that it will be complete, and is no end.</summary>
    private void RunsTheJob()
    {
        var world = Cluster.Objects.World!;
        var looks = 0;
        Cluster.Objects.World = objects =>
        {
            world(objects);
            if (objects.Find(Job) is not { } job)
            {
                return;
            }

            if (job["status"] is null)
            {
                var pod = Site.AddPod("job", "dro-7-promote-1-x", null);
                pod["metadata"]!["ownerReferences"] = new JsonArray(new JsonObject { ["apiVersion"] = "batch/v1", ["kind"] = "Job", ["name"] = "dro-7-promote-1", ["uid"] = job["metadata"]!["uid"]!.DeepClone() });
                job["status"] = new JsonObject { ["conditions"] = new JsonArray(new JsonObject { ["type"] = "SuccessCriteriaMet", ["status"] = "True" }) };
            }
            else if (++looks == 3)
            {
                var pod = objects.Find(FakeLedgerSite.Pods + "/dro-7-promote-1-x")!;
                pod["log"] = "{\"role\":\"primary\"}";
                pod["status"]!["containerStatuses"]![0]!["state"] = new JsonObject { ["terminated"] = new JsonObject { ["exitCode"] = 0 } };
                job["status"]!["conditions"]!.AsArray().Add(new JsonObject { ["type"] = "Complete", ["status"] = "True" });
            }
        };
    }
}
