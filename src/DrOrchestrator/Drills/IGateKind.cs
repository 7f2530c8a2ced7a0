using DrOrchestrator.Estates;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Drills;

/// <summary>One kind of gate (切换前检查): reads live, never a cache.</summary>
public interface IGateKind
{
    /// <summary>What a plan may say of it.</summary>
    StepKindShape Shape { get; }

    /// <summary>The longest one look may take; then the gate does not pass. Short unless what it looks at has a beat of its own: a real run waits for its gates in the middle of a disaster.</summary>
    TimeSpan Longest => TimeSpan.FromSeconds(10);

    /// <summary>Looks; one result per thing looked at. A target that cannot be read is a result that does not pass, not an exception.</summary>
    Task<IReadOnlyList<GateResult>> CheckAsync(StepParameters parameters, Plan plan, Estate estate, CancellationToken cancellationToken);
}

/// <summary>What a gate saw.</summary>
/// <param name="Check">The kind and what it looked at: <c>standby-healthy dr</c>.</param>
/// <param name="Value">Measured value in words.</param>
/// <param name="Limit">What is asked.</param>
/// <param name="Source">Where the value was read.</param>
/// <param name="Age">How old the value is.</param>
/// <param name="Remedy">What to do when it does not pass.</param>
public sealed record GateResult(string Check, bool Passed, string Value, string Limit, string Source, TimeSpan Age, string Remedy);
