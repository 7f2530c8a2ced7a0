using DrOrchestrator.Estates;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Kubernetes.Watching;

/// <summary>A namespace whose pods are followed, and how its site's cluster is reached: another way there is another watch.</summary>
internal sealed record FollowedNamespace(string Site, string Namespace, string Kubeconfig, string Context)
{
    /// <summary>
    /// Where the estate's plans act, where its databases have their host in a pod, and what its probes look at; of sites with a cluster, sorted, each once. The namespaces of
    /// rehearsals are made for one run and are not among them. Pure.
    /// </summary>
    public static IReadOnlyList<FollowedNamespace> Of(Estate estate, IEnumerable<Plan> plans)
    {
        var steps = plans.SelectMany(plan => plan.AllSteps)
            .Where(step => step.Kind.StartsWith("k8s.", StringComparison.Ordinal))
            .Select(step => (step.Site, Namespace: step.Parameters.OptionalText("namespace")));
        var probes = estate.Probes.Select(probe => (Site: (string?)probe.Site, Namespace: probe.Settings is KubernetesProbeSettings { Check: KubernetesCheck.WorkloadReady check } ? check.Namespace : null));
        var databases = estate.Databases.Select(database => (Site: (string?)database.Site, Namespace: database.Host switch
        {
            DatabaseHost.Job job => job.Namespace,
            DatabaseHost.Exec exec => exec.Namespace,
            _ => null,
        }));
        return
        [
            .. steps.Concat(probes).Concat(databases)
                .Where(one => one.Namespace is { Length: > 0 } name && !name.Contains('$', StringComparison.Ordinal))
                .Select(one => (Site: estate.FindSite(one.Site ?? ""), one.Namespace))
                .Where(one => one.Site is { KubeconfigPath: not null, KubernetesContext: not null })
                .Select(one => new FollowedNamespace(one.Site!.Name, one.Namespace!, one.Site.KubeconfigPath!, one.Site.KubernetesContext!))
                .Distinct()
                .OrderBy(one => one.Site, StringComparer.Ordinal).ThenBy(one => one.Namespace, StringComparer.Ordinal),
        ];
    }
}
