using DrOrchestrator.Estates.Yaml;

namespace DrOrchestrator.Plans;

/// <summary>Reads the checks of a plan: gates, steady state, guardrails, and what a step is verified by.</summary>
/// <param name="steps">Names of all steps of the plan.</param>
internal sealed class CheckReader(PlanScope scope, NameIndex steps)
{
    internal const string ResumeKey = "resume";
    private static readonly string[] GuardrailKeys = ["then", "every", "from", "to"];
    private static readonly TimeSpan LeastPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MostPause = TimeSpan.FromHours(1);
    private static readonly TimeSpan DefaultPause = TimeSpan.FromSeconds(5);

    /// <summary>What guardrails and <c>verify:</c> may name: everything that looks and changes nothing.</summary>
    private readonly Dictionary<string, StepKindShape> _all =
        scope.Kinds.SteadyState.Concat(scope.Kinds.Gates).DistinctBy(kind => kind.Key).ToDictionary(kind => kind.Key, kind => kind.Value, StringComparer.Ordinal);

    /// <summary>The list <c>gates:</c>: each item has one gate, and may have <c>resume: true</c>.</summary>
    public List<PlanCheck> Gates(StrictMap plan) => Read(plan, "gates", scope.Kinds.Gates, "gate", ResumeKey);

    /// <summary>A list of checks, each an item with one key, its kind.</summary>
    /// <param name="beside">A key that may stand beside the kind, or null.</param>
    public List<PlanCheck> Read(StrictMap owner, string key, IReadOnlyDictionary<string, StepKindShape> kinds, string noun, string? beside = null)
    {
        var checks = new List<PlanCheck>();
        foreach (var map in owner.Items(key, required: false).Select(item => StrictMap.Of(item, $"a {noun}", scope.Problems)).OfType<StrictMap>())
        {
            var resume = beside is not null && map.Flag(beside);
            var named = map.Entries.Where(entry => entry.Key.Text != beside).ToList();
            if (named.Count != 1)
            {
                var allowed = beside is null ? "exactly one key, its kind" : $"exactly one key, its kind, and '{beside}' beside it";
                scope.Problems.Add(map.Place, $"a {noun} with {named.Count} keys", allowed, "Begin a new list item for each.");
            }

            checks.AddRange(named.Select(entry => Check(entry, kinds, noun)).OfType<PlanCheck>().Select(check => resume ? check with { Resume = true } : check));
        }

        return checks;
    }

    /// <summary>What must be seen after the effect of a step.</summary>
    public List<PlanCheck> Verify(StrictMap step) => Read(step, "verify", _all, "check of 'verify'");

    /// <summary>The list <c>guardrails:</c>: each item has a check, what its breach leads to, and when it watches.</summary>
    public List<PlanGuardrail> Guardrails(StrictMap plan) =>
        [.. plan.Items("guardrails", required: false).Select(item => StrictMap.Of(item, "a guardrail", scope.Problems)).OfType<StrictMap>().Select(Guardrail).OfType<PlanGuardrail>()];

    private PlanGuardrail? Guardrail(StrictMap map)
    {
        var then = map.Word<GuardrailAction>("then");
        var every = map.OptionalDuration("every", LeastPause, MostPause) ?? DefaultPause;
        var (from, to) = (Step(map, "from"), Step(map, "to"));
        var kinds = map.Entries.Where(entry => !GuardrailKeys.Contains(entry.Key.Text)).ToList();
        if (kinds.Count != 1)
        {
            scope.Problems.Add(map.Place, $"a guardrail with {kinds.Count} checks", "exactly one check beside 'then', 'every', 'from' and 'to'", "Begin a new list item for each check.");
        }

        var checks = kinds.Select(entry => Check(entry, _all, "check of a guardrail")).ToList();
        return checks is [{ } check, ..] ? new PlanGuardrail(check, then, every, from, to) : null;
    }

    private string? Step(StrictMap map, string key) => map.Scalar(key, required: false, "the name of a step") is { } scalar ? steps.Resolve(scalar, scope.Problems) : null;

    private PlanCheck? Check(YamlEntry entry, IReadOnlyDictionary<string, StepKindShape> kinds, string noun)
    {
        if (!kinds.TryGetValue(entry.Key.Text, out var shape))
        {
            scope.Problems.AddWord(entry.Key.Place, $"there is no {noun} {Problems.Quote(entry.Key.Text)}", entry.Key.Text, [.. kinds.Keys], "Use one of the allowed words.", wholly: true);
            return null;
        }

        return entry.Value is YamlRefused ? null : new PlanCheck(shape.Kind, new ParameterReader(scope, steps, references: null).Read(entry.Value, entry.Key.Place, shape));
    }
}
