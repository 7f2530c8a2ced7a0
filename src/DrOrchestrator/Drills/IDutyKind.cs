using System.Text.Json.Nodes;
using DrOrchestrator.Estates;

namespace DrOrchestrator.Drills;

/// <summary>A step kind that, done, leaves something to do; or that does what another has left.</summary>
public interface IDutyKind : IStepKind
{
    /// <summary>Whether it leaves that also where a rehearsal did it: what it left is no production, and must be looked after all the same.</summary>
    bool OwesAfterRehearsals => false;

    /// <summary>What a done step leaves to do; null for nothing. Pure.</summary>
    StepDuty? DutyOf(JsonObject intent, JsonObject outputs) => null;

    /// <summary>What a step that is not done leaves to do all the same; null for nothing. Pure.</summary>
    /// <param name="left">What it said that it left (<see cref="StepOutcome.Failed.Left"/>); null where nobody has looked: it is not known whether it happened.</param>
    StepDuty? DutyOfFailed(JsonObject intent, JsonObject? left) => null;

    /// <summary>Whether a done step does what another has left under that subject. Pure.</summary>
    bool Does(string subject, JsonObject intent, JsonObject outputs) => false;

    /// <summary>Whether the world shows that what was left under that subject is done. Reads and changes nothing; false where it is not, or nobody can tell.</summary>
    Task<bool> IsDoneAsync(string subject, Estate estate, CancellationToken cancellationToken) => Task.FromResult(false);
}

/// <summary>What a step has left to do.</summary>
/// <param name="Subject">What it is about, for the kind that does it: <c>synchronous ledger-dr</c>.</param>
/// <param name="Text">For people.</param>
/// <param name="Holds">While it is open, nobody may call the run passed: the system is less safe than before.</param>
public sealed record StepDuty(string Subject, string Text, bool Holds);
