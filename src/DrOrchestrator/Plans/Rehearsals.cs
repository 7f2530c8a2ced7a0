using System.Text.Json.Nodes;
using DrOrchestrator.Estates;

namespace DrOrchestrator.Plans;

/// <summary>Why a plan is not fit to be rehearsed.</summary>
/// <param name="Step">The step it is about.</param>
public sealed record RehearsalProblem(string Step, string Found, string Allowed, string Remedy);

/// <summary>
/// The plan as a rehearsal runs it: every effect acts on what the step names for that, and on nothing of production. Judged when the plan is read, and again when a run is
/// asked for, by the estate as it is then. Pure.
/// </summary>
public static class Rehearsals
{
    private const string Namespace = "namespace";

    /// <summary>The plan with the targets of its rehearsal in the place of its own; steps that are left out stay, and are passed over.</summary>
    public static Plan Of(Plan plan) => plan with { Steps = [.. plan.Steps.Select(Of)], WayBack = [.. plan.WayBack.Select(Of)], Live = plan };

    /// <summary>Everything that stands against a rehearsal, in the order of the plan; empty where the plan offers none.</summary>
    /// <param name="plans">All plans of the estate: what another one acts on live is production, too.</param>
    public static IReadOnlyList<RehearsalProblem> Problems(Plan plan, Estate estate, IStepKindCatalog kinds, IEnumerable<Plan> plans)
    {
        if (!plan.Modes.Contains(RunMode.Rehearsal))
        {
            return [];
        }

        // What works on a database's own host leaves something there, also where the database itself stays as it is.
        var effects = Effects(plan, kinds).ToList();
        var others = ActingLive(plan, plans, estate);
        var live = effects.Select(step => Target.Of(step, $"step '{step.Name}'", estate, kinds))
            .Concat(others.SelectMany(other => Effects(other, kinds).Select(step => Target.Of(step, $"step '{step.Name}' of plan '{other.Name}'", estate, kinds)))).ToList();
        var databases = new RehearsalDatabases(plan, estate, kinds, others);
        return [.. effects.SelectMany(step => Problems(step, plan, live, databases, estate, kinds)), .. plan.AllSteps.SelectMany(step => Skipped(step, plan))];
    }

    /// <summary>
    /// The other plans whose live runs act on production: those of a system that is declared to serve from a production site. A plan for systems of an isolated environment may be run
    /// live there, and its targets stay free for rehearsals.
    /// </summary>
    internal static IReadOnlyList<Plan> ActingLive(Plan plan, IEnumerable<Plan> plans, Estate estate) =>
    [
        .. plans.Where(other => other.Name != plan.Name
            && other.Modes.Any(mode => mode is RunMode.Live or RunMode.Real)
            && other.Systems.Any(name => estate.Systems.FirstOrDefault(system => system.Name == name) is not { } system || estate.FindSite(system.Serving) is not { Role: not SiteRole.Production })),
    ];

    private static IEnumerable<PlanStep> Effects(Plan plan, IStepKindCatalog kinds) =>
        plan.AllSteps.Where(step => kinds.Steps.TryGetValue(step.Kind, out var shape) && (shape.Effect is not StepEffect.None || shape.NeedsDatabaseHost));

    private static PlanStep Of(PlanStep step) => step.Rehearsal is { Skip: false } target
        ? step with { Site = target.Site ?? step.Site, Parameters = With(step.Parameters, target) }
        : step;

    /// <summary>A step's parameters with those of its rehearsal in their places.</summary>
    internal static StepParameters With(StepParameters own, RehearsalTarget other)
    {
        var values = (JsonObject)own.Values.DeepClone();
        foreach (var (name, value) in other.Parameters.Values)
        {
            values[name] = value?.DeepClone();
        }

        return new StepParameters(values);
    }

