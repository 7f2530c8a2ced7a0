using DrOrchestrator.Estates;
using DrOrchestrator.Drills.Steps;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Drills;

/// <summary>The step kinds a plan may name, by word. A kind is one file in <c>Steps/</c> and one line in <see cref="DrillsServices"/>.</summary>
public sealed class StepKinds(IEnumerable<IStepKind> kinds)
{
    private readonly Dictionary<string, IStepKind> _kinds = kinds.ToDictionary(kind => kind.Shape.Kind, StringComparer.Ordinal);

    /// <summary>Shapes by word.</summary>
    public IReadOnlyDictionary<string, StepKindShape> Shapes => _kinds.ToDictionary(kind => kind.Key, kind => kind.Value.Shape);

    /// <summary>The kind of that word; the plan was held against the table when it was read.</summary>
    public IStepKind Find(string kind) => _kinds[kind];

    /// <summary>Those that leave something to do, or do what others have left.</summary>
    internal IEnumerable<IDutyKind> WithDuties => _kinds.Values.OfType<IDutyKind>();

    /// <summary>Whether steps of that kind fence.</summary>
    public bool IsFence(string kind) => _kinds.GetValueOrDefault(kind) is IFenceKind;

    /// <summary>What carries a step out in a run of that mode: in a tabletop a question, where it is none already.</summary>
    public IStepKind Find(RunMode mode, PlanStep step) => Find(step.Kind) is var kind && mode is RunMode.Tabletop && kind is not PersonStep ? new TabletopStep(kind) : kind;
}

/// <summary>What plans are held against when they are read.</summary>
public sealed class StepKindCatalog(StepKinds steps, GateKinds gates, SteadyStateKinds steadyState) : IStepKindCatalog
{
    /// <inheritdoc />
    public IReadOnlyDictionary<string, StepKindShape> Steps { get; } = steps.Shapes;

    /// <inheritdoc />
    public IReadOnlyDictionary<string, StepKindShape> Gates { get; } = gates.Shapes;

    /// <inheritdoc />
    public IReadOnlyDictionary<string, StepKindShape> SteadyState { get; } = steadyState.Shapes;

    /// <inheritdoc />
    public string Describe(PlanStep step, Estate estate) => steps.Find(step.Kind).Describe(step, estate);
}
