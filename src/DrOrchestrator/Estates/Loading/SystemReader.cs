using DrOrchestrator.Estates.Yaml;
using DrOrchestrator.Plans;
using DrOrchestrator.Tiers;

namespace DrOrchestrator.Estates.Loading;

/// <summary>Reads <c>systems:</c>.</summary>
internal static class SystemReader
{
    private static readonly TimeSpan LongestObjective = TimeSpan.FromDays(366);

    public static ProtectedSystem System(StrictMap map, EstateScope scope)
    {
        var problems = scope.Problems;
        var name = map.Name("name");
        var title = map.Titles("title");
        var department = map.Text("department");
        var owner = map.Text("owner");
        var bia = StrictMap.ReadAll(map.Items("bia", required: true), "an impact rating", problems, Rating);
        var serving = scope.Sites.Resolve(map.Scalar("serving", required: true, "the name of a site"), problems);
        var standbys = Standbys(map, serving, scope);
        var functions = Functions(map);
        var (rto, rpo) = Objectives(map);
        var fintech = map.Flag("fintech-product");
        var dependsOn = map.Scalars("depends-on", required: false).Select(other => scope.Systems.Resolve(other, problems)).ToList();
        return new ProtectedSystem(name, title, department, owner, bia, serving, standbys, functions, rto, rpo, fintech, dependsOn)
        {
            RecoveryPriority = map.OptionalInteger("recovery-priority", 1, 9),
            Overlays = scope.Overlays,
            Qos = QosReader.Qos(map),
            Products = QosReader.Products(map),
            Attestations = AttestationReader.OfASystem(map, name, scope),
            ServiceCalendar = map.Scalar("service-calendar", required: false, "the name of a service calendar") is { } calendar
                ? scope.ServiceCalendars.Resolve(calendar, problems)
                : null,
            Floors = LqaReader.Floors(map),
        };
    }

    /// <summary>Reports every circle of dependencies, at the system it was entered by.</summary>
    public static void CheckCycles(IReadOnlyList<ProtectedSystem> systems, IReadOnlyList<YamlNode> items, Problems problems)
    {
        var byName = systems.DistinctBy(system => system.Name).ToDictionary(system => system.Name, StringComparer.Ordinal);
        var places = items.OfType<YamlMapping>()
            .Select(item => (Name: (item.Peek("name") as YamlScalar)?.Text ?? "", Place: item.Peek("depends-on")?.Place ?? item.Place))
            .DistinctBy(item => item.Name)
            .ToDictionary(item => item.Name, item => item.Place, StringComparer.Ordinal);
        foreach (var cycle in Cycles.Find([.. byName.Keys], name => [.. byName[name].DependsOn.Where(byName.ContainsKey)]))
        {
            problems.Add(
                places.GetValueOrDefault(cycle[0], items[0].Place), $"systems depend on each other in a circle: {string.Join(" -> ", cycle)}", "", "Remove one of these dependencies.");
        }
    }

    private static ImpactRating Rating(StrictMap map) =>
        new(map.Word<ImpactScope>("scope"), map.Word<Severity>("severity"), map.Text("reason"), map.Text("signer"));

    private static List<string> Standbys(StrictMap map, string serving, EstateScope scope)
    {
        var standbys = map.Scalars("standbys", required: false);
        foreach (var same in standbys.Where(standby => standby.Text == serving))
        {
            scope.Problems.Add(same.Place, $"the serving site '{serving}' is its own standby", "", "Name another site.");
        }

        return [.. standbys.Select(standby => scope.Sites.Resolve(standby, scope.Problems))];
    }

    private static IReadOnlyList<BusinessFunction> Functions(StrictMap map)
    {
        var problems = map.Problems.Count;
        var items = map.Items("functions", required: true);
        _ = NameIndex.Of("function", items, "name", complete: true, map.Problems);
        var functions = StrictMap.ReadAll(items, "a business function", map.Problems, item => new BusinessFunction(item.Name("name"), item.Flag("critical")));
        if (map.Problems.Count == problems && !functions.Any(function => function.Critical))
        {
            map.Problems.Add(map.PlaceOf("functions"), "no function is critical", "at least one with 'critical: true'", "Mark the functions without which the system is down.");
        }

        return functions;
    }

    private static (TimeSpan? Rto, TimeSpan? Rpo) Objectives(StrictMap map)
    {
        if (map.Map("objectives", required: false, "objectives") is not { } objectives)
        {
            return (null, null);
        }

        var rto = objectives.OptionalDuration("rto", TimeSpan.FromSeconds(1), LongestObjective);
        var rpo = objectives.OptionalDuration("rpo", TimeSpan.Zero, LongestObjective);
        objectives.Close();
        return (rto, rpo);
    }
}
