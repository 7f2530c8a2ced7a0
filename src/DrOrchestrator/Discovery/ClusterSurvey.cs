using System.Net;
using System.Text.Json.Nodes;
using DrOrchestrator.Kubernetes;
using k8s;

namespace DrOrchestrator.Discovery;

/// <summary>Lists what runs in a cluster, page by page and live. Reads alone.</summary>
internal static class ClusterSurvey
{
    private const string CnpgGroup = "postgresql.cnpg.io";

    /// <summary>A cluster that cannot be surveyed at all, with the reason.</summary>
    internal sealed class Failed(string reason, bool isSilent) : Exception(reason)
    {
        /// <summary>No answer came; otherwise the answer was no.</summary>
        public bool IsSilent { get; } = isSilent;
    }

    /// <param name="context">For people.</param>
    /// <param name="namespaces">Empty for all but those that begin with <c>kube-</c>.</param>
    /// <exception cref="Failed">The cluster does not answer, does not know who asks, or lets nothing be listed.</exception>
    public static async Task<FoundObjects> OfAsync(IKubernetes client, string context, IReadOnlyList<string> namespaces, CancellationToken cancellationToken)
    {
        var lists = new Lists(client, context, namespaces, cancellationToken);
        var deployments = await lists.AllAsync("apps/v1", "deployments").ConfigureAwait(false);
        var sets = await lists.AllAsync("apps/v1", "statefulsets").ConfigureAwait(false);
        var services = await lists.AllAsync("v1", "services").ConfigureAwait(false);
        var ingresses = await lists.AllAsync("networking.k8s.io/v1", "ingresses").ConfigureAwait(false);
        var clusters = await lists.CnpgAsync().ConfigureAwait(false);
        if (!lists.SawAny)
        {
            throw new Failed($"nothing may be listed at context '{context}': {string.Join("; ", lists.NotSeen)}", isSilent: false);
        }

        return new FoundObjects(
            [
                .. deployments.Select(found => FoundWorkload.Of(WorkloadName.Deployment, found)),
                .. sets.Select(found => FoundWorkload.Of(WorkloadName.StatefulSet, found)),
                .. clusters.Select(FoundWorkload.OfCnpg),
            ],
            [.. services.Select(FoundService.Of)],
            [.. ingresses.Select(FoundIngress.Of)],
            lists.NotSeen)
        {
            Hidden = lists.Hidden,
        };
    }

    /// <summary>The lists of one survey, and what became of them.</summary>
    private sealed class Lists(IKubernetes client, string context, IReadOnlyList<string> namespaces, CancellationToken cancellationToken)
    {
        private readonly List<string> _notSeen = [];
        private readonly List<string?> _hidden = [];

        public IReadOnlyList<string> NotSeen => _notSeen;

        /// <summary>Namespaces whose workloads of a kind are not seen; null among them for all.</summary>
        public IReadOnlyList<string?> Hidden => _hidden;

        /// <summary>Whether one list at least was answered.</summary>
        public bool SawAny { get; private set; }

        public async Task<IReadOnlyList<JsonObject>> AllAsync(string api, string plural)
        {
            var all = new List<JsonObject>();
            foreach (var ns in namespaces.Count == 0 ? [null] : namespaces.Cast<string?>())
            {
                try
                {
                    var found = await client.ListObjectsAsync(api, plural, ns, cancellationToken).ConfigureAwait(false);
                    SawAny = true;
                    all.AddRange(found.Where(one => ns is not null || !FoundWorkload.Text(one["metadata"]?["namespace"]).StartsWith("kube-", StringComparison.Ordinal)));
                }
                catch (Exception e) when (ClusterFailure.Of(e, cancellationToken) is { } failure)
                {
                    // A kind that this cluster does not serve is no gap: there is nothing of it.
                    if (failure.Status is not HttpStatusCode.NotFound || await MayServeAsync(api, plural).ConfigureAwait(false))
                    {
                        NotListed(api, plural, ns, failure);
                    }
                }
            }

            return all;
        }

        /// <summary>CloudNativePG's clusters, where that API is served.</summary>
        public async Task<IReadOnlyList<JsonObject>> CnpgAsync()
        {
            try
            {
                return await client.ServedVersionAsync(CnpgGroup, cancellationToken).ConfigureAwait(false) is { } api ? await AllAsync(api, "clusters").ConfigureAwait(false) : [];
            }
            catch (Exception e) when (ClusterFailure.Of(e, cancellationToken) is { } failure)
            {
                NotListed(CnpgGroup + "/v1", "clusters", null, failure);
                return [];
            }
        }

        private async Task<bool> MayServeAsync(string api, string plural)
        {
            try
            {
                return await client.ServesAsync(new ServedKind(api, plural, true), cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (ClusterFailure.Of(e, cancellationToken) is not null)
            {
                return true;
            }
        }

        private void NotListed(string api, string plural, string? ns, ClusterFailure failure)
        {
            if (failure.Status is null or HttpStatusCode.Unauthorized)
            {
                throw new Failed($"context '{context}': {failure.Reason}", isSilent: failure.Status is null);
            }

            if (plural is not ("services" or "ingresses"))
            {
                _hidden.Add(ns);
            }

            var (role, place) = ns is null ? ("ClusterRole", "all namespaces") : ("Role", $"namespace '{ns}'");
            var remedy = failure.Status is HttpStatusCode.Forbidden
                ? $". The user needs a {role} with {{apiGroups: [\"{ServedKind.GroupOf(api)}\"], resources: [{plural}], verbs: [list]}}{(ns is null ? ", or name the namespaces it may read with --namespace" : "")}"
                : "";
            _notSeen.Add($"{plural} of {place} at context '{context}': {failure.Reason}{remedy}");
        }
    }
}
