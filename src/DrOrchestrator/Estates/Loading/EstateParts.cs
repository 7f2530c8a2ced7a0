using DrOrchestrator.Estates.Yaml;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Estates.Loading;

/// <summary>The top-level keys of all parts taken together: lists concatenate, the rest stands once.</summary>
internal sealed class EstateParts
{
    private static readonly string[] Lists = ["sites", "systems", "endpoints", "probes", "recovery-points", "people", "calendars", "plans", "overlays", "service-calendars", "vantage", "attestations", "databases", "freezes", "restore-places"];
    private readonly Dictionary<string, List<YamlNode>> _items = Lists.ToDictionary(list => list, _ => new List<YamlNode>(), StringComparer.Ordinal);
    private readonly Dictionary<string, Place> _once = new(StringComparer.Ordinal);

    public string Name { get; private set; } = "";

    public bool IsSandbox { get; private set; }

    public ContinuityOrganisation? Continuity { get; private set; }

    public string TimeZone { get; private set; } = "UTC";

    /// <summary>The name of a service calendar.</summary>
    public YamlScalar? WorkingDays { get; private set; }

    /// <summary>The id of a person.</summary>
    public YamlScalar? LocalOperator { get; private set; }

    public bool RequiresIndependentTokens { get; private set; }

    public TimeSpan? MaintenanceNotice { get; private set; }

    public TimeSpan? MaintenanceLongest { get; private set; }

    public IReadOnlyList<YamlNode> this[string list] => _items[list];

    /// <summary>False where a part, or a section of one, could not be understood: what is missing may stand there, so it is no problem of its own.</summary>
    public bool Complete { get; private set; }

    public static EstateParts Collect(EstateFolder folder, Problems problems)
    {
        var parts = new EstateParts { Complete = folder.Complete };
        foreach (var file in folder.Parts.Where(file => file.Root is not null))
        {
            if (!EstateFolder.IsPlan(file))
            {
                parts.Add(file, problems);
            }
            else if (folder.Complete)
            {
                problems.Add(file.Root!.Place, "a plan that no 'plans:' names", "", $"Add '{file.Name}' to 'plans:', or move the file out of the folder.");
            }
        }

        if (parts.Complete)
        {
            parts.CheckPresent(folder, problems);
        }

        return parts;
    }

    private void Add(SourceFile file, Problems problems)
    {
        if (StrictMap.Of(file.Root!, "a part of an estate", problems) is not { } map)
        {
            return;
        }

        if (Once(map, "estate"))
        {
            Name = map.Name("estate");
        }

        if (Once(map, "sandbox"))
        {
            IsSandbox = map.Flag("sandbox");
        }

        foreach (var list in Lists)
        {
            _items[list].AddRange(list is "plans" ? map.Scalars(list, required: false) : map.Items(list, required: false));
        }

        if (Once(map, "bcm") && map.Map("bcm", required: false, "the organisation of business continuity") is { } bcm)
        {
            Continuity = new ContinuityOrganisation(bcm.OptionalText("lead-department"), bcm.OptionalText("decision-body"));
            bcm.Close();
        }

        if (Once(map, "time-zone"))
        {
            TimeZone = map.TimeZone();
        }

        if (Once(map, "working-days"))
        {
            WorkingDays = map.Scalar("working-days", required: false, "the name of a service calendar");
        }

        if (Once(map, "local-operator"))
        {
            LocalOperator = map.Scalar("local-operator", required: false, "the id of a person");
        }

        if (Once(map, "independent-tokens"))
        {
            RequiresIndependentTokens = map.WordOf("independent-tokens", ["required", "reviewed"], "reviewed") == "required";
        }

        if (Once(map, "maintenance") && map.Map("maintenance", required: false, "the rules of maintenance") is { } maintenance)
        {
            MaintenanceNotice = maintenance.OptionalDuration("notice", TimeSpan.FromHours(1), TimeSpan.FromDays(90));
            MaintenanceLongest = maintenance.OptionalDuration("longest", TimeSpan.FromHours(1), TimeSpan.FromDays(30));
            maintenance.Close();
        }

        Complete &= map.Close();
    }

    private bool Once(StrictMap map, string key)
    {
        if (map.Node(key) is not { } node)
        {
            return false;
        }

        if (_once.TryAdd(key, node.Place))
        {
            return true;
        }

        map.Problems.Add(node.Place, $"'{key}' a second time, first at {_once[key]}", "", "Keep one of the two.");
        return false;
    }

    private void CheckPresent(EstateFolder folder, Problems problems)
    {
        var place = new Place(folder.Parts.Concat(folder.Plans).First().Name, 1, 1);
        if (!_once.ContainsKey("estate"))
        {
            problems.Add(place, "an estate without 'estate'", StrictMap.NameAllowed, "Add 'estate:' to one of the files.");
        }

        foreach (var list in (string[])["sites", "systems"])
        {
            if (_items[list].Count == 0)
            {
                problems.Add(place, $"an estate without '{list}'", "at least one item", $"Add '{list}:' to one of the files.");
            }
        }
    }
}
