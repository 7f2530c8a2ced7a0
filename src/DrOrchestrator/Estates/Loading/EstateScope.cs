using DrOrchestrator.Estates.Yaml;
using DrOrchestrator.Tiers;

namespace DrOrchestrator.Estates.Loading;

/// <summary>What a section of an estate may refer to while it is read: all names are known, systems are read before what belongs to them.</summary>
internal sealed record EstateScope(string Folder, NameIndex Sites, NameIndex Systems, NameIndex ServiceCalendars, Problems Problems)
{
    /// <summary>Rules of the institution's own, read before the systems they tighten.</summary>
    public IReadOnlyList<LimitOverlay> Overlays { get; set; } = [];

    /// <summary>Names of the recovery points of kind <c>postgres</c>.</summary>
    public NameIndex PostgresPoints { get; init; } = NameIndex.Of("recovery point of kind postgres", [], complete: false);

    /// <summary>Systems with a recovery point that can tell whether commits wait: what is measured there is not attested.</summary>
    public IReadOnlySet<string> MeasuredSynchrony { get; init; } = new HashSet<string>();

    /// <summary>The people who may state and review something; null where the estate declares none.</summary>
    public NameIndex? People { get; init; }

    public Dictionary<string, ProtectedSystem> ReadSystems { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, Site> ReadSites { get; } = new(StringComparer.Ordinal);

    /// <summary>The system a key names; null where it is missing or not declared (then there is a problem).</summary>
    public ProtectedSystem? System(StrictMap map)
    {
        var name = Systems.Resolve(map.Scalar("system", required: true, "the name of a system"), Problems);
        return ReadSystems.GetValueOrDefault(name);
    }

    /// <summary>Full path of a file named relative to the estate's folder; a problem where there is none.</summary>
    public string? ExistingFile(StrictMap map, string key)
    {
        if (map.Scalar(key, required: false, "the path of a file, relative to the estate's folder") is not { } scalar)
        {
            return null;
        }

        var path = Path.GetFullPath(Path.Combine(Folder, scalar.Text));
        if (!File.Exists(path))
        {
            Problems.Add(scalar.Place, $"there is no file {Problems.Quote(scalar.Text)}", "an existing file, relative to the estate's folder", "Put the file there or correct the path.");
        }

        return path;
    }

    /// <summary>The same of a list with colons between, as <c>KUBECONFIG</c> is; every file of it must be there. A file whose own name has a colon is itself.</summary>
    public string? ExistingFiles(StrictMap map, string key)
    {
        if (map.Peek(key) is not YamlScalar list || !list.Text.Contains(':', StringComparison.Ordinal) || File.Exists(Path.GetFullPath(Path.Combine(Folder, list.Text))))
        {
            return ExistingFile(map, key);
        }

        map.Node(key);
        var paths = new List<string>();
        foreach (var name in list.Text.Split(':', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var path = Path.GetFullPath(Path.Combine(Folder, name));
            if (!File.Exists(path))
            {
                Problems.Add(list.Place, $"there is no file {Problems.Quote(name)}", "existing files, relative to the estate's folder, with colons between", "Put the file there, correct the path or take it out of the list.");
            }

            paths.Add(path);
        }

        return string.Join(':', paths);
    }
}
