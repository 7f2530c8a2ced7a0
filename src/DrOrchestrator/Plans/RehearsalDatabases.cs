using DrOrchestrator.Estates;

namespace DrOrchestrator.Plans;

/// <summary>
/// What stands against the databases that a rehearsal names: none of them, no server, no way to a host and no credential of theirs may be one of production. Production's is every
/// database at a production site or named by the plan for its live run, and every other of their systems: a spare standby of production is no isolated copy of it.
/// </summary>
internal sealed class RehearsalDatabases
{
    private readonly Estate _estate;
    private readonly IStepKindCatalog _kinds;
    private readonly Dictionary<string, string> _named;
    private readonly HashSet<string> _systems;

    /// <param name="others">Other plans that act on production.</param>
    public RehearsalDatabases(Plan plan, Estate estate, IStepKindCatalog kinds, IReadOnlyList<Plan> others)
    {
        (_estate, _kinds) = (estate, kinds);
        _named = NamedBy(plan, "", kinds).Concat(others.SelectMany(other => NamedBy(other, $" of plan '{other.Name}'", kinds)))
            .DistinctBy(one => one.Name)
            .ToDictionary(one => one.Name, one => one.Whose, StringComparer.Ordinal);
        _systems = [.. plan.Systems, .. estate.Databases.Where(database => IsAtProduction(database) || _named.ContainsKey(database.Name)).Select(database => database.System)];
    }

    /// <summary>True for a kind that acts on databases: what it touches is judged by them, and not by the site they stand at.</summary>
    public static bool AreNamedBy(StepKindShape shape) => shape.Parameters.Any(parameter => parameter.Type is ParameterType.DatabaseName);

    /// <summary>The databases of production that the plan itself is about: those it names live, and every other of its systems.</summary>
    /// <param name="live">As it runs live.</param>
    public static IReadOnlyList<DatabaseDefinition> Production(Plan live, Estate estate, IStepKindCatalog kinds)
    {
        var named = new RehearsalDatabases(live, estate, kinds, [])._named;
        return [.. estate.Databases.Where(database => named.ContainsKey(database.Name) || live.Systems.Contains(database.System, StringComparer.Ordinal))];
    }

    /// <summary>The databases that the steps of a rehearsal act on.</summary>
    /// <param name="rehearsal">As the rehearsal runs it.</param>
    public static IReadOnlyList<DatabaseDefinition> Rehearsed(Plan rehearsal, Estate estate, IStepKindCatalog kinds) =>
    [
        .. rehearsal.AllSteps.Where(step => step.Rehearsal is { Skip: false }).SelectMany(step => NamesIn(step.Parameters, kinds.Steps.GetValueOrDefault(step.Kind)))
            .Distinct(StringComparer.Ordinal).Select(estate.FindDatabase).OfType<DatabaseDefinition>(),
    ];

    /// <param name="step">As the rehearsal runs it.</param>
    public IEnumerable<RehearsalProblem> Problems(PlanStep step)
    {
        foreach (var database in NamesIn(step.Parameters, _kinds.Steps[step.Kind]).Select(_estate.FindDatabase).OfType<DatabaseDefinition>())
        {
            if (WhyProduction(database) is { } why)
            {
                yield return new(step.Name, $"its rehearsal acts on database '{database.Name}', {why}", "a database of an isolated environment, of a system of its own", "Name it under 'rehearsal:', or leave the step out.");
            }
            else if (_estate.Databases.Where(IsProduction).Select(other => (Other: other, Shared: SharedWith(database, other))).FirstOrDefault(pair => pair.Shared is not null) is (Other: { } other, Shared: { } shared))
            {
                yield return new(
                    step.Name,
                    $"its rehearsal acts on database '{database.Name}', which has {shared} of '{other.Name}', a database of production",
                    "a server, a way to its host and a credential without rights on production",
                    "Give the isolated database its own.");
            }
            else if (_estate.RecoveryPoints.FirstOrDefault(point => _systems.Contains(point.System) && point.Settings is PostgresPointSettings read && read.Sites.Values.Any(target => IsSameServer(target, database.Target))) is { } point)
            {
                yield return new(step.Name, $"its rehearsal acts on database '{database.Name}', the server that recovery point '{point.Name}' watches", "a server that no recovery point of production watches", "Name a database of an isolated environment.");
            }
        }
    }

    private static IEnumerable<(string Name, string Whose)> NamedBy(Plan plan, string ofPlan, IStepKindCatalog kinds) =>
        plan.AllSteps.SelectMany(step => NamesIn(step.Parameters, kinds.Steps.GetValueOrDefault(step.Kind)).Select(name => (name, $"step '{step.Name}'{ofPlan}")))
            .Concat(plan.Gates.SelectMany(gate => NamesIn(gate.Parameters, kinds.Gates.GetValueOrDefault(gate.Kind)).Select(name => (name, $"gate '{gate.Kind}'{ofPlan}"))));

    private static IEnumerable<string> NamesIn(StepParameters parameters, StepKindShape? shape) =>
        (shape?.Parameters ?? []).Where(parameter => parameter.Type is ParameterType.DatabaseName).Select(parameter => parameters.OptionalText(parameter.Name)).OfType<string>();

    private string? WhyProduction(DatabaseDefinition database) =>
        _named.TryGetValue(database.Name, out var whose) ? $"which {whose} names live"
        : IsAtProduction(database) ? $"which is at site '{database.Site}', production"
        : _systems.Contains(database.System) ? $"which is of system '{database.System}', as databases of production are"
        : null;

    private bool IsProduction(DatabaseDefinition database) => WhyProduction(database) is not null;

    private bool IsAtProduction(DatabaseDefinition database) => _estate.FindSite(database.Site) is { Role: SiteRole.Production };

    private string? SharedWith(DatabaseDefinition one, DatabaseDefinition other) =>
        IsSameServer(one.Target, other.Target) ? "the address"
        : IsSameWay(one, other) ? "the way to the host"
        : (one.Target.Password is { } password && password == other.Target.Password) || (one.Target.CertificateFile is { } certificate && certificate == other.Target.CertificateFile) ? "the credential"
        : null;

    private static bool IsSameServer(PostgresTarget one, PostgresTarget other) => one.Port == other.Port && one.Hosts.Any(host => other.Hosts.Any(same => Addresses.IsSame(host, same)));

    /// <summary>Records with lists are equal only by reference, and two files of an estate never are.</summary>
    private bool IsSameWay(DatabaseDefinition one, DatabaseDefinition other) => (one.Host, other.Host) switch
    {
        (DatabaseHost.Command command, DatabaseHost.Command same) => command.Program == same.Program && command.Arguments.SequenceEqual(same.Arguments, StringComparer.Ordinal),
        (DatabaseHost.Job job, DatabaseHost.Job same) => job.Namespace == same.Namespace && job.Claim == same.Claim && IsSameCluster(_estate.FindSite(one.Site), _estate.FindSite(other.Site)),
        (DatabaseHost.Exec exec, DatabaseHost.Exec same) => exec.Namespace == same.Namespace && exec.Pod == same.Pod && IsSameCluster(_estate.FindSite(one.Site), _estate.FindSite(other.Site)),
        _ => one.Host is not null && one.Host == other.Host,
    };

    private static bool IsSameCluster(Site? one, Site? other) => one?.Name == other?.Name || (one is not null && other is not null && one.IsReachedAs(other));
}
