namespace DrOrchestrator.Sandbox.Kubernetes.Objects;

/// <summary>A parsed <c>fieldSelector</c>: comma-separated <c>path=value</c> or <c>path!=value</c> over the few paths a kind offers.</summary>
internal sealed class FieldSelector
{
    public static readonly FieldSelector Everything = new([]);

    private static readonly string[] Common = ["metadata.name", "metadata.namespace"];
    private readonly (string Path, bool Equal, string Value)[] _terms;

    private FieldSelector((string Path, bool Equal, string Value)[] terms) => _terms = terms;

    public static string[] Known(ResourceKind kind) =>
        kind == ResourceKind.Pods ? [.. Common, "spec.nodeName", "spec.restartPolicy", "status.phase"]
        : kind == ResourceKind.Events
            ? [.. Common, "involvedObject.kind", "involvedObject.namespace", "involvedObject.name", "involvedObject.uid", "reason", "type"]
        : kind == ResourceKind.Secrets ? [.. Common, "type"]
        : Common;

    public static FieldSelector Parse(string? text, ResourceKind kind)
    {
        if (string.IsNullOrEmpty(text))
        {
            return Everything;
        }

        var terms = new List<(string, bool, string)>();
        foreach (var term in text.Split(','))
        {
            var at = term.IndexOf('=', StringComparison.Ordinal);
            if (at <= 0)
            {
                throw ApiRefusal.BadRequest($"invalid field selector: '{term}'; allowed is path=value, path==value or path!=value");
            }

            var equal = term[at - 1] != '!';
            var path = term[..(equal ? at : at - 1)];
            var value = term[(at + 1)..];
            if (!Known(kind).Contains(path))
            {
                throw ApiRefusal.BadRequest($"field label not supported: {path}");
            }

            terms.Add((path, equal, equal && value.StartsWith('=') ? value[1..] : value));
        }

        return new FieldSelector([.. terms]);
    }

    public bool Matches(StoredObject candidate) => Array.TrueForAll(_terms, term => (candidate.Fields[term.Path] == term.Value) == term.Equal);
}
