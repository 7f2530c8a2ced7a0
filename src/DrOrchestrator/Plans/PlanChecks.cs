using DrOrchestrator.Estates;
using DrOrchestrator.Estates.Yaml;
using DrOrchestrator.Words;

namespace DrOrchestrator.Plans;

/// <summary>What can be judged only with all steps at hand.</summary>
internal sealed class PlanChecks
{
    private const string TaskKind = "task";
    private static readonly string BusinessVerifier = PersonRole.BusinessVerifier.Word();
    private readonly IReadOnlyList<StepDraft> _steps;
    private readonly IReadOnlyList<StepDraft> _wayBack;
    private readonly Problems _problems;
    private readonly List<StepDraft> _all;
    private readonly Dictionary<string, StepDraft> _drafts;
    private readonly PlanGraph _graph;
    private readonly string _fences;

    /// <summary>What the overall procedure is judged by.</summary>
    public required (IReadOnlyList<string> Systems, Estate Estate, Place Place) Procedure { get; init; }

    /// <summary>What the plan exercises.</summary>
    public required DrillKind? Kind { get; init; }

    public PlanChecks(IReadOnlyList<StepDraft> steps, IReadOnlyList<StepDraft> wayBack, IStepKindCatalog kinds, Problems problems)
    {
        _fences = StepReader.Fences(kinds);
        _steps = steps;
        _wayBack = wayBack;
        _problems = problems;
        _all = [.. steps, .. wayBack];
        _drafts = _all.DistinctBy(draft => draft.Step.Name).ToDictionary(draft => draft.Step.Name, StringComparer.Ordinal);
        _graph = new PlanGraph(_all.Select(draft => draft.Step));
    }

    /// <summary>
    /// A graph is judged only where every step has a name of its own, and what comes "before" only where there is no circle: the rest would be errors about errors.
    /// </summary>
    public void Run(YamlScalar? verification)
    {
        CheckVerification(verification);
        if (_drafts.Count < _all.Count || _drafts.ContainsKey(""))
        {
            return;
        }

        var cycles = _graph.FindCycles();
        foreach (var cycle in cycles)
        {
            _problems.Add(_drafts[cycle[0]].Place, $"steps need each other in a circle: {string.Join(" -> ", cycle)}", "", "Remove one of these needs.");
        }

        if (cycles.Count == 0)
        {
            CheckOrder();
        }
    }

    private void CheckOrder()
    {
        CheckWayBack();
        new ProcedureChecks(Procedure.Systems, Procedure.Estate, _steps, _graph, _problems).Run(Procedure.Place);
        var sides = new FenceSides(Procedure.Estate, Procedure.Systems, Kind, _problems);
        foreach (var draft in _all)
        {
            CheckFence(draft, sides);
            foreach (var reference in draft.References)
            {
                CheckReference(draft, reference);
            }

            CheckSecrets(draft);
        }
    }

    /// <summary>Content 11 of 7.5 a) is bound to a task of a business department.</summary>
    private void CheckVerification(YamlScalar? name)
    {
        if (name is null)
        {
            return;
        }

        if (!_drafts.TryGetValue(name.Text, out var draft))
        {
            _problems.AddWord(name.Place, $"there is no step {Problems.Quote(name.Text)}", name.Text, [.. _drafts.Keys], "Name the step in which the business verifies.");
        }
        else if (draft.Shape is { } shape && (shape.Kind != TaskKind || !AsksBusiness(draft, shape)))
        {
            _problems.Add(
                name.Place,
                $"the step '{name.Text}' is no task of a business verifier",
                $"a step of kind '{TaskKind}' with the role '{BusinessVerifier}'",
                "Name the step in which the business verifies.");
        }
    }

    /// <summary>A role that could not be read has its own error and passes here.</summary>
    private static bool AsksBusiness(StepDraft draft, StepKindShape shape) =>
        shape.Parameters.Any(parameter =>
            parameter.Type is ParameterType.RoleName && draft.Step.Parameters.OptionalText(parameter.Name) is { } role && (role.Length == 0 || role == BusinessVerifier));

