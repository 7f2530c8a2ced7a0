using System.Text.Json.Nodes;
using DrOrchestrator.Drills.Results;

namespace DrOrchestrator.Drills.Journals;

/// <summary>One line of a run's journal. The journal is the truth: the state of a run is a pure fold of these lines (<see cref="DrillRun"/>).</summary>
/// <param name="Sequence">Position in the run, from 1, gapless.</param>
/// <param name="Epoch">Fencing epoch of the owner that wrote it; 0 for what people say.</param>
/// <param name="Actor">Person id, or <c>system</c>.</param>
/// <param name="Kind">A word of <see cref="JournalKinds"/>; also the kind of its evidence record.</param>
/// <param name="Attempt">For lines of a step, from 1; 0 otherwise.</param>
public sealed record JournalEntry(long Sequence, DateTimeOffset At, long Epoch, string Actor, string Kind, string? Step, int Attempt, JsonObject Data);

/// <summary>A line on its way into the journal.</summary>
/// <param name="Objects">Raw outputs, kept by hash in the same transaction and named in the line's data under <c>objects</c>.</param>
/// <param name="Serving">Set when the line makes another site the serving one.</param>
/// <param name="LetsGo">With this line its owner lets the run go (<see cref="IDrillJournal.LetGoAsync"/>).</param>
public sealed record JournalDraft(
    string Kind,
    string Actor,
    JsonObject Data,
    string? Step = null,
    int Attempt = 0,
    IReadOnlyList<RawOutput>? Objects = null,
    ServingChange? Serving = null,
    bool LetsGo = false);

/// <summary>From this line on, <paramref name="Site"/> serves <paramref name="System"/>.</summary>
public sealed record ServingChange(string System, string Site);

/// <summary>The kinds of lines.</summary>
public static class JournalKinds
{
    /// <summary>The intent of the run: plan, hash, mode, who, expected end.</summary>
    public const string Opened = "run.opened";

    /// <summary>An owner took the lease.</summary>
    public const string Leased = "run.leased";

    /// <summary>A phase began.</summary>
    public const string Phase = "run.phase";

    /// <summary>A gate's result.</summary>
    public const string Gate = "run.gate";

    /// <summary>What the run runs on, part by part (<see cref="RunFingerprint"/>).</summary>
    public const string Fingerprint = "run.fingerprint";

    /// <summary>What a tabletop would look at, without looking.</summary>
    public const string WouldCheck = "run.would-check";

    /// <summary>A real run has taken the locks of its systems, all of them.</summary>
    public const string Locked = "run.locked";

    /// <summary>A real run waits for another run to hand a system over.</summary>
    public const string WaitsForLock = "run.waits-for-lock";

    /// <summary>A steady-state check's result.</summary>
    public const string Steady = "run.steady";

    /// <summary>What a new owner looked at before it went on in the middle of the steps, and what of it was not as the journal has it.</summary>
    public const string WorldLooked = "run.world-looked";

    /// <summary>A question to people.</summary>
    public const string Asked = "run.asked";

    /// <summary>An answer of a person.</summary>
    public const string Answered = "run.answered";

    /// <summary>A question is past the moment it was due; it goes on to wait.</summary>
    public const string Overdue = "run.overdue";

    /// <summary>The overrides of the run were reviewed by somebody who took no part in it; may follow the closing line.</summary>
    public const string Reviewed = "run.reviewed";

    /// <summary>Somebody asks to end the run; from this line on nothing new begins.</summary>
    public const string AbortAsked = "run.abort-asked";

    /// <summary>Somebody asks to hold the run; from this line on nothing new begins.</summary>
    public const string PauseAsked = "run.pause-asked";

    /// <summary>Somebody lets a paused run go on.</summary>
    public const string ResumeAsked = "run.resume-asked";

    /// <summary>A real run asks for the locks of this drill; from this line on nothing new begins.</summary>
    public const string PreEmptAsked = "run.preempt-asked";

    /// <summary>A guardrail was broken: what was seen, and whether that pauses or aborts. The stop is this line.</summary>
    public const string Guardrail = "run.guardrail";

    /// <summary>The state a stop reached: what is done, what was in flight, what has not begun, who serves.</summary>
    public const string Stopped = "run.stopped";

    /// <summary>A stopped run goes on, by a person's decision.</summary>
    public const string GoesOn = "run.goes-on";

    /// <summary>The summary report of a real incident, by a person, behind its end.</summary>
    public const string Reported = "run.reported";

    /// <summary>A later run has done what this one left to do.</summary>
    public const string DutiesClosed = "run.duties-closed";

    /// <summary>The run waits; it says for whom.</summary>
    public const string Waiting = "run.waiting";

    /// <summary>What a step is about to do; durable before its effect.</summary>
    public const string Intent = "step.intent";

    /// <summary>How an attempt of a step ended; durable before the next step.</summary>
    public const string Outcome = "step.outcome";

    /// <summary>What Observe said of an open intent.</summary>
    public const string Observed = "step.observed";

    /// <summary>What the checks of a step's <c>verify:</c> said after its effect.</summary>
    public const string Verified = "step.verified";

    /// <summary>An old side that nobody could fence before a promotion answers now; its fence is carried out.</summary>
    public const string FenceAnswers = "step.fence-answers";

    /// <summary>A fence that was missing at a promotion is proved now, with what was seen; may follow the closing line.</summary>
    public const string FenceHeld = "step.fence-held";

    /// <summary>A person has closed the duty to fence an old side, with a reason; may follow the closing line.</summary>
    public const string DutySettled = "run.duty-settled";

    /// <summary>The live proof of a fence, taken right before a promotion.</summary>
    public const string FenceProof = "step.fence-proof";

    /// <summary>A step is about to be undone.</summary>
    public const string UndoIntent = "step.undo-intent";

    /// <summary>How undoing it ended.</summary>
    public const string UndoOutcome = "step.undo-outcome";

    /// <summary>What the run demonstrated.</summary>
    public const string Measured = "run.measured";

    /// <summary>The end of the run; releases its locks.</summary>
    public const string Closed = "run.closed";
}
