using System.Text.Json.Nodes;
using DrOrchestrator.Drills.Carrying;

namespace DrOrchestrator.Drills.Journals;

/// <summary>Where a step of a run stands.</summary>
public enum StepState
{
    /// <summary>Nothing on record.</summary>
    Pending,

    /// <summary>An intent without outcome: running, or open since a crash.</summary>
    Open,

    /// <summary>Done.</summary>
    Done,

    /// <summary>The last attempt failed without effect.</summary>
    Failed,

    /// <summary>Nobody knows whether it happened.</summary>
    Unknown,

    /// <summary>Undone.</summary>
    Undone,

    /// <summary>Undoing it has begun and has no outcome.</summary>
    Undoing,
}

/// <summary>What the journal says of one step.</summary>
public sealed class StepProgress
{
    /// <summary>Where it stands.</summary>
    public StepState State { get; internal set; } = StepState.Pending;

    /// <summary>Number of attempts that began.</summary>
    public int Attempts { get; internal set; }

    /// <summary>The kind of step, as its newest intent says; null while there is none.</summary>
    public string? Kind { get; internal set; }

    /// <summary>The site it acts on, as its newest intent says; null where it names none.</summary>
    public string? Site { get; internal set; }

    /// <summary>Intent of the newest attempt.</summary>
    public JsonObject? Intent { get; internal set; }

    /// <summary>Outputs, once done.</summary>
    public JsonObject? Outputs { get; internal set; }

    /// <summary>Why it failed or is unknown.</summary>
    public string? Reason { get; internal set; }

    /// <summary>True when the outcome is a person's word and not the target's, or a request may still be on its way: it may act although it is called failed.</summary>
    public bool MayActLate { get; internal set; }

    /// <summary>True when its newest attempt promotes without a fence, by break-glass.</summary>
    public bool Unfenced { get; internal set; }

    /// <summary>Of a promotion: true when the newest look at its fence found it not proved. That is on record, and people know it.</summary>
    public bool FenceMissing { get; internal set; }

    /// <summary>Attempts that a stop cut short and that surely did nothing: they are not held against the step.</summary>
    public int NotCounted { get; internal set; }

    /// <summary>True when it is called failed although its effect is there: what was to be seen after it was not.</summary>
    public bool HadEffect { get; internal set; }

    /// <summary>What its newest attempt with an intent has left although it failed; null for nothing.</summary>
    public JsonObject? Left { get; internal set; }

    /// <summary>True when only a person says that its newest attempt with an intent did not happen, or it may act late: what it has left, nobody has looked at.</summary>
    public bool LeftUnseen { get; internal set; }

    /// <summary>How often <see cref="HadEffect"/> was found.</summary>
    public int EffectFailures { get; internal set; }

    /// <summary>True when a stop cut the newest attempt short.</summary>
    public bool CutShort { get; internal set; }

    /// <summary>True when a rehearsal leaves it out; it counts as done.</summary>
    public bool Skipped { get; internal set; }

    /// <summary>How often the newest attempt ended unknown.</summary>
    public int Unknowns { get; internal set; }

    /// <summary>The last moment at which a request of any of its attempts, or of its undo, to which no clear answer came, may have left; null where there is none.</summary>
    public DateTimeOffset? UnansweredAt { get; internal set; }

    /// <summary>When the first attempt began.</summary>
    public DateTimeOffset? StartedAt { get; internal set; }

    /// <summary>When the newest attempt ended.</summary>
    public DateTimeOffset? EndedAt { get; internal set; }

    /// <summary>The newest attempt that got as far as an intent: its target answered. 0 while none did.</summary>
    public int Begun { get; internal set; }

    /// <summary>Sequence of the newest outcome; 0 while there is none.</summary>
    public long EndedWith { get; internal set; }

    /// <summary>True from the line that says that the old side answers until its fence has been begun again.</summary>
    public bool OldSideAnswers => AnsweredWith > Math.Max(BegunWith, EndedWith);

    /// <summary>Sequence of the newest intent of which something may have been sent; 0 while there is none.</summary>
    public long BegunWith { get; internal set; }

    /// <summary>Sequence of the newest such line; 0 while there is none.</summary>
    public long AnsweredWith { get; internal set; }

    /// <summary>How often it did: each time the fence may be tried once more.</summary>
    public int TimesAnswered { get; internal set; }

