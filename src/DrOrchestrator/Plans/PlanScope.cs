using DrOrchestrator.Estates;
using DrOrchestrator.Estates.Yaml;
using DrOrchestrator.Words;

namespace DrOrchestrator.Plans;

/// <summary>What a plan may refer to while it is read.</summary>
internal sealed class PlanScope(Estate estate, IStepKindCatalog kinds, bool complete, Problems problems)
{
    public Estate Estate { get; } = estate;

    public IStepKindCatalog Kinds { get; } = kinds;

    public Problems Problems { get; } = problems;

    /// <summary>False where a file of the estate could not be read: what is missing may stand there.</summary>
    public bool Complete { get; } = complete;

    public NameIndex Sites { get; } = NameIndex.Of("site", estate.Sites.Select(site => site.Name), complete);

    public NameIndex Systems { get; } = NameIndex.Of("system", estate.Systems.Select(system => system.Name), complete);

    public NameIndex Endpoints { get; } = NameIndex.Of("endpoint", estate.Endpoints.Select(endpoint => endpoint.Name), complete);

    public NameIndex Probes { get; } = NameIndex.Of("probe", estate.Probes.Select(probe => probe.Name), complete);

    public NameIndex RecoveryPoints { get; } = NameIndex.Of("recovery point", estate.RecoveryPoints.Select(point => point.Name), complete);

    public NameIndex Databases { get; } = NameIndex.Of("database", estate.Databases.Select(database => database.Name), complete);

    public NameIndex RestorePlaces { get; } = NameIndex.Of("restore place", estate.RestorePlaces.Select(place => place.Name), complete);

    /// <summary>What was read so far, each with the places to which what stands against its rehearsal is said, by step.</summary>
    public List<(Plan Plan, Func<string, Place> PlaceOf)> Plans { get; } = [];

    /// <summary>A person of the estate, or a department that a person or a system of it belongs to.</summary>
    public string Owner(YamlScalar scalar)
    {
        var known = Estate.People.Select(person => person.Id)
            .Concat(Estate.People.Select(person => person.Department))
            .Concat(Estate.Systems.Select(system => system.Department))
            .Where(name => name.Length > 0)
            .Distinct(StringComparer.Ordinal)
            .ToList();
        if (Complete && !known.Contains(scalar.Text))
        {
            Problems.AddWord(scalar.Place, $"there is no person and no department {Problems.Quote(scalar.Text)}", scalar.Text, known, "Name who is waited for: the id of a person, or a department.");
        }

        return scalar.Text;
    }

    /// <summary>A role word that at least one person has; empty after a problem.</summary>
    public string Role(YamlScalar? scalar, string what)
    {
        if (scalar is null || StrictMap.WordOf<PersonRole>(scalar, what, Problems) is not { } role)
        {
            return "";
        }

        if (Complete && !Estate.People.Any(person => person.Roles.Contains(role)))
        {
            Problems.Add(scalar.Place, $"nobody in the estate has the role '{role.Word()}'", "", "Give it to a person under 'people:', or ask another role.");
        }

        return role.Word();
    }
}
