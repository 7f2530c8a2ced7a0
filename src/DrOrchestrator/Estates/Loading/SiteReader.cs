using DrOrchestrator.Estates.Yaml;

namespace DrOrchestrator.Estates.Loading;

/// <summary>Reads <c>sites:</c> and <c>endpoints:</c>.</summary>
internal static class SiteReader
{
    public static Site Site(StrictMap map, EstateScope scope)
    {
        var name = map.Name("name");
        var role = map.Word<SiteRole>("role");
        var location = map.OptionalText("location");
        if (map.Peek("kubeconfig") is YamlScalar { Text: Estates.Site.InCluster })
        {
            map.Node("kubeconfig");
            if (map.OptionalText("context") is not null)
            {
                map.Problems.Add(map.PlaceOf("context"), $"a site with 'kubeconfig: {Estates.Site.InCluster}' and a context", "no context: there is one cluster, and one service account", "Remove 'context:'.");
            }

            return new Site(name, role, location, Estates.Site.InCluster, Estates.Site.InCluster);
        }

        var kubeconfig = scope.ExistingFiles(map, "kubeconfig");
        var context = map.OptionalText("context");
        if (map.Has("kubeconfig") != map.Has("context"))
        {
            var (there, missing) = map.Has("context") ? ("context", "kubeconfig") : ("kubeconfig", "context");
            map.Problems.Add(map.Place, $"a site with '{there}' and without '{missing}'", "both or neither", $"Add '{missing}:'.");
        }

        return new Site(name, role, location, kubeconfig, context);
    }

    public static ServiceEndpoint Endpoint(StrictMap map, EstateScope scope) =>
        new(map.Name("name"), map.Url("url"), scope.ExistingFile(map, "token-file"));
}
