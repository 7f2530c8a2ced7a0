using DrOrchestrator.Cli.Client;
using DrOrchestrator.Probes;

namespace DrOrchestrator.Cli;

/// <summary>What <c>dro</c> tells the program that started it. One table, printed in docs/cli.md; a test holds the two together.</summary>
internal static class ExitCodes
{
    public const int Fine = 0;
    public const int Internal = 1;
    public const int Usage = 2;
    public const int InvalidEstate = 3;
    public const int RunFailed = 4;
    public const int VerificationFailed = 5;
    public const int RunWaits = 6;
    public const int DataFolderInUse = 7;
    public const int Database = 8;
    public const int ProbeDown = 9;
    public const int ProbeUnknown = 10;

    /// <summary>Code and meaning. A command ended by a signal returns 128 + its number: 129, 130, 143.</summary>
    public static IReadOnlyList<(int Code, string Meaning)> Table { get; } =
    [
        (Fine, "fine"),
        (Internal, "internal: an error of ours, or a server that does not answer"),
        (Usage, "usage: the command line, or what it asks for, is not possible (an unknown name, not allowed, already answered)"),
        (InvalidEstate, "invalid estate: every problem is listed with its place"),
        (RunFailed, "a run failed, was aborted, or was refused because the system is locked"),
        (VerificationFailed, "verification failed: the first thing that is wrong is named"),
        (RunWaits, "a run waits for a person (also: switched and not yet returned)"),
        (DataFolderInUse, "the data folder, the database or the vantage point is in use by another process"),
        (Database, "the database cannot be reached, lets us not in, is not fit to keep records, or is not the one of the data folder"),
        (ProbeDown, "the probe looked, and its target is down"),
        (ProbeUnknown, "the probe could not look: a right, a secret or a file of our own is missing"),
    ];

    /// <summary>The code for how a run stands; see <c>RunView.Outcome</c>.</summary>
    public static int OfOutcome(string outcome) => outcome switch
    {
        "passed" or "open" => Fine,
        "waiting" or "switched-not-returned" => RunWaits,
        _ => RunFailed,
    };

    /// <summary>The code for what a probe saw.</summary>
    public static int OfProbe(ProbeOutcome outcome) => outcome switch
    {
        ProbeOutcome.Up => Fine,
        ProbeOutcome.Down => ProbeDown,
        _ => ProbeUnknown,
    };

    /// <summary>The one place where what was thrown becomes a code.</summary>
    public static int Of(Exception exception, int signal) => exception switch
    {
        CommandFailedException failed => failed.ExitCode,
        OperationCanceledException when signal > 0 => 128 + signal,
        ApiException { Code: "system-locked" } => RunFailed,
        ApiException { Status: >= 400 and < 500 } => Usage,
        _ => Internal,
    };
}
