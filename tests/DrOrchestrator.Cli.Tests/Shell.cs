using DrOrchestrator.Cli.Output;

namespace DrOrchestrator.Cli.Tests;

/// <summary>Runs a command line in this process and keeps what it wrote.</summary>
internal static class Shell
{
    public static async Task<Ran> RunAsync(params string[] args)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        using var termination = new Termination();
        var terminal = new Terminal(output, error, OutIsTerminal: false, ErrorIsTerminal: false, Colours: false, Debug: false, TimeProvider.System);
        return new Ran(await CommandLine.RunAsync(args, terminal, termination), output.ToString(), error.ToString());
    }
}

internal sealed record Ran(int ExitCode, string Out, string Error);
