using DrOrchestrator.Estates.Yaml;

namespace DrOrchestrator.Estates.Loading;

/// <summary>What the settings of a recovery point may refer to.</summary>
/// <param name="System">Its system; null where that is a problem already.</param>
internal sealed record PointScope(ProtectedSystem? System, EstateScope Estate)
{
    /// <summary><c>sites:</c>, one entry for every site of the system.</summary>
    public Dictionary<string, T> Sites<T>(StrictMap with, string what, Func<StrictMap, string, T> read)
    {
        var sites = new Dictionary<string, T>(StringComparer.Ordinal);
        if (with.Map("sites", required: true, "addresses by site") is not { } map)
        {
            return sites;
        }

        foreach (var (site, _) in map.Entries)
        {
            sites[Estate.Sites.Resolve(site, Estate.Problems)] = read(map, site.Text);
        }

        foreach (var missing in System is null ? [] : System.Standbys.Prepend(System.Serving).Where(site => Estate.Sites.Contains(site) && !map.Has(site)).Distinct())
        {
            Estate.Problems.Add(map.Place, $"no {what} for '{missing}', a site of '{System!.Name}'", "every site of the system", $"Add '{missing}:'.");
        }

        return sites;
    }

    /// <summary><c>standby:</c>, the site of the system at which the copy lies.</summary>
    public string Standby(StrictMap with)
    {
        if (with.Scalar("standby", required: true, "the site of the system at which the copy lies") is not { } scalar)
        {
            return "";
        }

        var site = Estate.Sites.Resolve(scalar, Estate.Problems);
        if (System is not null && Estate.Sites.Contains(site) && site != System.Serving && !System.Standbys.Contains(site))
        {
            Estate.Problems.Add(
                scalar.Place, $"'{System.Name}' is not at the site '{site}'", string.Join(", ", System.Standbys.Prepend(System.Serving).Distinct()), "Name a site of the system.");
        }

        return site;
    }

    /// <summary>The name of another recovery point; that it is one of kind <c>postgres</c> is looked at when all have been read.</summary>
    public string? PostgresPoint(StrictMap with, string key) =>
        with.Scalar(key, required: false, "the name of a recovery point of kind postgres") is { } scalar ? Estate.PostgresPoints.Resolve(scalar, Estate.Problems) : null;

    /// <summary>A full path, as it is started or read.</summary>
    public static string FullPath(StrictMap with, string key) => with.Parse<string>(key, "a full path", TryFullPath, "/");

    private static bool TryFullPath(string text, out string path)
    {
        path = text;
        return text.StartsWith('/') && text.Length > 1 && !text.EndsWith('/') && Path.GetFullPath(text) == text;
    }
}
