using System.Text.Json.Nodes;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Steps;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.Testing.Kubernetes.Real;

namespace DrOrchestrator.Tests.Drills.Steps;

/// <summary>Waits at a real API server (passed on Kubernetes 1.36.2): what its discovery tells, cluster-wide kinds, deletion.</summary>
public sealed class K8sWaitConformanceTests
{
    [RealClusterFact]
    public async Task Execute_KindsByDiscovery_AreFound()
    {
        using var connections = new ClusterConnections(TimeProvider.System);

        (await RunAsync(connections, """{"resource":"ns/default","json-path":".status.phase","equals":"Active"}""")).Should().BeOfType<StepOutcome.Done>();
        (await RunAsync(connections, """{"resource":"CustomResourceDefinition/none","for":"absent"}""")).Should().BeOfType<StepOutcome.Done>();
        (await RunAsync(connections, """{"namespace":"kube-system","resource":"configmap/kube-root-ca.crt","json-path":".data['ca.crt']"}""")).Should().BeOfType<StepOutcome.Done>()
            .Which.Outputs["value"]!.ToString().Should().StartWith("-----BEGIN CERTIFICATE-----");
        (await RunAsync(connections, """{"resource":"apiservice/v1.apps","condition":"Available"}""")).Should().BeOfType<StepOutcome.Done>();
        (await RunAsync(connections, """{"namespace":"default","resource":"deploymnt/x","for":"absent"}""")).Should().BeOfType<StepOutcome.Failed>()
            .Which.Reason.Should().Be("no kind 'deploymnt' is served here; near it is 'Deployment'");
    }

    private static async Task<StepOutcome> RunAsync(ClusterConnections connections, string with)
    {
        var step = new K8sWaitStep(connections, TimeProvider.System);
        var context = new StepBench(RealClusters.Kubeconfig!).Context("k8s.wait", with);
        return await step.ExecuteAsync(context, JsonNode.Parse((await step.PrepareAsync(context, default)).ToJsonString())!.AsObject(), default);
    }
}
