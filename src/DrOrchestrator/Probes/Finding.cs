namespace DrOrchestrator.Probes;

/// <summary>What a kind found, before it becomes a <see cref="ProbeResult"/>.</summary>
internal readonly record struct Finding(ProbeOutcome Outcome, string Reason)
{
    public static Finding Up(string reason) => new(ProbeOutcome.Up, reason);

    public static Finding Down(string reason) => new(ProbeOutcome.Down, reason);

    /// <summary>We could not look: our own side (a right, a secret, a file) is missing.</summary>
    public static Finding Unknown(string reason) => new(ProbeOutcome.Unknown, reason);
}

/// <summary>Ends a look from deep inside it with a finding that needs no translation.</summary>
internal sealed class LookEndedException(Finding finding) : Exception(finding.Reason)
{
    public Finding Finding => finding;
}
