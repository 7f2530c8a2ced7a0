using System.Collections.Concurrent;
using System.Diagnostics;
using DrOrchestrator.EndToEnd.Harness;
using DrOrchestrator.EndToEnd.Objects;
using DrOrchestrator.Testing.Kubernetes;
using DrOrchestrator.Testing.Kubernetes.Real;
using k8s;

namespace DrOrchestrator.EndToEnd.Conformance;

/// <summary>
/// A run that applies manifests, runs commands in a pod and patches, at a real API server with its controllers (passed on Kubernetes 1.36.2), killed before and behind every write. The node is played: commands
/// are real programs, which go on when their connection is cut, as in a container.
/// </summary>
[Collection(nameof(OneAtATime))]
public sealed class ObjectsDrillConformanceTests : IDisposable
{
    private readonly ConcurrentBag<Process> _started = [];

    /// <summary>A command that waits for what a run that has failed will never say is ended here.</summary>
    public void Dispose()
    {
        foreach (Process process in _started)
        {
            process.Kill(entireProcessTree: true);
            process.Dispose();
        }
    }

    [RealClusterFact]
    public Task Run_KilledAtEveryWriteAndCommand_HasEachEffectOnceAndComesBack() => WorkFolder.UseAsync(
        async folder =>
        {
            await using PlayedNode node = await PlayedNode.StartAsync("dr");
            node.Exec.Play = RunAsync;
            await using RealSpace space = await RealSpace.CreateAsync("dro-test-objects", "dr");
            await space.Client.AppsV1.CreateNamespacedDeploymentAsync(ObjectsDrill.Deployment("serve", node.Name), space.Name);
            await Patience.UntilAsync("its pod is ready", Patience.Start, async () => (await space.Client.AppsV1.ReadNamespacedDeploymentAsync(ObjectsDrill.App, space.Name)).Status?.ReadyReplicas == 1);
            await using KillingApi api = await KillingApi.StartAsync(KubernetesClientConfiguration.BuildConfigFromConfigFile(RealClusters.Kubeconfig, "dr"), ObjectsDrill.MoreDeaths);

            ObjectsDrill drill = await ObjectsDrill.CarryAsync(folder, api, space.Client, space.Name);

            drill.ShouldHavePassed(ObjectsDrill.MoreDeaths);
        },
        "real-objects");

    private async Task RunAsync(PlayedCommand command)
    {
        Process process = Process.Start(new ProcessStartInfo(command.Words[0], command.Words.Skip(1)) { RedirectStandardOutput = true, UseShellExecute = false })!;
        _started.Add(process);
        string said = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        await command.SayAsync(said);
        await command.ExitAsync(process.ExitCode);
    }
}
