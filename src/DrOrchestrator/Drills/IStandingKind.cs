using System.Text.Json.Nodes;

namespace DrOrchestrator.Drills;

/// <summary>A kind whose target shows, long after a step of it is done, whether what it did still stands.</summary>
public interface IStandingKind : IStepKind
{
    /// <summary>
    /// Reads the target once, cheaply, and says what contradicts the journal: somebody has taken back or overwritten what the step did. Null where it stands, and where the target does not
    /// tell: what is silent contradicts nothing.
    /// </summary>
    Task<string?> ContradictionAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken);
}
