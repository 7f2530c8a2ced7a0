using DrOrchestrator.Estates;
using DrOrchestrator.Estates.Yaml;
using DrOrchestrator.Words;

namespace DrOrchestrator.Plans;

/// <summary>What became of reading a plan. A closed set.</summary>
public abstract record PlanLoadResult
{
    private PlanLoadResult()
    {
    }

    /// <summary>The plan is good.</summary>
    public sealed record Loaded(Plan Plan) : PlanLoadResult;

    /// <summary>Everything that is wrong with it, by line.</summary>
    public sealed record Refused(IReadOnlyList<EstateError> Errors) : PlanLoadResult;
}

/// <summary>Reads a plan strictly from one YAML file, against an estate and the kinds this program knows.</summary>
public static class PlanLoader
{
    /// <summary>More steps than any plan for people has; bounds the work on a hostile file.</summary>
    private const int MostSteps = 1200;

    private static readonly string[] EmergencyContents = ["scenarios", "organisation", "decision", "response", "tools", "working-rules"];
    private static readonly string[] RecoveryContents = ["targets", "procedure", "manual"];

    /// <summary>Reads one file.</summary>
    public static PlanLoadResult Load(string path, Estate estate, IStepKindCatalog kinds) =>
        Load(problems => SourceFile.Read(path, Path.GetFileName(path), problems), estate, kinds);

    /// <summary>Reads the content of a file, as it was kept with a run.</summary>
    /// <param name="name">As errors name it.</param>
    /// <param name="beside">The manifests that were kept with it, by the paths that it names them by.</param>
    public static PlanLoadResult Load(byte[] content, string name, Estate estate, IStepKindCatalog kinds, IReadOnlyDictionary<string, byte[]> beside) =>
        Load(problems => SourceFile.Parse(content, name, name, problems) with { Beside = beside }, estate, kinds);

    private static PlanLoadResult Load(Func<Problems, SourceFile> read, Estate estate, IStepKindCatalog kinds)
    {
        var problems = new Problems();
        var scope = new PlanScope(estate, kinds, complete: true, problems);
        var plan = Read(read(problems), scope);
        CheckRehearsals(scope);
        return plan is null || problems.Any ? new PlanLoadResult.Refused(problems.Sorted()) : new PlanLoadResult.Loaded(plan);
    }

    /// <summary>Null where the file is no YAML mapping; otherwise a plan that is good only when no problem was reported.</summary>
    internal static Plan? Read(SourceFile file, PlanScope scope)
    {
        var problems = scope.Problems;
        if (file.Root is null || StrictMap.Of(file.Root, "a plan", problems) is not { } map)
        {
            return null;
        }

        var name = map.Name("plan");
        var version = map.Text("version");
        var title = map.Titles("title");
        var kind = map.Word<DrillKind>("kind");
        var modes = map.Scalars("modes", required: true).Select(mode => StrictMap.WordOf<RunMode>(mode, "a mode", problems)).OfType<RunMode>().ToList();
        var systems = map.Scalars("systems", required: true).Select(system => scope.Systems.Resolve(system, problems)).ToList();
        var authors = map.Scalars("authors", required: true).Select(author => Author(author, scope)).ToList();
        var (contents, verification) = Contents(map);
        var people = new PlanPeople(scope, authors, modes);
        var approvalItems = map.Items("approvals", required: false);
        _ = NameIndex.Of("approval", approvalItems, "name", complete: true, problems);
        var approvals = StrictMap.ReadAll(approvalItems, "an approval", problems, item => Approval(item, people, scope));
        people.CheckAskers(map.PlaceOf("plan"));

        var stepNames = NameIndex.Of("step", StepReader.Flatten(map.Peek("steps")).Concat(StepReader.Flatten(map.Peek("way-back"))), "name", complete: true, problems);
        foreach (var both in approvalItems.OfType<YamlMapping>().Select(item => item.Peek("name")).OfType<YamlScalar>().Where(item => stepNames.Contains(item.Text)))
        {
            problems.Add(both.Place, $"the approval '{both.Text}' has the name of a step: an answer to one would count for the other", "", "Give it another name.");
        }

        var checks = new CheckReader(scope, stepNames);
        var gates = checks.Gates(map);
        var steadyState = checks.Read(map, "steady-state", scope.Kinds.SteadyState, "steady-state check");
        var guardrails = checks.Guardrails(map);
        var manifests = new PlanManifests(file, problems);
        var (steps, wayBack, places) = Steps(map, new StepReader(scope, stepNames, systems) { Manifests = manifests }, scope, verification, systems, people, kind);
        map.Close();

        var plan = new Plan(name, file.Name, PlanManifests.HashOf(file.Bytes, manifests.Read.Values.Select(one => (one.File, one.Hash))), version, title, kind, modes, systems, authors, contents, approvals, gates, steadyState, steps, wayBack) { Source = file.Bytes, Manifests = manifests.Read, Guardrails = guardrails };
        scope.Plans.Add((plan, step => places.GetValueOrDefault(step, map.Place)));
        return plan;
    }

