using System.Text.Json.Nodes;

namespace DrOrchestrator.Drills;

/// <summary>A step kind whose effect is a fence (旧主隔离): positive proof that the old side cannot write, re-checked live right before a promotion.</summary>
public interface IFenceKind : IReversibleStepKind
{
    /// <summary>Reads the world once and says whether the proof holds now.</summary>
    Task<FenceProof> ProveAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken);
}

/// <summary>Whether a fence holds.</summary>
/// <param name="Facts">What was seen, one plain sentence each.</param>
/// <param name="Missing">What is missing for the proof; empty when proved.</param>
public sealed record FenceProof(bool Proved, IReadOnlyList<string> Facts, IReadOnlyList<string> Missing);
