using DrOrchestrator.Estates.Yaml;

namespace DrOrchestrator.Estates.Loading;

/// <summary>Reads <c>recovery-points:</c>.</summary>
internal static class RecoveryPointReader
{
    private static readonly string[] Kinds = ["positions"];

    public static RecoveryPointDefinition RecoveryPoint(StrictMap map, EstateScope scope)
    {
        var name = map.Name("name");
        var system = scope.System(map);
        var kind = map.WordOf("kind", Kinds);
        var (interval, timeout) = ProbeReader.Rhythm(map);
        var sites = new Dictionary<string, Uri>(StringComparer.Ordinal);
        if (!Kinds.Contains(kind))
        {
            map.Node("with");
        }
        else if (map.Map("with", required: true, "the settings of a recovery point") is { } with)
        {
            sites = Sites(with, system, scope);
            with.Close();
        }

        return new RecoveryPointDefinition(name, system?.Name ?? "", interval, timeout, new PositionsSettings(sites));
    }

    private static Dictionary<string, Uri> Sites(StrictMap with, ProtectedSystem? system, EstateScope scope)
    {
        var urls = new Dictionary<string, Uri>(StringComparer.Ordinal);
        if (with.Map("sites", required: true, "addresses by site") is not { } map)
        {
            return urls;
        }

        foreach (var (site, _) in map.Entries)
        {
            urls[scope.Sites.Resolve(site, scope.Problems)] = map.Url(site.Text);
        }

        foreach (var missing in system is null ? [] : system.Standbys.Prepend(system.Serving).Where(site => scope.Sites.Contains(site) && !map.Has(site)).Distinct())
        {
            scope.Problems.Add(map.Place, $"no address for '{missing}', a site of '{system!.Name}'", "every site of the system", $"Add '{missing}:'.");
        }

        return urls;
    }
}
