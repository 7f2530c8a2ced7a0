using DrOrchestrator.Estates;
using DrOrchestrator.Estates.Yaml;
using DrOrchestrator.Words;

namespace DrOrchestrator.Plans;

/// <summary>A step as read: its needs not resolved yet, its references not judged.</summary>
/// <param name="Step">With empty <see cref="PlanStep.Needs"/>.</param>
/// <param name="Shape">Null where the kind is unknown.</param>
/// <param name="Needs">Null without <c>needs:</c>.</param>
internal sealed record StepDraft(
    PlanStep Step,
    Place Place,
    StepKindShape? Shape,
    IReadOnlyList<YamlScalar>? Needs,
    YamlScalar? FencedBy,
    IReadOnlyList<PlacedReference> References)
{
    /// <summary>Where its <c>rehearsal:</c> stands; null without one.</summary>
    public Place? RehearsalPlace { get; init; }
}

/// <summary>Reads <c>steps:</c> and <c>way-back:</c>.</summary>
/// <param name="systems">The systems of the plan.</param>
internal sealed class StepReader(PlanScope scope, NameIndex steps, IReadOnlyList<string> systems)
{
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan DefaultCheck = TimeSpan.FromHours(1);
    private static readonly TimeSpan LongestTimeout = TimeSpan.FromHours(24);
    private const string NoPromotion = "none";
    private const string SkippedInRehearsal = "skip";
    private const string SiteKey = "site";
    private const string RehearsalAllowed = "skip, or a mapping with 'site' and parameters that take the place of the step's own";
    private const string PromotesAllowed = "{ system: ..., fenced-by: ... } where it makes a site writable, otherwise none";
    private readonly Problems _problems = scope.Problems;
    private readonly CheckReader _checks = new(scope, steps);

    /// <summary>The files beside the plan.</summary>
    public required PlanManifests Manifests { get; init; }

    /// <summary>The kinds by whose steps an old side is proved unable to write, in words.</summary>
    public static string Fences(IStepKindCatalog kinds) => string.Join(" or ", kinds.Steps.Values.Where(kind => kind.IsFence).Select(kind => $"'{kind.Kind}'").Order(StringComparer.Ordinal));

    /// <summary>The mappings of all steps of a list, those of groups among them.</summary>
    public static IEnumerable<YamlNode> Flatten(YamlNode? list) =>
        list is YamlSequence sequence ? sequence.Items.SelectMany(item => item is YamlMapping unit && unit.Peek("parallel") is YamlSequence group ? group.Items : [item]) : [];

    /// <summary>The units of a list: one step, or the steps of a <c>parallel:</c> group.</summary>
    public IReadOnlyList<IReadOnlyList<StepDraft>> ReadUnits(IReadOnlyList<YamlNode> items) => [.. items.Select(Unit)];

    private IReadOnlyList<StepDraft> Unit(YamlNode item)
    {
        if (item is not YamlMapping mapping || mapping.Peek("parallel") is null)
        {
            return StrictMap.ReadAll([item], "a step", _problems, Step);
        }

        var group = StrictMap.Of(item, "a group of parallel steps", _problems)!;
        var members = StrictMap.ReadAll(group.Items("parallel", required: true), "a step", _problems, Step);
        group.Close();
        return members;
    }