    private static IEnumerable<RehearsalProblem> Problems(PlanStep step, Plan plan, IReadOnlyList<Target> live, RehearsalDatabases databases, Estate estate, IStepKindCatalog kinds)
    {
        var onDatabases = RehearsalDatabases.AreNamedBy(kinds.Steps[step.Kind]);
        if (step.Rehearsal is null)
        {
            yield return new(
                step.Name,
                "it has an effect, and names nothing that it acts on in a rehearsal",
                $"rehearsal: skip, or rehearsal: {{ {(onDatabases ? "database: ..." : "site: ..., namespace: ..., endpoint: ...")} }}",
                "Give it a target of its own, or leave it out.");
            yield break;
        }

        if (step.Rehearsal.Skip)
        {
            yield break;
        }

        if (onDatabases)
        {
            foreach (var problem in databases.Problems(Of(step)))
            {
                yield return problem;
            }

            yield break;
        }

        var shape = kinds.Steps[step.Kind];
        foreach (var problem in shape.JudgeRehearsal?.Invoke(Of(step).Parameters, [.. live.Where(other => other.Kind == step.Kind).Select(other => other.Parameters)]) ?? [])
        {
            yield return new(step.Name, problem.Found, problem.Allowed, problem.Remedy);
        }

        var target = Target.Of(Of(step), "", estate, kinds);
        if (target.Site is { Role: SiteRole.Production } production)
        {
            yield return new(step.Name, $"its rehearsal acts on site '{production.Name}', which is production", "a site that is no production", "Name an isolated site.");
        }
        else if (target.Site is { } site && estate.Sites.FirstOrDefault(other => other.Role is SiteRole.Production && other.IsReachedAs(site)) is { } same)
        {
            yield return new(step.Name, $"its rehearsal uses the credential of site '{same.Name}', which is production", "a credential without rights on production", "Give the site a kubeconfig context of its own.");
        }

        if (!IsOwnSpace(target, shape, plan, kinds) && live.FirstOrDefault(other => other.Site is not null && other.Site == target.Site && other.Space == target.Space) is { } place)
        {
            yield return new(
                step.Name,
                $"its rehearsal acts on site '{place.Site!.Name}'{(place.Space is null ? "" : $", namespace '{place.Space}'")}, as {place.Whose} does live",
                "another site or namespace",
                "Name an isolated namespace.");
        }

        foreach (var space in target.CopiesFrom)
        {
            if (live.FirstOrDefault(other => other.Site is not null && other.Site == target.Site && other.Space == space) is { } owner)
            {
                yield return new(
                    step.Name,
                    $"its rehearsal copies a Secret from site '{owner.Site!.Name}', namespace '{space}', in which {owner.Whose} acts live",
                    "Secrets of namespaces in which nothing acts live",
                    "Make a Secret for rehearsals in a namespace of its own.");
            }
        }

        foreach (var endpoint in target.Endpoints)
        {
            if (live.SelectMany(other => other.Endpoints.Select(used => (other.Whose, What: Shared(used, endpoint, target.OnlyTells && other.OnlyTells)))).FirstOrDefault(other => other.What is not null) is { What: { } what } shared)
            {
                yield return new(
                    step.Name,
                    $"its rehearsal uses endpoint '{endpoint.Endpoint.Name}', the {what} that {shared.Whose} uses live",
                    "an endpoint with an address and a credential of its own",
                    "Name an endpoint of the isolated environment.");
            }
        }

        if (shape.JudgeRehearsal is null && target.Site is null && target.Endpoints.Count == 0 && target.Parameters.Values.ToJsonString() == step.Parameters.Values.ToJsonString())
        {
            yield return new(step.Name, "its rehearsal changes nothing of what it acts on", "other parameters, or rehearsal: skip", "Name what it acts on instead.");
        }
    }

    /// <summary>
    /// Whether it acts in a namespace that its run makes for itself: no other run ever acts there, also where its place in the plan is written alike. The site is judged all the same: it
    /// shares its credential with everything else there.
    /// </summary>
    private static bool IsOwnSpace(Target target, StepKindShape shape, Plan plan, IStepKindCatalog kinds) =>
        shape.MakesNamespace || (target.Space is { } space && StepReferences.IsOne(space) && StepReferences.In(space, out _) is [{ Output: Namespace } reference]
            && plan.AllSteps.Any(step => step.Name == reference.Step && step.Rehearsal is not { Skip: true } && kinds.Steps.TryGetValue(step.Kind, out var maker) && maker.MakesNamespace && Of(step).Site == target.Site?.Name));

