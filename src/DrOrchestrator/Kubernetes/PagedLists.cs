using System.Net;
using k8s;
using k8s.Models;

namespace DrOrchestrator.Kubernetes;

/// <summary>
/// Lists that can be large, live and whole, in pages: an answer of a hundred megabytes reaches nobody within the bound of one request. All pages are of one moment (the first one's), so that
/// nothing is counted twice or left out. Where the server gives the continuation up (410), everything is asked for once more and at once.
/// </summary>
internal static class PagedLists
{
    /// <summary>Objects of a page.</summary>
    public const int PageSize = 500;

    /// <param name="ns">Null for all namespaces.</param>
    /// <param name="selector">Label selector; null for all.</param>
    public static Task<IReadOnlyList<V1Pod>> AllPodsAsync(this IKubernetes client, string? ns, string? selector, CancellationToken cancellationToken) => AllAsync<V1PodList, V1Pod>(
        (limit, next) => ns is null
            ? client.CoreV1.ListPodForAllNamespacesAsync(continueParameter: next, labelSelector: selector, limit: limit, cancellationToken: cancellationToken)
            : client.CoreV1.ListNamespacedPodAsync(ns, continueParameter: next, labelSelector: selector, limit: limit, cancellationToken: cancellationToken),
        cancellationToken);

    /// <param name="selector">Label selector; null for all.</param>
    public static Task<IReadOnlyList<V1Node>> AllNodesAsync(this IKubernetes client, string? selector, CancellationToken cancellationToken) => AllAsync<V1NodeList, V1Node>(
        (limit, next) => client.CoreV1.ListNodeAsync(continueParameter: next, labelSelector: selector, limit: limit, cancellationToken: cancellationToken), cancellationToken);

    public static Task<IReadOnlyList<V1PodDisruptionBudget>> AllBudgetsAsync(this IKubernetes client, string ns, CancellationToken cancellationToken) => AllAsync<V1PodDisruptionBudgetList, V1PodDisruptionBudget>(
        (limit, next) => client.PolicyV1.ListNamespacedPodDisruptionBudgetAsync(ns, continueParameter: next, limit: limit, cancellationToken: cancellationToken), cancellationToken);

    private static async Task<IReadOnlyList<TItem>> AllAsync<TList, TItem>(Func<int?, string?, Task<TList>> page, CancellationToken cancellationToken)
        where TList : IItems<TItem>, IMetadata<V1ListMeta>
    {
        var all = new List<TItem>();
        string? next = null;
        do
        {
            TList got;
            try
            {
                got = await page(PageSize, next).ConfigureAwait(false);
            }
            catch (Exception e) when (next is not null && ClusterFailure.Of(e, cancellationToken) is { Status: HttpStatusCode.Gone })
            {
                return [.. (await page(null, null).ConfigureAwait(false)).Items];
            }

            all.AddRange(got.Items);
            next = got.Metadata?.ContinueProperty;
        }
        while (!string.IsNullOrEmpty(next));
        return all;
    }
}
