using DrOrchestrator.Plans;

namespace DrOrchestrator.Drills;

/// <summary>The gates a plan may name.</summary>
public sealed class GateKinds(IEnumerable<IGateKind> kinds)
{
    private readonly Dictionary<string, IGateKind> _kinds = kinds.ToDictionary(kind => kind.Shape.Kind, StringComparer.Ordinal);

    /// <summary>Shapes by word.</summary>
    public IReadOnlyDictionary<string, StepKindShape> Shapes => _kinds.ToDictionary(kind => kind.Key, kind => kind.Value.Shape);

    /// <summary>The kind of that word; the plan was held against the table when it was read.</summary>
    public IGateKind Find(string kind) => _kinds[kind];
}

/// <summary>A steady-state check: the same shape of question as a gate, asked before and after.</summary>
public interface ISteadyStateKind : IGateKind;

/// <summary>The steady-state checks a plan may name.</summary>
public sealed class SteadyStateKinds(IEnumerable<ISteadyStateKind> kinds)
{
    private readonly Dictionary<string, ISteadyStateKind> _kinds = kinds.ToDictionary(kind => kind.Shape.Kind, StringComparer.Ordinal);

    /// <summary>Shapes by word.</summary>
    public IReadOnlyDictionary<string, StepKindShape> Shapes => _kinds.ToDictionary(kind => kind.Key, kind => kind.Value.Shape);

    /// <summary>The check of that word.</summary>
    public ISteadyStateKind Find(string kind) => _kinds[kind];
}
