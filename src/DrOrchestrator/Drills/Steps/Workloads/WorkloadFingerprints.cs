using System.Security.Cryptography;
using System.Text;
using DrOrchestrator.Drills.Results;
using DrOrchestrator.Estates;
using DrOrchestrator.Kubernetes;
using k8s;
using k8s.Models;

namespace DrOrchestrator.Drills.Steps.Workloads;

/// <summary>Fingerprints of workloads from the API of their site. Replicas are no part of it (drills change them), nor is the mark of a restart.</summary>
internal sealed class WorkloadFingerprints(ClusterConnections connections, TimeProvider time) : IWorkloadFingerprints
{
    /// <summary>A site that does not answer holds up no run: its parts are then not on record.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private const string RestartMark = "kubectl.kubernetes.io/restartedAt";

    public async Task<IReadOnlyDictionary<string, string>> ReadAsync(Estate estate, IReadOnlyList<TouchedWorkload> workloads, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        var parts = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var read in await Task.WhenAll(workloads.Select(touched => TemplateAsync(estate, touched, limit.Token, cancellationToken))).ConfigureAwait(false))
        {
            foreach (var (part, value) in read)
            {
                parts[part] = value;
            }
        }

        return parts;
    }

    /// <summary>The parts of one template.</summary>
    internal static IEnumerable<KeyValuePair<string, string>> PartsOf(TouchedWorkload touched, V1PodTemplateSpec template)
    {
        var where = $"{touched.Site}/{touched.Namespace}/{touched.Workload}";
        template.Metadata?.Annotations?.Remove(RestartMark);
        if (template.Metadata?.Annotations?.Count == 0)
        {
            template.Metadata.Annotations = null;
        }

        yield return new($"manifest/{where}", Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(KubernetesJson.Serialize(template)))));
        foreach (var container in (template.Spec?.InitContainers ?? []).Concat(template.Spec?.Containers ?? []))
        {
            yield return new($"image/{where}/{container.Name}", container.Image ?? "");
        }
    }

    private async Task<IEnumerable<KeyValuePair<string, string>>> TemplateAsync(Estate estate, TouchedWorkload touched, CancellationToken limit, CancellationToken cancellationToken)
    {
        try
        {
            var (name, client) = (WorkloadName.Parse(touched.Workload), connections.Of(estate, touched.Site));
            var template = name.Kind == WorkloadName.Deployment
                ? (await client.AppsV1.ReadNamespacedDeploymentAsync(name.Name, touched.Namespace, cancellationToken: limit).ConfigureAwait(false)).Spec.Template
                : (await client.AppsV1.ReadNamespacedStatefulSetAsync(name.Name, touched.Namespace, cancellationToken: limit).ConfigureAwait(false)).Spec.Template;
            return PartsOf(touched, template);
        }
        catch (Exception e) when (e is FormatException || ClusterFailure.Of(e, cancellationToken) is not null)
        {
            return [];
        }
    }
}
