namespace DrOrchestrator.Drills.Gates;

/// <summary>The name of an image, written out: <c>nginx</c> is <c>docker.io/library/nginx:latest</c>.</summary>
/// <param name="Registry">Host, with its port.</param>
/// <param name="Repository">With the registry in front.</param>
/// <param name="Digest"><c>sha256:...</c>; null where the name is no digest.</param>
internal sealed record ImageName(string Registry, string Repository, string? Tag, string? Digest)
{
    private const string Hub = "docker.io";

    public static ImageName Parse(string text)
    {
        var at = text.Split('@', 2);
        var slash = at[0].IndexOf('/', StringComparison.Ordinal);
        var first = slash < 0 ? "" : at[0][..slash];
        var isHost = first.Contains('.', StringComparison.Ordinal) || first.Contains(':', StringComparison.Ordinal) || first == "localhost";
        var rest = isHost ? at[0][(slash + 1)..] : slash < 0 ? $"library/{at[0]}" : at[0];
        var colon = rest.LastIndexOf(':');
        var tag = colon > rest.LastIndexOf('/') ? rest[(colon + 1)..] : null;
        var registry = isHost ? first == "index.docker.io" ? Hub : first : Hub;
        return new ImageName(registry, $"{registry}/{(tag is null ? rest : rest[..colon])}", at.Length > 1 ? tag : tag ?? "latest", at.Length > 1 ? at[1] : null);
    }

    /// <summary>The digest in what a node says that it runs (<c>imageID</c>); null where it gives an id of its own, which no registry knows.</summary>
    public static string? DigestOf(string? imageId) => imageId?.Split('@', 2) is [_, { Length: > 0 } digest] ? digest : null;
}