    private StepDraft Step(StrictMap map)
    {
        var references = new List<PlacedReference>();
        var name = map.Name("name");
        var kind = map.WordOf("kind", [.. scope.Kinds.Steps.Keys]);
        var shape = scope.Kinds.Steps.GetValueOrDefault(kind);
        var title = map.Titles("title");
        var site = Site(map, shape);
        var with = map.Node("with");
        var parameters = shape is null || with is YamlRefused ? StepParameters.None : new ParameterReader(scope, steps, references) { Manifests = Manifests }.Read(with, map.Place, shape);
        site = new DatabaseRules(scope, systems).SiteOf(map, shape, parameters, site);
        var needs = map.Has("needs") ? map.Scalars("needs", required: false) : Absent(map, "needs");
        foreach (var need in needs ?? [])
        {
            steps.Resolve(need, _problems);
        }

        var mark = map.OptionalWord<RtoMark>("mark");
        var (promotes, fencedBy) = Promotion(map, shape);
        var noReturn = NoReturn(map, shape, parameters);
        var timeout = map.OptionalDuration("timeout", TimeSpan.FromMilliseconds(1), LongestTimeout) ?? DefaultTimeout;
        var retries = map.OptionalInteger("retries", 0, 10) ?? 0;
        var onFailure = map.OptionalWord<OnFailure>("on-failure") ?? shape?.UsualOnFailure;
        var check = map.Map("check", required: false, "a check by a second person") is { } look ? Check(look) : null;
        var verify = _checks.Verify(map);
        var rehearsal = Rehearsal(map, shape, references);
        if (shape is not null)
        {
            Manifests.Judge(shape, parameters, map.Place);
            if (rehearsal is { Skip: false } other)
            {
                Manifests.Judge(shape, Rehearsals.With(parameters, other), map.PlaceOf("rehearsal"));
            }
        }

        var step = new PlanStep(name, kind, title, site, parameters, [], mark, promotes, noReturn, timeout, retries, onFailure) { System = System(map, shape, parameters, promotes), Check = check, Verify = verify, Rehearsal = rehearsal };
        return new StepDraft(step, map.Place, shape, needs, fencedBy, references) { RehearsalPlace = map.Has("rehearsal") ? map.PlaceOf("rehearsal") : null };
    }

    /// <summary>In a plan of one system every step is of that one.</summary>
    private string? System(StrictMap map, StepKindShape? shape, StepParameters parameters, Promotion? promotes)
    {
        var acted = DatabaseRules.SubjectOf(scope.Estate, shape, parameters) is { } database && systems.Contains(database.System) ? database : null;
        if (map.Scalar("system", required: false, "the name of a system of the plan") is not { } scalar)
        {
            if (acted is not null && promotes is not null && scope.Systems.Contains(promotes.System) && promotes.System != acted.System)
            {
                _problems.Add(map.PlaceOf("promotes"), $"it promotes '{promotes.System}' by the database '{acted.Name}', which is of '{acted.System}'", acted.System, "Name the database's own system.");
            }

            return promotes?.System ?? acted?.System ?? (systems.Count == 1 ? systems[0] : null);
        }

        var system = OfThePlan(scalar);
        if (promotes is not null && promotes.System != system)
        {
            _problems.Add(scalar.Place, $"a step of '{system}' that promotes '{promotes.System}'", promotes.System, "Let a step promote its own system.");
        }
        else if (acted is not null && acted.System != system)
        {
            _problems.Add(scalar.Place, $"a step of '{system}' that acts on the database '{acted.Name}' of '{acted.System}'", acted.System, "Correct the system or the database.");
        }

        return system;
    }

    private string OfThePlan(YamlScalar scalar)
    {
        var system = scope.Systems.Resolve(scalar, _problems);
        if (scope.Systems.Contains(system) && !systems.Contains(system))
        {
            _problems.Add(scalar.Place, $"'{system}' is no system of the plan", string.Join(", ", systems), "Add it to 'systems:' or correct the name.");
        }

        return system;
    }

    private StepCheck Check(StrictMap map)
    {
        var role = scope.Role(map.Scalar("role", required: true, string.Join(", ", EnumWords.All<PersonRole>())), "'role'");
        var check = new StepCheck(role, map.Text("text"), map.OptionalDuration("within", TimeSpan.FromSeconds(1), LongestTimeout) ?? DefaultCheck);
        map.Close();
        return check;
    }

    private string? Site(StrictMap map, StepKindShape? shape)
    {
        if (map.Scalar("site", shape?.NeedsSite ?? false, "the name of a site with Kubernetes") is not { } scalar)
        {
            return null;
        }

        var name = scope.Sites.Resolve(scalar, _problems);
        if (shape is { NeedsSite: true } && scope.Estate.FindSite(name) is { KubeconfigPath: null })
        {
            _problems.Add(scalar.Place, $"the site '{name}' has no Kubernetes, which '{shape.Kind}' needs", "", "Give the site 'kubeconfig' and 'context', or name another.");
        }

        return name;
    }

