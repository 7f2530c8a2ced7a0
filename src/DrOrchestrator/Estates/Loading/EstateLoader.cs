using DrOrchestrator.Estates.Yaml;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Estates.Loading;

/// <summary>
/// Reads an estate and its plans from a folder: all <c>*.yaml</c> and <c>*.yml</c> files directly in it, except the plans named by <c>plans:</c>, are parts of one
/// estate. Either everything is good, or everything that is wrong is reported, each with its place.
/// </summary>
public static class EstateLoader
{
    /// <summary>Loads.</summary>
    /// <param name="folder">The estate's folder.</param>
    /// <param name="kinds">The kinds of steps, gates and checks a plan may use.</param>
    /// <param name="shippedRunbooks">Folder of the plans packed beside the program, looked into after the estate's own; null for none.</param>
    public static EstateLoadResult Load(string folder, IStepKindCatalog kinds, string? shippedRunbooks)
    {
        var problems = new Problems();
        folder = Path.GetFullPath(folder);
        if (EstateFolder.Read(folder, shippedRunbooks, problems) is not { } files)
        {
            return new EstateLoadResult.Refused(problems.Sorted());
        }

        var parts = EstateParts.Collect(files, problems);
        var scope = Scope(folder, parts, problems);
        var estate = WithoutPlans(folder, files, parts, scope);
        var plans = Plans(files, new PlanScope(estate, kinds, parts.Complete, problems));
        estate = estate with { Calendars = Calendars(parts, scope, plans, estate.People) };
        return problems.Any ? new EstateLoadResult.Refused(problems.Sorted()) : new EstateLoadResult.Loaded(estate, plans) { Warnings = problems.Warnings() };
    }

    /// <summary>Reads a file as the whole of an estate, for what its readers ask of it.</summary>
    internal static void Walk(SourceFile file, Problems problems)
    {
        var parts = EstateParts.Collect(new EstateFolder([file], [], Complete: true), problems);
        var scope = Scope("/", parts, problems);
        var estate = WithoutPlans("/", new EstateFolder([file], [], Complete: true), parts, scope);
        Calendars(parts, scope, [], estate.People);
    }

    private static EstateScope Scope(string folder, EstateParts parts, Problems problems)
    {
        NameIndex Names(string what, string list, string key = "name") => NameIndex.Of(what, parts[list], key, parts.Complete, problems);
        Names("endpoint", "endpoints");
        Names("probe", "probes");
        Names("recovery point", "recovery-points");
        var people = Names("person", "people", "id");
        Names("calendar entry", "calendars");
        Names("freeze", "freezes");
        Names("vantage point", "vantage");
        Names("database", "databases");
        Names("restore place", "restore-places");
        return new EstateScope(folder, Names("site", "sites"), Names("system", "systems"), Names("service calendar", "service-calendars"), problems)
        {
            PostgresPoints = NameIndex.Of("recovery point of kind postgres", PostgresPoints(parts, "name"), parts.Complete),
            MeasuredSynchrony = PostgresPoints(parts, "system").ToHashSet(StringComparer.Ordinal),
            People = parts["people"].Count > 0 ? people : null,
        };
    }

    private static IEnumerable<string> PostgresPoints(EstateParts parts, string key) => parts["recovery-points"].OfType<YamlMapping>()
        .Where(point => point.Peek("kind") is YamlScalar { Text: "postgres" })
        .Select(point => point.Peek(key))
        .OfType<YamlScalar>()
        .Select(found => found.Text);

