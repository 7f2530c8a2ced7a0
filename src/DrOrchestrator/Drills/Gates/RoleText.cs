namespace DrOrchestrator.Drills.Gates;

/// <summary>Rights as a Role (a ClusterRole for what belongs to the whole cluster) that <c>kubectl apply -f -</c> takes: YAML on one line, so that it comes whole out of any page, log or record. Pure.</summary>
internal static class RoleText
{
    /// <param name="name">Of the role: lower-case letters, digits, hyphens.</param>
    /// <param name="ns">Null for a ClusterRole.</param>
    /// <returns>Names of namespaces and objects are quoted: plain, <c>123</c> or <c>true</c> would be no text in YAML.</returns>
    public static string Of(string name, string? ns, IEnumerable<NeededRight> needed)
    {
        var rules = needed.GroupBy(right => (right.Group, right.Resource, right.Name)).Select(group => (group.Key, Verbs: group.Select(right => right.Verb).Distinct().Order(StringComparer.Ordinal).ToList()))
            .GroupBy(rule => (rule.Key.Group, rule.Key.Resource, Verbs: List(rule.Verbs), Named: rule.Key.Name is not null))
            .Select(group => $"{{apiGroups: [\"{group.Key.Group}\"], resources: [{group.Key.Resource}], verbs: {group.Key.Verbs}{(group.Key.Named ? $", resourceNames: {List(group.Select(rule => $"\"{rule.Key.Name}\""))}" : "")}}}");
        var (kind, place) = ns is null ? ("ClusterRole", "") : ("Role", $", namespace: \"{ns}\"");
        return $"{{apiVersion: rbac.authorization.k8s.io/v1, kind: {kind}, metadata: {{name: {name}{place}}}, rules: [{string.Join(", ", rules)}]}}";
    }

    private static string List(IEnumerable<string> words) => $"[{string.Join(", ", words)}]";
}
