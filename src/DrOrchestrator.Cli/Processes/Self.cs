using System.Diagnostics;

namespace DrOrchestrator.Cli.Processes;

/// <summary>This executable, to be started again as a child with other arguments.</summary>
internal static class Self
{
    /// <summary>The program, then leading arguments: two words when it runs as <c>dotnet dro.dll</c>.</summary>
    public static IReadOnlyList<string> Command { get; } =
        Environment.ProcessPath is not { } program ? throw new InvalidOperationException("The path of this program is not known, so that it cannot start its parts.")
        : Path.GetFileNameWithoutExtension(program) == "dotnet" ? [program, Path.Combine(AppContext.BaseDirectory, "dro.dll")]
        : [program];

    /// <summary>All three streams are pipes of ours: the child never touches the terminal, and ends when we do because its standard input ends.</summary>
    public static ProcessStartInfo StartInfo(params IEnumerable<string> arguments)
    {
        var info = new ProcessStartInfo(Command[0])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var argument in Command.Skip(1).Concat(arguments))
        {
            info.ArgumentList.Add(argument);
        }

        // The runtime would leave its diagnostic sockets in the temp folder when it is killed.
        info.Environment["DOTNET_EnableDiagnostics"] = "0";
        return info;
    }
}
