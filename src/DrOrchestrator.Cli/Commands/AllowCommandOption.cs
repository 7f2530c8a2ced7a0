using System.CommandLine;
using DrOrchestrator.Commands;

namespace DrOrchestrator.Cli.Commands;

/// <summary><c>--allow-command PATH</c>: which programs an estate may have started here, the same for whoever starts one.</summary>
internal static class AllowCommandOption
{
    public static Option<string[]> New() => new("--allow-command")
    {
        Description = "A program that probes and recovery points of the estate may start, by its full path; none otherwise. May be given again",
        HelpName = "PATH",
    };

    /// <summary>The programs that were named.</summary>
    /// <exception cref="CommandFailedException">One of them cannot be run as it was allowed, with the reason.</exception>
    public static AllowedCommands Read(ParseResult parse, Option<string[]> option)
    {
        var paths = parse.GetValue(option) ?? [];
        var allowed = new AllowedCommands(paths);
        return paths.Select(allowed.Refusal).FirstOrDefault(refusal => refusal is not null) is { } refusal
            ? throw new CommandFailedException(ExitCodes.Usage, $"--allow-command: {refusal}.")
            : allowed;
    }
}
