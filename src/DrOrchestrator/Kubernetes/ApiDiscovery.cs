using System.Net;
using DrOrchestrator.Words;
using k8s;
using k8s.Models;

namespace DrOrchestrator.Kubernetes;

/// <summary>A kind as a cluster serves it.</summary>
/// <param name="Api"><c>v1</c>, <c>apps/v1</c>, <c>postgresql.cnpg.io/v1</c>.</param>
/// <param name="Plural">As it stands in addresses: <c>clusters</c>.</param>
internal sealed record ServedKind(string Api, string Plural, bool IsNamespaced)
{
    /// <summary>Empty for the core group.</summary>
    public string Group => GroupOf(Api);

    /// <summary>The word that means this kind and no other: <c>clusters.postgresql.cnpg.io</c>.</summary>
    public string Word => Group.Length == 0 ? Plural : $"{Plural}.{Group}";

    public static string GroupOf(string api) => api.Contains('/', StringComparison.Ordinal) ? api.Split('/')[0] : "";
}

/// <summary>What a word means at a cluster.</summary>
internal abstract record KindSearch
{
    private KindSearch()
    {
    }

    /// <summary>One kind.</summary>
    public sealed record Found(ServedKind Kind) : KindSearch;

    /// <summary>Kinds of several groups: nobody can tell which is meant.</summary>
    public sealed record Several(IReadOnlyList<ServedKind> Kinds) : KindSearch;

    /// <summary>Nothing.</summary>
    /// <param name="Nearest">The word that was perhaps meant.</param>
    /// <param name="Silent">Groups that did not say what they serve, as those of an extension server that is away.</param>
    public sealed record None(string? Nearest, IReadOnlyList<string> Silent) : KindSearch;
}

/// <summary>
/// Asks a cluster, at the moment, which of its kinds a word means: kind, plural, singular or short name, in any case, alone or as <c>word.group</c>. The core group goes before
/// others, as with kubectl; of the versions of a group, its preferred one.
/// </summary>
internal static class ApiDiscovery
{
    private const string Core = "v1";

    public static async Task<KindSearch> FindKindAsync(this IKubernetes client, string word, CancellationToken cancellationToken)
    {
        var (name, group) = word.Split('.', 2) is [var first, var rest] ? (first, rest) : (word, null);
        var groups = (await client.Apis.GetAPIVersionsAsync(cancellationToken).ConfigureAwait(false)).Groups.Where(g => group is null || g.Name == group);
        var versions = groups.SelectMany(g => g.Versions.OrderByDescending(v => v.Version == g.PreferredVersion?.Version).Select(v => v.GroupVersion)).ToList();
        var served = await Task.WhenAll((group is null ? [Core, .. versions] : versions).Select(api => KindsAsync(client, api, cancellationToken))).ConfigureAwait(false);

        // In the order of the versions: of each group the first that has it.
        var meant = served.SelectMany(api => api.Kinds ?? []).Where(kind => kind.Words.Contains(name, StringComparer.OrdinalIgnoreCase)).Select(kind => kind.Served).DistinctBy(kind => kind.Word).ToList();
        return meant switch
        {
            [var one] => new KindSearch.Found(one),
            [{ Group: "" } core, ..] => new KindSearch.Found(core),
            [_, ..] => new KindSearch.Several(meant),
            [] => new KindSearch.None(
                NearestWord.Of(name, served.SelectMany(api => api.Kinds ?? []).SelectMany(kind => kind.Words)),
                [.. served.Where(api => api.Kinds is null).Select(api => api.Api)]),
        };
    }

    /// <summary>The version of a group that the server prefers, as an apiVersion: <c>keda.sh/v1alpha1</c>; null where it serves none. By its list of groups: of a group alone, a 404 may be a proxy's.</summary>
    public static async Task<string?> ServedVersionAsync(this IKubernetes client, string group, CancellationToken cancellationToken) =>
        (await client.Apis.GetAPIVersionsAsync(cancellationToken).ConfigureAwait(false)).Groups.FirstOrDefault(one => one.Name == group)?.PreferredVersion?.GroupVersion;

    /// <summary>Whether it is served at all: an object of a kind that is not answers 404 like one that is not there.</summary>
    public static async Task<bool> ServesAsync(this IKubernetes client, ServedKind kind, CancellationToken cancellationToken) =>
        (await ServedResourcesAsync(client, kind.Api, cancellationToken).ConfigureAwait(false)).Any(resource => resource.Name == kind.Plural);

    /// <summary>A kind as a manifest names it; null where the cluster does not serve it in that version.</summary>
    /// <param name="kind"><c>Deployment</c>.</param>
    public static async Task<ServedKind?> FindKindAsync(this IKubernetes client, string api, string kind, CancellationToken cancellationToken) =>
        (await ServedResourcesAsync(client, api, cancellationToken).ConfigureAwait(false)).FirstOrDefault(resource => resource.Kind == kind && !resource.Name.Contains('/', StringComparison.Ordinal)) is { } found
            ? new ServedKind(api, found.Name, found.Namespaced)
            : null;

    /// <summary>What is served of a group in a version; nothing where the server does not list it among its groups: of a group alone, a 404 may be a proxy's.</summary>
    private static async Task<IEnumerable<V1APIResource>> ServedResourcesAsync(IKubernetes client, string api, CancellationToken cancellationToken)
    {
        try
        {
            return (await ResourcesAsync(client, api, cancellationToken).ConfigureAwait(false)).Resources;
        }
        catch (Exception e) when (ClusterFailure.Of(e, cancellationToken) is { IsNotServed: true })
        {
            return [];
        }
        catch (Exception e) when (api != Core && ClusterFailure.Of(e, cancellationToken) is { Status: HttpStatusCode.NotFound })
        {
            var groups = (await client.Apis.GetAPIVersionsAsync(cancellationToken).ConfigureAwait(false)).Groups;
            return groups.Any(group => group.Versions.Any(version => version.GroupVersion == api)) ? throw new IOException($"the server lists {api} and answers 404 for it") : [];
        }
    }

    private static async Task<(string Api, IReadOnlyList<(ServedKind Served, IReadOnlyList<string> Words)>? Kinds)> KindsAsync(IKubernetes client, string api, CancellationToken cancellationToken)
    {
        try
        {
            var list = await ResourcesAsync(client, api, cancellationToken).ConfigureAwait(false);
            return (api, [.. list.Resources.Where(resource => !resource.Name.Contains('/', StringComparison.Ordinal)).Select(resource => (new ServedKind(api, resource.Name, resource.Namespaced), Words(resource)))]);
        }
        catch (Exception e) when (api != Core && ClusterFailure.Of(e, cancellationToken) is not null)
        {
            // One group that is away must not hide the others.
            return (api, null);
        }
    }

    private static Task<V1APIResourceList> ResourcesAsync(IKubernetes client, string api, CancellationToken cancellationToken) => api == Core
        ? client.CoreV1.GetAPIResourcesAsync(cancellationToken)
        : client.CustomObjects.GetAPIResourcesAsync(ServedKind.GroupOf(api), api.Split('/')[1], cancellationToken);

    private static IReadOnlyList<string> Words(V1APIResource resource) => [.. ((string?[])[resource.Kind, resource.Name, resource.SingularName, .. resource.ShortNames ?? []]).OfType<string>().Where(word => word.Length > 0)];
}
