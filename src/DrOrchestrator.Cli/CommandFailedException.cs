namespace DrOrchestrator.Cli;

/// <summary>A command that cannot go on, with the exit code and a message that says what to do.</summary>
internal sealed class CommandFailedException(int exitCode, string message) : Exception(message)
{
    public int ExitCode { get; } = exitCode;
}
