using System.Text.Json.Nodes;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Steps.Namespaces;
using DrOrchestrator.Drills.Steps.Pods;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.Testing.Kubernetes.Real;
using k8s;
using k8s.Models;

namespace DrOrchestrator.Tests.Drills.Steps.Pods;

/// <summary>
/// Jobs in a namespace of the run, under pod security "restricted", its quota and its LimitRange, at a real API server with controllers and scheduler (passed on Kubernetes 1.36.2). No kubelet
/// runs there: what a container would wait for is told by <see cref="K8sJobNeedsTests"/>.
/// </summary>
public sealed class K8sJobConformanceTests : IAsyncLifetime
{
    private static readonly string? Real = RealClusters.Kubeconfig;

    private readonly string _mark = "dro-restorespace" + Guid.NewGuid().ToString("N")[..6] + "-7";
    private readonly ClusterConnections _connections = new(TimeProvider.System);
    private readonly StepBench _bench = new(Real ?? "none");

    private IKubernetes Client => _connections.Of(_bench.Estate, "primary");

    private string Space => $"{_mark}-space";

    private string Lab => $"{_mark}-lab";

    public async Task InitializeAsync()
    {
        if (Real is not null)
        {
            await Client.CoreV1.CreateNamespaceAsync(new V1Namespace { Metadata = new V1ObjectMeta { Name = Lab } });
            await Client.CoreV1.CreateNamespacedSecretAsync(new V1Secret { Metadata = new V1ObjectMeta { Name = "repo" }, StringData = new Dictionary<string, string> { ["KEY"] = "hunter2-hunter2" } }, Lab);
        }
    }

    public async Task DisposeAsync()
    {
        foreach (var ns in Real is null ? [] : (await Client.CoreV1.ListNamespaceAsync()).Items.Where(ns => ns.Metadata.Name.StartsWith(_mark, StringComparison.Ordinal)))
        {
            await Client.CoreV1.DeleteNamespaceAsync(ns.Metadata.Name);
        }

        _connections.Dispose();
    }

    [RealClusterFact]
    public async Task Execute_WithAnAccountAndLimits_IsLetInAndWaitsForItsVolumeAlone()
    {
        await using var node = await PlayedNode.StartAsync("primary");
        await MakeSpaceAsync();

        var (outcome, seen) = await RunAsync("restore", """{"command":["restore"],"env-from-secrets":["repo"],"scratch":"10Gi","scratch-class":"restore-space-none","run-as":26,"resources":{"limits":{"cpu":"1500m","memory":"3Gi"}}}""");

        outcome.Should().Contain("is not scheduled: Unschedulable").And.Contain("PersistentVolumeClaim");
        seen.Answer.Should().Be(ObservedAnswer.StillMay);
        var pod = (await Client.CoreV1.ListNamespacedPodAsync(Space)).Items.Single();
        pod.Spec.Containers[0].Resources.Requests["memory"].ToString().Should().Be("3Gi", "limits alone are requests too");
        var claim = (await Client.CoreV1.ListNamespacedPersistentVolumeClaimAsync(Space)).Items.Single();
        claim.Metadata.OwnerReferences.Single().Uid.Should().Be(pod.Metadata.Uid, "it goes with the pod");
        (await Client.CoreV1.ReadNamespacedResourceQuotaAsync("dro-quota", Space)).Status.Used["requests.storage"].ToString().Should().Be("10Gi");
    }

    [RealClusterTheory]
    [InlineData("bare", """{"command":["restore"],"resources":{"limits":{"memory":"1Gi"}}}""", "violates PodSecurity \"restricted:latest\"")]
    [InlineData("large", """{"command":["restore"],"run-as":26,"resources":{"limits":{"memory":"64Gi"}}}""", "exceeded quota: dro-quota")]
    [InlineData("asks", """{"command":["restore"],"run-as":26,"resources":{"requests":{"memory":"1Gi"}}}""", "must be less than or equal to memory limit of 512Mi")]
    public async Task Execute_ThePodIsRefused_SaysWhatTheControllerWasTold(string name, string with, string expected)
    {
        await MakeSpaceAsync();

        var (outcome, seen) = await RunAsync(name, with);

        outcome.Should().Contain("no more pods can be made: ").And.Contain(expected);
        seen.Detail.Should().Contain(expected);
    }

    [RealClusterFact]
    public async Task Try_AFieldThatIsNone_IsRefusedByTheServerItself()
    {
        await MakeSpaceAsync();
        var good = Context("k8s.job", $$"""{"namespace":"{{Space}}","command":["restore"],"env-from-secrets":["repo"],"scratch":"10Gi","run-as":26}""", "restore");
        var step = new K8sJobStep(_connections, TimeProvider.System);

        (await step.TryAsync(good, default)).Should().ContainSingle();
        var act = () => step.TryAsync(Context("k8s.job", $$"""{"namespace":"{{Space}}","command":["restore"],"env":{"A=B":"c"},"scratch":"10Gi"}""", "restore"), default);

        (await act.Should().ThrowAsync<Exception>()).Which.Should().Match<Exception>(e => ClusterFailure.Of(e, default)!.Reason.Contains("env[0].name"));
        (await Client.BatchV1.ListNamespacedJobAsync(Space)).Items.Should().BeEmpty();
    }

    private async Task<(string Outcome, Observation Seen)> RunAsync(string name, string with)
    {
        var step = new K8sJobStep(_connections, TimeProvider.System);
        var context = Context("k8s.job", $$"""{"namespace":"{{Space}}",{{with[1..]}}""", name, timeoutSeconds: 4);
        var intent = await step.PrepareAsync(context, default);
        var outcome = (await step.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Unknown>().Which.Reason;
        return (outcome, await step.ObserveAsync(context, intent, default));
    }

    private async Task MakeSpaceAsync()
    {
        var step = new K8sNamespaceStep(_connections, TimeProvider.System);
        var context = Context("k8s.namespace", $$"""{"prove":"none","pod-security":"restricted","copy-secrets":["{{Lab}}/repo"]}""", "space");
        (await step.ExecuteAsync(context, JsonNode.Parse((await step.PrepareAsync(context, default)).ToJsonString())!.AsObject(), default)).Should().BeOfType<StepOutcome.Done>();
    }

    private StepContext Context(string kind, string with, string step, int timeoutSeconds = 60) => _bench.Context(kind, with, step, timeoutSeconds: timeoutSeconds) with { RunMark = _mark };
}
