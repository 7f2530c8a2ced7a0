using System.Globalization;
using DrOrchestrator.Estates;
using DrOrchestrator.Estates.Yaml;

namespace DrOrchestrator.Plans;

/// <summary>What a step that names databases must keep to: they belong to a system that the run locks, and the step acts where the database is.</summary>
internal sealed class DatabaseRules(PlanScope scope, IReadOnlyList<string> systems)
{
    private const string Subject = "database";

    /// <summary>The database a step acts on; null where its kind acts on none, or the estate has none of that name.</summary>
    public static DatabaseDefinition? SubjectOf(Estate estate, StepKindShape? shape, StepParameters parameters) =>
        shape is not null && shape.Parameters.Any(parameter => parameter is { Name: Subject, Type: ParameterType.DatabaseName }) ? estate.FindDatabase(parameters.OptionalText(Subject) ?? "") : null;

    /// <summary>The site a rehearsal acts at: the one it names, or that of the database it names.</summary>
    public string? SiteOfRehearsal(YamlNode rehearsal, StepKindShape shape, StepParameters parameters, string? site)
    {
        if (SubjectOf(scope.Estate, shape, parameters) is not { } database)
        {
            return site;
        }

        if (site is not null && site != database.Site)
        {
            scope.Problems.Add(rehearsal.Place, $"the site of the rehearsal is '{site}', and its database '{database.Name}' is at '{database.Site}'", database.Site, "Correct the site or remove it.");
        }

        if (shape.NeedsDatabaseHost && database.Host is null)
        {
            AddNoHost(rehearsal.Place, database, shape);
        }

        return database.Site;
    }

    /// <summary>The site the step acts at: its own, or that of its database.</summary>
    public string? SiteOf(StrictMap step, StepKindShape? shape, StepParameters parameters, string? site)
    {
        var with = step.Peek("with") as YamlMapping;
        foreach (var parameter in shape?.Parameters.Where(parameter => parameter.Type is ParameterType.RestorePlaceName) ?? [])
        {
            if (scope.Estate.FindRestorePlace(parameters.OptionalText(parameter.Name) ?? "") is { } place && with?.Peek(parameter.Name) is { } named && !systems.Contains(place.System))
            {
                scope.Problems.Add(
                    named.Place, $"the restore place '{place.Name}' is of the system '{place.System}', which the plan does not lock", string.Join(", ", systems), "Add the system to 'systems:', or name another place.");
            }
        }

        foreach (var parameter in shape?.Parameters.Where(parameter => parameter.Type is ParameterType.DatabaseName) ?? [])
        {
            if (scope.Estate.FindDatabase(parameters.OptionalText(parameter.Name) ?? "") is not { } database || with?.Peek(parameter.Name) is not { } node)
            {
                continue;
            }

            if (!systems.Contains(database.System))
            {
                scope.Problems.Add(
                    node.Place, $"the database '{database.Name}' is of the system '{database.System}', which the plan does not lock", string.Join(", ", systems), "Add the system to 'systems:', or name another database.");
            }

            if (parameter.Name is not Subject)
            {
                continue;
            }

            if (site is not null && site != database.Site)
            {
                scope.Problems.Add(step.PlaceOf("site"), $"'site' is '{site}', and the database '{database.Name}' is at '{database.Site}'", database.Site, "Correct the site or remove it.");
            }

            if (shape!.NeedsDatabaseHost && database.Host is null)
            {
                AddNoHost(node.Place, database, shape);
            }

            site = database.Site;
            CheckTier(shape, parameters, database, with);
        }

        return site;
    }

    private void AddNoHost(Place place, DatabaseDefinition database, StepKindShape shape) =>
        scope.Problems.Add(place, $"the database '{database.Name}' has no way to its own host, which '{shape.Kind}' needs", "a database with 'host:'", "Give the database 'host: { command: [...] }', or for a server in Kubernetes 'host: { job: {...} }' or 'host: { exec: {...} }'.");

    private void CheckTier(StepKindShape shape, StepParameters parameters, DatabaseDefinition database, YamlMapping with)
    {
        foreach (var parameter in shape.Parameters.Where(parameter => parameter.RequiredFromTier is not null && !parameters.Has(parameter.Name) && with.Peek(parameter.Name) is null))
        {
            if (scope.Estate.FindSystem(database.System)?.Classify().RequiredTier >= parameter.RequiredFromTier)
            {
                scope.Problems.Add(
                    with.Place,
                    string.Create(CultureInfo.InvariantCulture, $"'{shape.Kind}' without '{parameter.Name}' for a system of tier {parameter.RequiredFromTier} or above"),
                    string.Join(", ", parameter.OneOf ?? []),
                    $"Add '{parameter.Name}:'; {char.ToLowerInvariant(parameter.Description[0])}{parameter.Description[1..].TrimEnd('.')}.");
            }
        }
    }
}