    /// <summary>Once all plans are read: what one acts on live, another may not name for its rehearsal.</summary>
    internal static void CheckRehearsals(PlanScope scope)
    {
        foreach (var (plan, placeOf) in scope.Plans)
        {
            foreach (var problem in Rehearsals.Problems(plan, scope.Estate, scope.Kinds, scope.Plans.Select(other => other.Plan)))
            {
                scope.Problems.Add(placeOf(problem.Step), $"step '{problem.Step}': {problem.Found}", problem.Allowed, problem.Remedy);
            }
        }
    }

    private static (PlanContents Contents, YamlScalar? Verification) Contents(StrictMap plan)
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        if (plan.Map("emergency", required: true, "the emergency part (7.5 a, contents 1 to 6)") is { } emergency)
        {
            Texts(emergency, EmergencyContents, texts);
            emergency.Close();
        }

        YamlScalar? step = null;
        if (plan.Map("recovery", required: true, "the recovery part (7.5 a, contents 7 to 11)") is { } recovery)
        {
            Texts(recovery, RecoveryContents, texts);
            if (recovery.Map("verification", required: true, "the verification of business functions (7.5 a, content 11)") is { } verification)
            {
                texts["verification"] = verification.Text("text");
                step = verification.Scalar("step", required: true, "the name of a step");
                verification.Close();
            }

            recovery.Close();
        }

        return (new PlanContents(texts, step?.Text ?? ""), step);
    }

    private static void Texts(StrictMap part, IEnumerable<string> keys, Dictionary<string, string> texts)
    {
        foreach (var key in keys)
        {
            texts[key is "working-rules" ? "workingRules" : key] = part.Text(key);
        }
    }

    /// <summary>Whoever wrote a plan does not approve its runs, so that the word must be a person's id and not a name that fits nobody.</summary>
    private static string Author(YamlScalar author, PlanScope scope)
    {
        if (scope.Complete && !scope.Estate.People.Any(person => person.Id == author.Text))
        {
            scope.Problems.AddWord(
                author.Place,
                $"there is no person {Problems.Quote(author.Text)}",
                author.Text,
                [.. scope.Estate.People.Select(person => person.Id)],
                "Name who wrote the plan: they do not approve its runs.");
        }

        return author.Text;
    }

    private static PlanApproval Approval(StrictMap map, PlanPeople people, PlanScope scope)
    {
        var name = map.Name("name");
        var roleScalar = map.Scalar("role", required: true, string.Join(", ", EnumWords.All<PersonRole>()));
        var role = scope.Role(roleScalar, "'role'");
        var quorum = map.OptionalInteger("quorum", 1, 20) ?? 1;
        var deadline = map.Duration("deadline", TimeSpan.FromSeconds(1), TimeSpan.FromDays(30));
        people.CheckApproval(roleScalar, role, quorum);
        return new PlanApproval(name, role, quorum, deadline);
    }

    private static (List<PlanStep> Steps, List<PlanStep> WayBack, Dictionary<string, Place> Places) Steps(StrictMap map, StepReader reader, PlanScope scope, YamlScalar? verification, List<string> systems, PlanPeople people, DrillKind? kind)
    {
        var (switchItems, wayBackItems) = (map.Items("steps", required: true), map.Items("way-back", required: false));
        var count = StepReader.Flatten(map.Peek("steps")).Count() + StepReader.Flatten(map.Peek("way-back")).Count();
        if (count > MostSteps)
        {
            scope.Problems.Add(map.PlaceOf("steps"), $"{count} steps", $"up to {MostSteps}", "Split the plan.");
            return ([], [], []);
        }

        var (switchUnits, wayBackUnits) = (reader.ReadUnits(switchItems), reader.ReadUnits(wayBackItems));
        var needs = PlanOrder.Resolve([.. switchUnits.Select(Ordered)], [.. wayBackUnits.Select(Ordered)]);
        var (steps, wayBack) = (InOrder(switchUnits, needs), InOrder(wayBackUnits, needs));
        new PlanChecks(steps, wayBack, scope.Kinds, scope.Problems) { Procedure = new(systems, scope.Estate, map.PlaceOf("systems")), Kind = kind }.Run(verification);
        people.CheckSteps(steps.Concat(wayBack));
        var places = steps.Concat(wayBack).DistinctBy(draft => draft.Step.Name).ToDictionary(draft => draft.Step.Name, draft => draft.RehearsalPlace ?? draft.Place, StringComparer.Ordinal);
        return ([.. steps.Select(draft => draft.Step)], [.. wayBack.Select(draft => draft.Step)], places);
    }

    private static List<StepDraft> InOrder(IReadOnlyList<IReadOnlyList<StepDraft>> units, IReadOnlyDictionary<string, IReadOnlyList<string>> needs) =>
        [.. units.SelectMany(unit => unit).Select(draft => draft with { Step = draft.Step with { Needs = needs[draft.Step.Name] } })];

    private static IReadOnlyList<OrderedStep> Ordered(IReadOnlyList<StepDraft> unit) =>
        [.. unit.Select(draft => new OrderedStep(draft.Step.Name, draft.Needs?.Select(need => need.Text).ToList()))];
}
