using System.Text.Json.Nodes;
using DrOrchestrator.Drills.Carrying;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Estates;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Drills;

/// <summary>
/// One kind of step: one file, one line in <c>StepKinds</c>. The engine journals what <see cref="PrepareAsync"/> returns BEFORE it calls
/// <see cref="ExecuteAsync"/>; after a crash it shows the same intent to <see cref="ObserveAsync"/>. Kinds keep no state between calls.
/// </summary>
public interface IStepKind
{
    /// <summary>What a plan may say of it.</summary>
    StepKindShape Shape { get; }

    /// <summary>
    /// When it may be prepared at the earliest: until then a request of another step of the run, to which no answer came, may still act on what this one would set again. Null: at
    /// once.
    /// </summary>
    DateTimeOffset? MayBegin(StepContext context) => null;

    /// <summary>
    /// How long a request of it that nobody has answered may act after it left: no run is closed before. Null where it is of no use to wait (a look shows it, or it never ends).
    /// </summary>
    TimeSpan? ActsLateFor => null;

    /// <summary>
    /// Reads the world, live, and says exactly what Execute will do: targets with uid and resourceVersion, ETag, epoch, the values before. Has no effect. Throws
    /// <see cref="StepFailedException"/> when the effect cannot be meant (target missing, precondition broken).
    /// </summary>
    Task<JsonObject> PrepareAsync(StepContext context, CancellationToken cancellationToken);

    /// <summary>
    /// Carries the intent out, within the context's timeout. Never throws for what the target does: that is an outcome. Asks <see cref="StepContext.Permit"/> right before each
    /// request that has an effect, and lets its exception pass.
    /// </summary>
    Task<StepOutcome> ExecuteAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken);

    /// <summary>Whether the journalled intent has happened. Reads the target itself, never a cache.</summary>
    Task<Observation> ObserveAsync(StepContext context, JsonObject intent, CancellationToken cancellationToken);

    /// <summary>
    /// What a step may change. Where a step that began later may change the same, what this one did need not stand any more. Empty where the kind cannot say. Pure.
    /// </summary>
    IReadOnlyList<StepTarget> TargetsOf(StepContext context) =>
        Shape.Parameters.Any(parameter => parameter is { Name: "database", Type: ParameterType.DatabaseName }) && context.Parameters.OptionalText("database") is { } database ? [StepTarget.Server(context.Estate, database)] : [];

    /// <summary>One line for <c>dro plan</c>: what it would do.</summary>
    string Describe(PlanStep step, Estate estate);
}

/// <summary>A kind of <see cref="StepEffect.Reversible"/>.</summary>
public interface IReversibleStepKind : IStepKind
{
    /// <summary>False for a step of this kind that leaves nothing to undo, by its parameters.</summary>
    bool Undoes(PlanStep step) => true;

    /// <summary>
    /// Whether a step that failed is undone too: it may have had a part of its effect, and an undo that finds nothing of its own changes nothing. False for a kind whose failures are
    /// surely without effect and whose undo cannot tell what it finds.
    /// </summary>
    bool UndoesFailed => true;

    /// <summary>When it may be undone at the earliest: until then a request to which no answer came may still act, and would act again on what the undo puts back. Null: at once.</summary>
    DateTimeOffset? MayUndo(StepContext context, JsonObject intent) => null;

    /// <summary>Puts back what the intent recorded as the state before. Idempotent; carries the same marker with <c>-undo</c>.</summary>
    Task<StepOutcome> UndoAsync(StepContext context, JsonObject intent, JsonObject? outputs, CancellationToken cancellationToken);
}

/// <summary>What a step knows of its run.</summary>
/// <param name="RunMark">How the marks of this run begin (<see cref="DrillRun.Mark"/>).</param>
/// <param name="Attempt">1 for the first.</param>
/// <param name="Epoch">Fencing epoch of the run's lease.</param>
/// <param name="Parameters">With values of earlier steps filled in.</param>
/// <param name="Actor">Who asked for the run.</param>
/// <param name="RunOpenedAt">When the intent of the run went on record.</param>
/// <param name="Answers">Answers people gave for this step in this run (tasks, approvals at the step), oldest first.</param>
public sealed record StepContext(
    long Run,
    string RunMark,
    PlanStep Step,
    int Attempt,
    long Epoch,
    StepParameters Parameters,
    Plan Plan,
    Estate Estate,
    string Actor,
    IReadOnlyList<StepAnswer> Answers,
    IStepReads Steps,
    DateTimeOffset RunOpenedAt = default)
{
    /// <summary>Asked right before each request that has an effect (<see cref="SendPermit.Require"/>).</summary>
    public SendPermit Permit { get; init; } = SendPermit.Unlimited;

    /// <summary><c>dro-LOG-RUN-STEP-ATTEMPT</c>: the mark every effect leaves on its target, and the name of Kubernetes Jobs.</summary>
    public string Marker => $"{RunMark}-{Step.Name}-{Attempt}";

    /// <summary>True where a request of the same intent may be on its way: of an earlier life of the process, or one to which no clear answer came. What the next one is told says nothing of it.</summary>
    public bool Repeats { get; init; }

    /// <summary>How the run runs.</summary>
    public RunMode Mode { get; init; } = RunMode.Live;
}

