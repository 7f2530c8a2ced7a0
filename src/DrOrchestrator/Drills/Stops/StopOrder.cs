using DrOrchestrator.Drills.Journals;

namespace DrOrchestrator.Drills.Stops;

/// <summary>What people may say to a run that is not closed.</summary>
public enum RunOrder
{
    /// <summary>abort: nothing new begins; a drill is rolled back and closed, a real run asks how to go on.</summary>
    Abort,

    /// <summary>pause: nothing new begins until somebody says to go on.</summary>
    Pause,

    /// <summary>resume: a paused run goes on.</summary>
    Resume,

    /// <summary>report: the summary report of a closed real run; without it the incident shows no recovery.</summary>
    Report,
}

/// <summary>What a stop leads to.</summary>
public enum StopKind
{
    /// <summary>pause: the run waits for somebody to resume it.</summary>
    Pause,

    /// <summary>abort: a drill is rolled back and closed; a real run asks.</summary>
    Abort,

    /// <summary>pre-empt: the run is closed as it stands and hands its locks to a real run.</summary>
    PreEmpt,
}

/// <summary>The stop that is in force: by a person (or <c>system</c>, for a guardrail or a real run), on record before anything follows from it.</summary>
/// <param name="Sequence">Of its line in the journal.</param>
/// <param name="ForRun">The real run that asks for the locks; null for every other stop.</param>
public sealed record StopOrder(StopKind Kind, string By, string Reason, DateTimeOffset At, long Sequence, long? ForRun = null)
{
    /// <summary>What stands after a line, given what stood before it. Pure. A weaker order never takes the place of a stronger one.</summary>
    public static StopOrder? After(StopOrder? before, JournalEntry entry) => entry.Kind switch
    {
        JournalKinds.PreEmptAsked => Of(StopKind.PreEmpt, entry),
        _ when before is { Kind: StopKind.PreEmpt } => before,
        JournalKinds.AbortAsked => Of(StopKind.Abort, entry),
        JournalKinds.Guardrail when entry.Data.Text("then") == "abort" => before is { Kind: StopKind.Abort } ? before : Of(StopKind.Abort, entry),
        JournalKinds.PauseAsked or JournalKinds.Guardrail => before ?? Of(StopKind.Pause, entry),
        JournalKinds.ResumeAsked => before is { Kind: StopKind.Pause } ? null : before,
        JournalKinds.GoesOn => null,
        _ => before,
    };

    private static StopOrder Of(StopKind kind, JournalEntry entry) =>
        new(kind, entry.Actor, entry.Data.Text("reason"), entry.At, entry.Sequence, (long?)entry.Data.Number("forRun"));
}
