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

    public static Task<IReadOnlyList<V1Job>> AllJobsAsync(this IKubernetes client, string ns, CancellationToken cancellationToken) => AllAsync<V1JobList, V1Job>(
        (limit, next) => client.BatchV1.ListNamespacedJobAsync(ns, continueParameter: next, limit: limit, cancellationToken: cancellationToken), cancellationToken);

    /// <param name="selector">Label selector.</param>
    public static Task<IReadOnlyList<V1Namespace>> AllNamespacesAsync(this IKubernetes client, string selector, CancellationToken cancellationToken) => AllAsync<V1NamespaceList, V1Namespace>(
        (limit, next) => client.CoreV1.ListNamespaceAsync(continueParameter: next, labelSelector: selector, limit: limit, cancellationToken: cancellationToken), cancellationToken);

    /// <param name="selector">Label selector.</param>
    public static Task<IReadOnlyList<V1EndpointSlice>> AllSlicesAsync(this IKubernetes client, string ns, string selector, CancellationToken cancellationToken) => AllAsync<V1EndpointSliceList, V1EndpointSlice>(
        (limit, next) => client.DiscoveryV1.ListNamespacedEndpointSliceAsync(ns, continueParameter: next, labelSelector: selector, limit: limit, cancellationToken: cancellationToken), cancellationToken);

    /// <param name="fields">Field selector.</param>
    public static Task<IReadOnlyList<Corev1Event>> AllEventsAsync(this IKubernetes client, string ns, string fields, CancellationToken cancellationToken) => AllAsync<Corev1EventList, Corev1Event>(
        (limit, next) => client.CoreV1.ListNamespacedEventAsync(ns, continueParameter: next, fieldSelector: fields, limit: limit, cancellationToken: cancellationToken), cancellationToken);

    /// <param name="page">By the most it may hold, null for all at once, and where the last one ended, null for the first.</param>
    public static async Task<IReadOnlyList<TItem>> AllAsync<TItem>(Func<int?, string?, Task<(IEnumerable<TItem> Items, string? Next)>> page, CancellationToken cancellationToken)
    {
        var all = new List<TItem>();
        string? next = null;
        do
        {
            IEnumerable<TItem> items;
            try
            {
                (items, next) = await page(PageSize, next).ConfigureAwait(false);
            }
            catch (Exception e) when (next is not null && ClusterFailure.Of(e, cancellationToken) is { Status: HttpStatusCode.Gone })
            {
                return [.. (await page(null, null).ConfigureAwait(false)).Items];
            }

            all.AddRange(items);
        }
        while (!string.IsNullOrEmpty(next));
        return all;
    }

    private static Task<IReadOnlyList<TItem>> AllAsync<TList, TItem>(Func<int?, string?, Task<TList>> page, CancellationToken cancellationToken)
        where TList : IItems<TItem>, IMetadata<V1ListMeta> => AllAsync(
            async (limit, next) => await page(limit, next).ConfigureAwait(false) is var got ? ((IEnumerable<TItem>)got.Items, got.Metadata?.ContinueProperty) : default, cancellationToken);
}
