namespace DrOrchestrator.Drills.Carrying;

/// <summary>How a stage of a run ended. A closed set.</summary>
public abstract record StageResult
{
    private StageResult()
    {
    }

    /// <summary>Go on.</summary>
    public static StageResult Passed { get; } = new Done();

    /// <summary>Nothing further begins.</summary>
    public static StageResult Stopped { get; } = new Halted();

    /// <summary>The stage is behind us.</summary>
    public sealed record Done : StageResult;

    /// <summary>Somebody must answer; the carrier returns and the answer brings it back.</summary>
    /// <param name="LookAgainAfter">Set when a deadline runs.</param>
    public sealed record Waits(string Reason, TimeSpan? LookAgainAfter) : StageResult
    {
        /// <summary>False where the engine failed: then nobody was asked, and what was in flight may be so still.</summary>
        public bool LetsGo { get; init; } = true;
    }

    /// <summary>A person has said to go on where it stopped: the stages are entered again.</summary>
    public sealed record Again : StageResult;

    /// <summary>A stop is in force: nothing further has begun, and nothing is in flight any more.</summary>
    public sealed record Halted : StageResult;

    /// <summary>It failed.</summary>
    /// <param name="Outcome">The word of <see cref="RunOutcome"/> the run closes with.</param>
    /// <param name="Step">The step that failed; null where it was no step.</param>
    public sealed record Failed(string Reason, string Outcome, FailurePolicy Then, string? Step = null) : StageResult;
}

/// <summary>What a failure leads to.</summary>
public enum FailurePolicy
{
    /// <summary>Close as it stands: nothing was touched, or what was touched is the outcome.</summary>
    Close,

    /// <summary>Undo in reverse order as far as kinds allow, then close.</summary>
    Rollback,

    /// <summary>Stop and ask a person how to go on.</summary>
    Ask,
}

/// <summary>The end states of a run.</summary>
public static class RunOutcome
{
    /// <summary>Everything done, measured, and back in steady state.</summary>
    public const string Passed = "passed";

    /// <summary>The switch is confirmed, the way back is not done: owned duties remain.</summary>
    public const string SwitchedNotReturned = "switched-not-returned";

    /// <summary>A step failed.</summary>
    public const string Failed = "failed";

    /// <summary>A gate, an approval or a person ended it before its effects, or by decision.</summary>
    public const string Aborted = "aborted";

    /// <summary>A real run took its place; it was closed as it stood.</summary>
    public const string PreEmpted = "pre-empted";
}