    /// <summary>True once a fence that was missing at a promotion was proved after it.</summary>
    public bool HeldLate { get; internal set; }

    /// <summary>Where it stood before the newest intent: there it stands again when nothing of that was sent.</summary>
    internal (StepState State, JsonObject? Intent, DateTimeOffset? StartedAt, long BegunWith) Before { get; set; } = (StepState.Pending, null, null, 0);

    /// <summary>Under which owner its undo was begun.</summary>
    private long? UndoEpoch { get; set; }

    /// <summary>Takes one more line of the step in.</summary>
    internal void Apply(JournalEntry entry)
    {
        switch (entry.Kind)
        {
            case JournalKinds.Intent:
                Before = (State, Intent, StartedAt, BegunWith);
                State = StepState.Open;
                Unknowns = 0;
                Unfenced = entry.Data.Flag("unfenced");
                Attempts = entry.Attempt;
                Begun = entry.Attempt;
                Intent = entry.Data["intent"] as JsonObject;
                (Kind, Site) = (entry.Data.OptionalText("kind"), entry.Data.OptionalText("site"));
                StartedAt ??= entry.At;
                BegunWith = entry.Sequence;
                break;
            case JournalKinds.Outcome when entry.Data.Text("outcome") == StepRecords.NotBegun:
                (State, Intent, StartedAt, BegunWith) = Before;
                NotCounted++;
                break;
            case JournalKinds.Outcome:
                Attempts = Math.Max(Attempts, entry.Attempt);
                StartedAt ??= entry.At;
                EndedAt = entry.At;
                EndedWith = entry.Sequence;
                Reason = entry.Data.OptionalText("reason");
                MayActLate = entry.Data["byWordOf"] is not null || entry.Data.Flag("mayActLate");
                if (entry.Attempt == Begun)
                {
                    // An attempt that could not even be prepared says nothing of what the one before has left.
                    (Left, LeftUnseen) = (entry.Data["left"] as JsonObject, MayActLate);
                }

                (Unknowns, UnansweredAt) = entry.Data.Text("outcome") is "unknown" ? (Unknowns + 1, entry.At) : (Unknowns, UnansweredAt);
                Outputs = entry.Data["outputs"] as JsonObject;
                HadEffect = entry.Data.Flag("hadEffect");
                EffectFailures += HadEffect ? 1 : 0;
                CutShort = entry.Data.Flag("stopped");
                Skipped = entry.Data.Flag("skipped");
                NotCounted += CutShort && entry.Data.Text("outcome") is "failed" ? 1 : 0;
                State = entry.Data.Text("outcome") switch
                {
                    "done" => StepState.Done,
                    "failed" => StepState.Failed,
                    _ => StepState.Unknown,
                };
                break;
            case JournalKinds.Observed when State is StepState.Open or StepState.Unknown:
                // Whoever began it is gone, or heard no clear answer: what it sent may be on its way. The only one that was sent is not, once it is seen to have acted.
                UnansweredAt = entry.Data.OptionalText("answer") is "happened" && UnansweredAt is null ? null : entry.At;
                break;
            case JournalKinds.FenceAnswers:
                // A fence that was done and could not be proved when it was needed is no fence: it is carried out again.
                (State, Reason) = State is StepState.Done ? (StepState.Failed, entry.Data.OptionalText("reason")) : (State, Reason);
                AnsweredWith = entry.Sequence;
                TimesAnswered++;
                break;
            case JournalKinds.FenceProof:
                FenceMissing = !entry.Data.Flag("proved");
                break;
            case JournalKinds.FenceHeld:
                HeldLate = true;
                break;
            case JournalKinds.UndoIntent:
                Before = (State, Intent, StartedAt, BegunWith);
                State = StepState.Undoing;
                UndoEpoch = entry.Epoch;
                break;
            case JournalKinds.UndoOutcome when entry.Data.Text("outcome") == StepRecords.NotBegun:
                State = Before.State;
                break;
            case JournalKinds.UndoOutcome:
                EndedAt = entry.At;
                Reason = entry.Data.OptionalText("reason");
                State = entry.Data.Text("outcome") == "done" ? StepState.Undone : StepState.Unknown;

                // It was not clearly answered, or went out again under another owner: what that one has sent may be on its way.
                UnansweredAt = State is StepState.Unknown || entry.Epoch != UndoEpoch ? entry.At : UnansweredAt;
                break;
        }
    }
}