    private static Estate WithoutPlans(string folder, EstateFolder files, EstateParts parts, EstateScope scope)
    {
        var problems = scope.Problems;
        var sites = StrictMap.ReadAll(parts["sites"], "a site", problems, map => SiteReader.Site(map, scope));
        NameIndex.Of("overlay", parts["overlays"], "name", parts.Complete, problems);
        scope.Overlays = StrictMap.ReadAll(parts["overlays"], "an overlay", problems, OverlayReader.Overlay);
        var systems = StrictMap.ReadAll(parts["systems"], "a system", problems, map => SystemReader.System(map, scope));
        foreach (var site in sites)
        {
            scope.ReadSites.TryAdd(site.Name, site);
        }

        SystemReader.CheckCycles(systems, parts["systems"], problems);
        foreach (var system in systems)
        {
            scope.ReadSystems.TryAdd(system.Name, system);
        }

        var endpoints = StrictMap.ReadAll(parts["endpoints"], "an endpoint", problems, map => SiteReader.Endpoint(map, scope));
        var probes = StrictMap.ReadAll(parts["probes"], "a probe", problems, map => ProbeReader.Probe(map, scope));
        var recoveryPoints = StrictMap.ReadAll(parts["recovery-points"], "a recovery point", problems, map => RecoveryPointReader.RecoveryPoint(map, scope));
        var people = StrictMap.ReadAll(parts["people"], "a person", problems, PersonReader.Person);
        PersonReader.CheckTokens(parts["people"], problems);
        PersonReader.CheckFormerIds(parts["people"], problems);
        if (parts.Complete)
        {
            PersonReader.CheckLocalOperator(parts.LocalOperator, people, problems);
            if (parts.LocalOperator is null && people.Count > 0)
            {
                problems.Warn(parts["people"][0].Place, "nobody is named as the local operator: whoever asks for a run with the data folder's token could approve it with a token of their own", "Add 'local-operator: PERSON' with who uses operator.token.");
            }
        }

        var serviceCalendars = StrictMap.ReadAll(parts["service-calendars"], "a service calendar", problems, ServiceCalendarReader.Calendar);
        return new Estate(
            parts.Name,
            folder,
            files.Hash(),
            parts.IsSandbox,
            sites,
            systems,
            endpoints,
            probes,
            recoveryPoints,
            people,
            Calendars: [],
            [.. files.Plans.Select(plan => new PlanFile(plan.Name, plan.Path))])
        {
            Continuity = parts.Continuity,
            VantagePoints = StrictMap.ReadAll(parts["vantage"], "a vantage point", problems, map => VantageReader.Vantage(map, scope)),
            TimeZone = parts.TimeZone,
            LocalOperator = parts.LocalOperator?.Text,
            RequiresIndependentTokens = parts.RequiresIndependentTokens,
            MaintenanceNotice = parts.MaintenanceNotice ?? TimeSpan.FromHours(24),
            MaintenanceLongest = parts.MaintenanceLongest ?? TimeSpan.FromHours(72),
            ServiceCalendars = serviceCalendars,
            Attestations = StrictMap.ReadAll(parts["attestations"], "an attestation", problems, map => AttestationReader.OfTheEstate(map, scope)),
            Databases = StrictMap.ReadAll(parts["databases"], "a database", problems, map => DatabaseReader.Database(map, scope)),
            RestorePlaces = StrictMap.ReadAll(parts["restore-places"], "a restore place", problems, map => DatabaseReader.RestorePlace(map, scope)),
            Freezes = StrictMap.ReadAll(parts["freezes"], "a freeze", problems, map => FreezeReader.Freeze(map, scope, parts.TimeZone)),
            WorkingDays = ServiceCalendarReader.WorkingDays(parts.WorkingDays, serviceCalendars, scope),
        };
    }

    private static Dictionary<string, Plan> Plans(EstateFolder files, PlanScope scope)
    {
        var plans = new Dictionary<string, Plan>(StringComparer.Ordinal);
        foreach (var file in files.Plans)
        {
            if (PlanLoader.Read(file, scope) is { Name.Length: > 0 } plan && !plans.TryAdd(plan.Name, plan))
            {
                var place = ((YamlMapping)file.Root!).Peek("plan")!.Place;
                scope.Problems.Add(place, $"duplicate plan {Problems.Quote(plan.Name)}, first in {plans[plan.Name].File}", "", "Give it another name.");
            }
        }

        PlanLoader.CheckRehearsals(scope);
        return plans;
    }

    private static IReadOnlyList<CalendarEntry> Calendars(EstateParts parts, EstateScope scope, Dictionary<string, Plan> plans, IReadOnlyList<Person> people)
    {
        var names = NameIndex.Of("plan", plans.Keys, parts.Complete && plans.Count == parts["plans"].Count);
        return StrictMap.ReadAll(parts["calendars"], "a calendar entry", scope.Problems, new CalendarReader(scope, plans, names, people).Calendar);
    }
}