    /// <summary>Those that need another step of the way back wait as long as that one does.</summary>
    private void CheckWayBack()
    {
        var names = _wayBack.Select(draft => draft.Step.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var draft in _wayBack.Where(draft => !draft.Step.Needs.Any(names.Contains)))
        {
            var before = _graph.AncestorsOf(draft.Step.Name);
            if (_steps.FirstOrDefault(step => !before.Contains(step.Step.Name)) is { } missed)
            {
                _problems.Add(
                    draft.Place,
                    $"'{draft.Step.Name}' of the way back does not wait for '{missed.Step.Name}' of the switch",
                    "",
                    "Remove its 'needs:', or let it need a step of the way back.");
            }
        }
    }

    private void CheckFence(StepDraft draft, FenceSides sides)
    {
        if (draft.FencedBy is not { } name || !_drafts.TryGetValue(name.Text, out var fence))
        {
            return;
        }

        if (fence.Shape is not null && !fence.Shape.IsFence)
        {
            _problems.Add(name.Place, $"the step '{name.Text}' is no fence but '{fence.Shape.Kind}'", $"a step of kind {_fences}", "Name the step that proves the old side fenced.");
        }
        else if (!_graph.AncestorsOf(draft.Step.Name).Contains(name.Text))
        {
            _problems.Add(name.Place, $"the fence '{name.Text}' need not be done before '{draft.Step.Name}'", "a step that comes before it", "Let the promotion need its fence.");
        }
        else if (fence.Shape is not null)
        {
            sides.Check(draft, fence, name.Place);
        }
    }

    private void CheckReference(StepDraft draft, PlacedReference placed)
    {
        var (step, output) = placed.Reference;
        var text = $"${{steps.{step}.{output}}}";
        if (!_drafts.TryGetValue(step, out var source))
        {
            _problems.AddWord(placed.Place, $"{text}: there is no step {Problems.Quote(step)}", step, [.. _drafts.Keys], "Correct the name of the step.");
        }
        else if (!_graph.AncestorsOf(draft.Step.Name).Contains(step))
        {
            _problems.Add(placed.Place, $"{text}: '{step}' may not have run before '{draft.Step.Name}'", "a step that comes before it", $"Let '{draft.Step.Name}' need '{step}', or do without its output.");
        }
        else if (source.Shape is { } shape && OutputsOf(source.Step, shape) is var outputs && !outputs.Contains(output))
        {
            _problems.AddWord(placed.Place, $"{text}: '{shape.Kind}' has no output {Problems.Quote(output)}", output, outputs, "Correct the name of the output.");
        }
        else if (source.Step.OnFailure is OnFailure.Continue)
        {
            _problems.Add(placed.Place, $"{text}: '{step}' may fail and be passed over (on-failure: continue)", "", $"Let '{step}' stop or roll back, or do without its output.");
        }
    }

    /// <summary>In a namespace that the run makes for itself there are the Secrets that are copied into it, and no others.</summary>
    private void CheckSecrets(StepDraft draft)
    {
        if (draft.Shape?.NeedsSecrets is not { } needed || draft.Step.Parameters.OptionalText("namespace") is not { } space || !StepReferences.IsOne(space) || StepReferences.In(space, out _) is not [{ Output: "namespace" } made]
            || !_drafts.TryGetValue(made.Step, out var maker) || maker.Shape?.CopiesSecrets is not { } copies)
        {
            return;
        }

        var copied = copies(maker.Step.Parameters).Distinct(StringComparer.Ordinal).ToList();
        foreach (var secret in needed(draft.Step.Parameters).Where(secret => !secret.Contains("${", StringComparison.Ordinal) && !copied.Contains(secret, StringComparer.Ordinal)))
        {
            _problems.AddWord(draft.Place, $"'{draft.Step.Name}' takes the secret {Problems.Quote(secret)}, and '{made.Step}' copies no such into its namespace", secret, copied, $"Let '{made.Step}' copy it (copy-secrets: [NAMESPACE/{secret}]), or correct the name.");
        }
    }

    private static List<string> OutputsOf(PlanStep step, StepKindShape shape) => [.. shape.Outputs, .. shape.DeclaredOutputs?.Invoke(step.Parameters) ?? []];
}