/// <summary>What a step may ask of the steps before it.</summary>
public interface IStepReads
{
    /// <summary>The intent journalled for the last attempt of a step, or null.</summary>
    JsonObject? IntentOf(string step);

    /// <summary>The outputs of a done step, or null.</summary>
    JsonObject? OutputsOf(string step);

    /// <summary>The last moment at which a request of a step, to which no clear answer came, may have left; null where there is none.</summary>
    DateTimeOffset? UnansweredAt(string step) => null;
}

/// <summary>What a person said to a step.</summary>
public sealed record StepAnswer(string Person, bool Confirmed, string? Note, DateTimeOffset At, bool Simulated)
{
    /// <summary>The file that came with it, or null.</summary>
    public KeptAttachment? Attachment { get; init; }
}

/// <summary>How an attempt ended. A closed set.</summary>
public abstract record StepOutcome
{
    private StepOutcome()
    {
    }

    /// <summary>Done. <paramref name="Objects"/> are raw outputs to keep in evidence before the outcome is journalled.</summary>
    public sealed record Done(JsonObject Outputs, IReadOnlyList<RawOutput>? Objects = null) : StepOutcome
    {
        /// <summary>What its effect has not led to yet, in words: it is observed until it has, or the step's timeout is over. Null for nothing.</summary>
        public string? Missed { get; init; }
    }

    /// <summary>Failed, and surely without effect (or, for waits and checks, not met in time): may be retried.</summary>
    /// <param name="MayActLate">True where a request of an earlier life may still be on its way: nothing before the step is undone then.</param>
    public sealed record Failed(string Reason, IReadOnlyList<RawOutput>? Objects = null, bool MayActLate = false) : StepOutcome
    {
        /// <summary>What it has left all the same, for <see cref="IDutyKind.DutyOfFailed"/>; null for nothing.</summary>
        public JsonObject? Left { get; init; }
    }

    /// <summary>Nobody knows whether it happened. Never retried, never rolled back; observed until it is known.</summary>
    public sealed record Unknown(string Reason, IReadOnlyList<RawOutput>? Objects = null) : StepOutcome;

    /// <summary>A person must answer first; the run waits and the job returns.</summary>
    public sealed record Waiting(string Reason, string Role) : StepOutcome
    {
        /// <summary>Who is waited for: id of a person, or a department.</summary>
        public string? Owner { get; init; }

        /// <summary>From when on it is overdue, counted from the question.</summary>
        public TimeSpan? Due { get; init; }

        /// <summary>Whether a file must or may come with the answer, a word of <see cref="Question"/>.</summary>
        public string? Attachment { get; init; }
    }
}

/// <summary>Raw bytes a step brings home (a log, a list); kept by hash.</summary>
public sealed record RawOutput(string Name, string MediaType, byte[] Content);

/// <summary>The four answers of Observe. Only the first two may be acted on.</summary>
public enum ObservedAnswer
{
    /// <summary>It happened; <see cref="Observation.Outputs"/> are what Execute would have returned.</summary>
    Happened,

    /// <summary>
    /// It has not happened and cannot happen any more beside a new attempt: nothing is in flight, or the new attempt and the old one exclude each other by the same
    /// precondition or name.
    /// </summary>
    CannotHappenAnyMore,

    /// <summary>It has not happened yet and may still; look again.</summary>
    StillMay,

    /// <summary>The target does not tell; a person must.</summary>
    CannotTell,
}

/// <summary>What Observe saw.</summary>
/// <param name="OnlyByRepeating">
/// With <see cref="ObservedAnswer.CannotHappenAnyMore"/>: true where a request may still be on its way, and only the same intent, carried out again, excludes it. It must
/// then be repeated: calling it failed and undoing what stands before it would let it act alone.
/// </param>
public sealed record Observation(
    ObservedAnswer Answer, string Detail, JsonObject? Outputs = null, IReadOnlyList<RawOutput>? Objects = null, bool OnlyByRepeating = false)
{
    /// <summary>With <see cref="ObservedAnswer.CannotHappenAnyMore"/>: as <see cref="StepOutcome.Failed.Left"/>.</summary>
    public JsonObject? Left { get; init; }

    /// <summary>With <see cref="ObservedAnswer.Happened"/>: as <see cref="StepOutcome.Done.Missed"/>. Still so at the end of the step's timeout it is a failure with effect.</summary>
    public string? Missed { get; init; }
}

/// <summary>A step that cannot be prepared, or must end the attempt without effect, for a reason a person can read.</summary>
public sealed class StepFailedException(string message) : Exception(message)
{
    /// <summary>Other managers hold the fields that it would set.</summary>
    public bool IsConflict { get; init; }

    /// <summary>The target gave no clear answer: asked again, it may.</summary>
    public bool MayPass { get; init; }
}