    /// <summary>A value of a step that is left out is not there.</summary>
    private static IEnumerable<RehearsalProblem> Skipped(PlanStep step, Plan plan) =>
        step.Rehearsal is { Skip: true } && plan.AllSteps.FirstOrDefault(other => other.Rehearsal is not { Skip: true } && StepReferences.To(step.Name, [Of(other)]).Count > 0) is { } user
            ? [new(step.Name, $"a rehearsal leaves it out, but '{user.Name}' uses what it returns", "", $"Leave '{user.Name}' out too, or give it the value under 'rehearsal:'.")]
            : [];

    /// <summary>What two of them have in common that a rehearsal may not have with production; null for nothing.</summary>
    /// <param name="onlyTell">Both only tell people: one host may be the one of all groups, and who hears it is told by where it is posted to, or by the token it comes with.</param>
    private static string? Shared(UsedEndpoint one, UsedEndpoint other, bool onlyTell) =>
        one.Endpoint.Name == other.Endpoint.Name || (IsSameAddress(one.Endpoint, other.Endpoint) && (!onlyTell || IsSameReceiver(one, other))) ? "address"
        : one.Endpoint.TokenFile is { } token && token == other.Endpoint.TokenFile ? "credential"
        : null;

    /// <summary>A step's own path takes the place of the endpoint's: it is the server that counts.</summary>
    private static bool IsSameAddress(ServiceEndpoint one, ServiceEndpoint other) => one.Url.Port == other.Url.Port && Addresses.IsSame(one.Url.IdnHost, other.Url.IdnHost);

    private static bool IsSameReceiver(UsedEndpoint one, UsedEndpoint other) =>
        (one.Place is null || other.Place is null || one.Place == other.Place)
        && (one.Endpoint.TokenFile is null || other.Endpoint.TokenFile is null || one.Endpoint.TokenFile == other.Endpoint.TokenFile);

    /// <summary>What a step acts on.</summary>
    /// <param name="Whose">The step, for people.</param>
    /// <param name="Space">Its namespace, where it has one.</param>
    private sealed record Target(string Whose, string Kind, Site? Site, string? Space, IReadOnlyList<UsedEndpoint> Endpoints, bool OnlyTells, StepParameters Parameters)
    {
        /// <summary>Namespaces of its site from which it copies Secrets.</summary>
        public IReadOnlyList<string> CopiesFrom { get; init; } = [];

        public static Target Of(PlanStep step, string whose, Estate estate, IStepKindCatalog kinds) => new(
            whose,
            step.Kind,
            step.Site is { } site ? estate.FindSite(site) : null,
            step.Parameters.OptionalText(Namespace),
            [
                .. kinds.Steps[step.Kind].Parameters.Where(parameter => parameter.Type is ParameterType.EndpointName)
                    .Select(parameter => step.Parameters.OptionalText(parameter.Name) is { } name ? estate.FindEndpoint(name) : null).OfType<ServiceEndpoint>()
                    .Select(endpoint => new UsedEndpoint(endpoint, PlaceAt(endpoint, step.Parameters.OptionalText("path")))),
            ],
            kinds.Steps[step.Kind].OnlyTells,
            step.Parameters)
        {
            CopiesFrom = [.. kinds.Steps[step.Kind].CopiesFrom?.Invoke(step.Parameters) ?? []],
        };

        private static string? PlaceAt(ServiceEndpoint endpoint, string? path) =>
            path is null ? endpoint.Url.PathAndQuery
            : !path.Contains("${", StringComparison.Ordinal) && Uri.TryCreate(endpoint.Url, path, out var url) ? url.PathAndQuery
            : null;
    }

    /// <summary>An endpoint as a step uses it.</summary>
    /// <param name="Place">Path and query there; null where only the run tells.</param>
    private sealed record UsedEndpoint(ServiceEndpoint Endpoint, string? Place);
}
