using DrOrchestrator.Commands;
using DrOrchestrator.Estates;
using DrOrchestrator.Kubernetes;

namespace DrOrchestrator.Discovery;

/// <summary>
/// A first estate from what runs in clusters: every namespace a system, every workload a probe, and what a cluster cannot know as empty keys that the loader refuses until a person has answered.
/// </summary>
public static class EstateSuggestion
{
    /// <summary>Lists and writes; changes nothing anywhere.</summary>
    /// <param name="allowed">The programs that the kubeconfig may start for a credential.</param>
    public static async Task<SuggestResult> OfAsync(SuggestRequest request, AllowedCommands allowed, TimeProvider time, CancellationToken cancellationToken)
    {
        var names = new EstateNames();
        var sites = request.Contexts.Select((context, place) => new Site(names.Of(context), place == 0 ? SiteRole.Production : SiteRole.SameCity, null, request.Kubeconfig, context)).ToList();
        var estate = Estate.None with { Sites = sites };
        using var connections = new ClusterConnections(time) { Allowed = allowed };
        var seen = new List<FoundObjects>();
        foreach (var site in sites)
        {
            try
            {
                seen.Add(await ClusterSurvey.OfAsync(connections.Of(estate, site.Name), site.KubernetesContext!, request.Namespaces, cancellationToken).ConfigureAwait(false));
            }
            catch (ClusterAccessException e)
            {
                return new SuggestResult.Refused(e.Message);
            }
            catch (ClusterSurvey.Failed e)
            {
                return e.IsSilent ? new SuggestResult.Silent(e.Message) : new SuggestResult.Refused(e.Message);
            }
        }

        return seen.Exists(found => found.Workloads.Count > 0)
            ? new EstateText(sites, seen).Write()
            : new SuggestResult.Refused(Nothing(request, [.. seen.SelectMany(found => found.NotSeen)]));
    }

    private static string Nothing(SuggestRequest request, IReadOnlyList<string> notSeen)
    {
        var where = request.Namespaces.Count == 0 ? "any namespace (those that begin with kube- were left out; name one with --namespace)" : $"the namespaces {string.Join(", ", request.Namespaces)}";
        var gaps = notSeen.Count == 0 ? "" : $"; not seen: {string.Join("; ", notSeen)}";
        return $"no Deployment, StatefulSet or CloudNativePG cluster runs in {where} of {string.Join(", ", request.Contexts.Select(context => $"context '{context}'"))}{gaps}";
    }
}
