namespace DrOrchestrator.Estates;

/// <summary>How exit codes of a program are read.</summary>
public enum CommandExitCodes
{
    /// <summary>plain: 0 is up, 3 unknown, anything else down.</summary>
    Plain,

    /// <summary>nagios: 0 (OK) and 1 (WARNING) are up, 2 (CRITICAL) down, 3 unknown, anything else down.</summary>
    Nagios,
}

/// <summary><c>command</c>: a program of the orchestrator's own machine, which the server's settings must allow.</summary>
/// <param name="Program">Full path.</param>
/// <param name="Arguments">Handed over as they are; there is no shell.</param>
/// <param name="ValuePattern">A regular expression whose first group in the output is the measured number, or null.</param>
public sealed record CommandProbeSettings(
    string Program, IReadOnlyList<string> Arguments, CommandExitCodes ExitCodes, string? ValuePattern, ValueLimits Limits) : ProbeSettings("command")
{
    /// <inheritdoc />
    public override string Target => Program;
}