    /// <summary><c>skip</c>, or what takes the place of the step's own site and parameters; a key for each, as the kind has it.</summary>
    private RehearsalTarget? Rehearsal(StrictMap step, StepKindShape? shape, List<PlacedReference> references)
    {
        if (step.Node("rehearsal") is not { } node || shape is null || node is YamlRefused)
        {
            return null;
        }

        if (node is YamlScalar { Text: SkippedInRehearsal })
        {
            return new RehearsalTarget(true, null, StepParameters.None);
        }

        if (node is not YamlMapping)
        {
            _problems.Add(node.Place, $"'rehearsal' is {(node is YamlScalar scalar ? Problems.Quote(scalar.Text) : node.Describe())}", RehearsalAllowed, "Leave the step out, or name what it acts on instead.");
            return null;
        }

        var site = new ParameterShape(SiteKey, ParameterType.SiteName, Required: false, "the name of a site");
        var fields = shape with { Parameters = [.. shape.Parameters.Where(parameter => parameter.Name != SiteKey).Select(parameter => parameter with { Required = false }), site] };
        var values = new ParameterReader(scope, steps, references) { Manifests = Manifests }.Read(node, node.Place, fields).Values;
        var name = values[SiteKey]?.GetValue<string>();
        values.Remove(SiteKey);
        name = new DatabaseRules(scope, systems).SiteOfRehearsal(node, shape, new StepParameters(values), name);
        if (name is not null && shape.NeedsSite && scope.Estate.FindSite(name) is { KubeconfigPath: null })
        {
            _problems.Add(node.Place, $"the site '{name}' of the rehearsal has no Kubernetes, which '{shape.Kind}' needs", "", "Give the site 'kubeconfig' and 'context', or name another.");
        }

        return new RehearsalTarget(false, name, new StepParameters(values));
    }

    private (Promotion? Promotes, YamlScalar? FencedBy) Promotion(StrictMap step, StepKindShape? shape)
    {
        // What cannot be taken back must say whether it makes a site writable: a promotion that nobody called one would need no fence.
        var declared = step.Node("promotes", shape?.Effect is StepEffect.Irreversible, PromotesAllowed);
        if (declared is YamlScalar { Text: NoPromotion } or null)
        {
            if (declared is not null && shape is { AlwaysPromotes: true })
            {
                _problems.Add(declared.Place, $"'{shape.Kind}' makes a site writable, whatever the plan says", "{ system: ..., fenced-by: ... }", "Name the system and the step that fences the old side.");
            }

            return (null, null);
        }

        if (step.Map("promotes", required: false, "a promotion") is not { } map)
        {
            return (null, null);
        }

        var system = map.Scalar("system", required: true, "the name of a system of the plan") is { } scalar ? OfThePlan(scalar) : "";
        var fencedBy = map.Scalar("fenced-by", required: true, $"the name of a step of kind {Fences(scope.Kinds)}");
        map.Close();
        return (new Promotion(system, steps.Resolve(fencedBy, _problems)), fencedBy);
    }

    private bool NoReturn(StrictMap map, StepKindShape? shape, StepParameters parameters)
    {
        var byKind = shape?.Effect is StepEffect.Irreversible || shape?.CannotBeTakenBack?.Invoke(parameters) is true;
        var declared = map.Flag("point-of-no-return");
        if (byKind && map.Has("point-of-no-return") && !declared)
        {
            _problems.Add(
                map.PlaceOf("point-of-no-return"), $"'{shape!.Kind}' cannot be taken back, whatever the plan says", "true, or nothing", "Remove 'point-of-no-return'.");
        }

        return byKind || declared;
    }

    private static IReadOnlyList<YamlScalar>? Absent(StrictMap map, string key)
    {
        map.Node(key);
        return null;
    }
}
