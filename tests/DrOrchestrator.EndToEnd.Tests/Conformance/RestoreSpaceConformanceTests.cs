using DrOrchestrator.EndToEnd.Harness;
using DrOrchestrator.EndToEnd.RunSpaces;
using DrOrchestrator.Testing.Kubernetes.Real;
using k8s;
using k8s.Models;

namespace DrOrchestrator.EndToEnd.Conformance;

/// <summary>
/// A restore check in a namespace of its run by the shipped plan, at a real API server with its controllers and scheduler (passed on Kubernetes 1.36.2): pod security "restricted", quota,
/// the copies of Secrets, the scratch volume's claim and the end of all of it are the cluster's own. Node and provisioner are played; the command of the Job's pod runs as a process here and
/// restores a real base backup. Its isolation is not proved: what a pod reaches has no meaning where none runs.
/// </summary>
[Collection(nameof(OneAtATime))]
public sealed class RestoreSpaceConformanceTests
{
    [RealClusterFact]
    public Task Run_RestoresInItsNamespace_CountsAsARestoreCheck_AndLeavesNothing() => WorkFolder.UseAsync(
        async folder =>
        {
            await using RestoreGround ground = await RestoreGround.MakeAsync();
            await using PlayedNode node = await PlayedNode.StartAsync("dr");
            await using PlayedStorage storage = await PlayedStorage.StartAsync("dr", "restore-space", node.Name);
            await using RealSpace lab = await RealSpace.CreateAsync("restore-space-lab", "dr");
            node.Run = ("registry.dr.bank.example/restore:1", ground.RunAsync);
            await PutAsync(lab, "ledger-backups", "Opaque", "REPO_KEY", ground.Key);
            await PutAsync(lab, "registry-dr", "kubernetes.io/dockerconfigjson", ".dockerconfigjson", ground.PullSecret);

            RestoreDrill drill = await RestoreDrill.CarryAsync(folder, await File.ReadAllTextAsync(RealClusters.Kubeconfig!), ground, lab.Name, storage.Class, asksForRights: true);

            drill.ShouldHavePassed(ground);
            (await lab.Client.CoreV1.ListNamespaceAsync()).Items.Select(ns => ns.Metadata.Name).Should().NotContain(name => name.StartsWith(drill.View.Mark, StringComparison.Ordinal));
            storage.Made.Should().Equal("150Gi");
            await Patience.UntilAsync("the volume is gone", Patience.Start, async () => (await storage.VolumesAsync()).Count == 0);
        },
        "real-restore-space");

    private static Task PutAsync(RealSpace lab, string name, string type, string key, string value) => lab.Client.CoreV1.CreateNamespacedSecretAsync(
        new V1Secret { Metadata = new V1ObjectMeta { Name = name }, Type = type, StringData = new Dictionary<string, string> { [key] = value } }, lab.Name);
}
