using DrOrchestrator.Cli.Client;
using DrOrchestrator.Drills;

namespace DrOrchestrator.Cli.Quickstart;

/// <summary>All that a quickstart has to tell at its end.</summary>
internal sealed record QuickstartResult(
    RunView Run,
    StatusView Status,
    string Pack,
    PackVerification Verification,
    Uri Dashboard,
    QuickstartOptions Options)
{
    public int ExitCode => Run.Outcome != "passed" ? Math.Max(ExitCodes.OfOutcome(Run.Outcome), ExitCodes.RunFailed)
        : Verification.Verified ? ExitCodes.Fine
        : ExitCodes.VerificationFailed;
}

/// <summary>What the verifying process said of the pack.</summary>
/// <param name="Records">Records whose place in the log was checked.</param>
/// <param name="KeyFingerprint">As the server gave it; the pack was held against it.</param>
/// <param name="Problem">The first thing wrong, or null.</param>
internal sealed record PackVerification(bool Verified, long Records, string? KeyFingerprint, string? Problem);
