using DrOrchestrator.Sandbox.Kubernetes.Objects;

namespace DrOrchestrator.Sandbox.Kubernetes.Api;

/// <summary>A path below <c>/api</c> or <c>/apis</c> that names objects.</summary>
/// <param name="Namespace">Null: all of them, or the kind has none.</param>
/// <param name="Name">Null: the collection.</param>
/// <param name="Subresource">Empty: the object itself.</param>
internal sealed record ResourcePath(ResourceKind Kind, string? Namespace, string? Name, string Subresource)
{
    /// <summary>The key of the named object.</summary>
    public ObjectKey Key(string? name = null) => new(Kind, Namespace ?? "", name ?? Name ?? "");

    public static ResourcePath? Parse(string path)
    {
        var steps = path.Trim('/').Split('/').Select(Uri.UnescapeDataString).ToArray();
        return steps switch
        {
            ["api", "v1", .. var rest] => Parse("", "v1", rest),
            ["apis", var group, var version, .. var rest] => Parse(group, version, rest),
            _ => null,
        };
    }

    private static ResourcePath? Parse(string group, string version, string[] steps)
    {
        if (steps is ["namespaces", var home, var plural, .. var rest]
            && ResourceKind.Find(group, version, plural) is { Namespaced: true } inside && rest.Length <= 2)
        {
            return new ResourcePath(inside, home, rest.ElementAtOrDefault(0), rest.ElementAtOrDefault(1) ?? "");
        }

        if (steps is [var first, .. var others] && ResourceKind.Find(group, version, first) is { } kind && others.Length <= 2)
        {
            // An object with a namespace has no address without it; the collection over all namespaces does.
            return kind.Namespaced && others.Length > 0 ? null : new ResourcePath(kind, null, others.ElementAtOrDefault(0), others.ElementAtOrDefault(1) ?? "");
        }

        return null;
    }
}
