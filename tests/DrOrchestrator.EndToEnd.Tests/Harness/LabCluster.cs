using k8s;
using k8s.Models;

namespace DrOrchestrator.EndToEnd.Harness;

/// <summary>A site's Kubernetes API, used as a person with kubectl and the site's kubeconfig would.</summary>
internal sealed class LabCluster : IDisposable
{
    public const string Namespace = "ledger";
    private readonly k8s.Kubernetes _client;

    public LabCluster(LabProcess lab, string site)
    {
        string estate = File.ReadAllText(lab.EstateFile);
        string kubeconfig = System.Text.RegularExpressions.Regex.Match(estate, $@"name: {site},.*kubeconfig: (?<file>[^,]+),").Groups["file"].Value;
        KubernetesClientConfiguration configuration = KubernetesClientConfiguration.BuildConfigFromConfigFile(Path.GetFullPath(kubeconfig, lab.Estate), site);
        _client = new k8s.Kubernetes(configuration);
    }

    public async Task<(int Store, int Api)> ReplicasAsync()
    {
        V1StatefulSet store = await _client.AppsV1.ReadNamespacedStatefulSetAsync("ledger-store", Namespace);
        V1Deployment api = await _client.AppsV1.ReadNamespacedDeploymentAsync("ledger-api", Namespace);
        return (store.Spec.Replicas ?? 1, api.Spec.Replicas ?? 1);
    }

    /// <summary><c>kubectl scale</c>: a PUT of the scale subresource under a manager of its own.</summary>
    public async Task ScaleStoreAsync(int replicas)
    {
        V1Scale scale = await _client.AppsV1.ReadNamespacedStatefulSetScaleAsync("ledger-store", Namespace);
        scale.Spec.Replicas = replicas;
        await _client.AppsV1.ReplaceNamespacedStatefulSetScaleAsync(scale, "ledger-store", Namespace, fieldManager: "kubectl");
    }

    public void Dispose() => _client.Dispose();
}
