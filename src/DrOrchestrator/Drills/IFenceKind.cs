using System.Text.Json.Nodes;

namespace DrOrchestrator.Drills;

/// <summary>A step kind whose effect is a fence (旧主隔离): positive proof that the old side cannot write, re-checked live right before a promotion.</summary>
public interface IFenceKind : IReversibleStepKind
{
    /// <summary>Reads the world once and says whether the proof holds now.</summary>
    Task<FenceProof> ProveAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken);

    /// <summary>The fenced side alone, whoever may have been promoted in its place by now; the same proof where it asks nobody else.</summary>
    Task<FenceProof> ProveHeldAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken) => ProveAsync(context, intent, cancellationToken);
}

/// <summary>Whether a fence holds.</summary>
/// <param name="Facts">What was seen, one plain sentence each.</param>
/// <param name="Missing">What is missing for the proof; empty when proved.</param>
public sealed record FenceProof(bool Proved, IReadOnlyList<string> Facts, IReadOnlyList<string> Missing);
