using DrOrchestrator.Estates.Yaml;

namespace DrOrchestrator.Estates.Loading;

/// <summary>Reads <c>sites:</c> and <c>endpoints:</c>.</summary>
internal static class SiteReader
{
    /// <summary>Gates and looks that ask a cluster many things have 10 and 15 seconds for all of it, with the waiting.</summary>
    private const int LeastReadsPerSecond = 5;

    private const int MostReadsPerSecond = 1000;

    public static Site Site(StrictMap map, EstateScope scope)
    {
        var name = map.Name("name");
        var role = map.Word<SiteRole>("role");
        var location = map.OptionalText("location");
        var reads = map.OptionalInteger("reads-per-second", LeastReadsPerSecond, MostReadsPerSecond);
        if (reads is not null && !map.Has("kubeconfig"))
        {
            map.Problems.Add(map.PlaceOf("reads-per-second"), "'reads-per-second' of a site without 'kubeconfig'", "it beside 'kubeconfig'", "Remove it: there is no cluster to be asked.");
        }

        if (map.Peek("kubeconfig") is YamlScalar { Text: Estates.Site.InCluster })
        {
            map.Node("kubeconfig");
            if (map.OptionalText("context") is not null)
            {
                map.Problems.Add(map.PlaceOf("context"), $"a site with 'kubeconfig: {Estates.Site.InCluster}' and a context", "no context: there is one cluster, and one service account", "Remove 'context:'.");
            }

            return Paced(new Site(name, role, location, Estates.Site.InCluster, Estates.Site.InCluster), reads);
        }

        var kubeconfig = scope.ExistingFiles(map, "kubeconfig");
        var context = map.OptionalText("context");
        if (map.Has("kubeconfig") != map.Has("context"))
        {
            var (there, missing) = map.Has("context") ? ("context", "kubeconfig") : ("kubeconfig", "context");
            map.Problems.Add(map.Place, $"a site with '{there}' and without '{missing}'", "both or neither", $"Add '{missing}:'.");
        }

        return Paced(new Site(name, role, location, kubeconfig, context), reads);
    }

    private static Site Paced(Site site, int? reads) => reads is { } perSecond ? site with { ReadsPerSecond = perSecond } : site;

    public static ServiceEndpoint Endpoint(StrictMap map, EstateScope scope) =>
        new(map.Name("name"), map.Url("url"), scope.ExistingFile(map, "token-file"));
}
