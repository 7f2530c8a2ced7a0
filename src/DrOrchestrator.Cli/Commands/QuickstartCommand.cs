using System.CommandLine;
using System.Globalization;
using DrOrchestrator.Cli.Output;
using DrOrchestrator.Cli.Processes;
using DrOrchestrator.Cli.Quickstart;
using DrOrchestrator.Commands;

namespace DrOrchestrator.Cli.Commands;

/// <summary><c>dro quickstart</c>: the product's main job against the sandbox, on this machine, in under a minute.</summary>
internal static class QuickstartCommand
{
    public static Command Build(Terminal terminal, Termination termination)
    {
        var data = new Option<string?>("--data") { Description = "Folder for everything; ./dro-quickstart-TIME by default", HelpName = "DIR" };
        var exit = new Option<bool>("--exit") { Description = "Stop after the summary instead of leaving the server up (implied by --output json)" };
        var delay = DurationOption.ReplicationDelay();
        var fast = new Option<bool>("--fast") { Description = "Probe every 100 ms, so that the run takes seconds" };
        var postgres = new PostgresOption();
        var command = new Command("quickstart", "Watch two sites, fail one over and back, verify the record: all in a sandbox on this machine") { data, exit, delay, fast };
        foreach (var option in postgres.All)
        {
            command.Add(option);
        }

        command.SetAction(async (parse, cancellationToken) =>
        {
            RuntimeTraces.Remove();
            var json = CommonOptions.Json(parse);
            var database = postgres.Read(parse);
            var options = new QuickstartOptions(
                CreateFolder(parse.GetValue(data), terminal.Time),
                json || parse.GetValue(exit),
                json,
                parse.GetRequiredValue(delay),
                parse.GetValue(fast),
                database);
            return await RunAsync(options, terminal, termination, cancellationToken);
        });
        return command;
    }

    private static async Task<int> RunAsync(QuickstartOptions options, Terminal terminal, Termination termination, CancellationToken cancellationToken)
    {
        var (writer, isTerminal) = options.Json ? (terminal.Error, terminal.ErrorIsTerminal) : (terminal.Out, terminal.OutIsTerminal);
        writer.WriteLine($"Everything is kept in {options.Folder}");
        if (options.Postgres is not null)
        {
            CheckPlace(options.Folder);
        }

        IQuickstartView view = isTerminal ? new LiveView(LiveConsole.On(writer, terminal.Colours)) : new PlainView(writer);
        var quickstart = new QuickstartRun(options, view, Self.StartInfo, terminal.Time, termination);
        await using (quickstart)
        {
            var result = await view.WhileAsync(() => quickstart.RunAsync(cancellationToken));
            if (options.Json)
            {
                JsonDocuments.Write(terminal.Out, QuickstartDocument.Of(result));
                return result.ExitCode;
            }

            QuickstartSummary.Write(terminal.Out, result);
            if (!options.Exit)
            {
                QuickstartSummary.WriteGoodbye(terminal.Out, result);
                await quickstart.StayUpAsync(cancellationToken);
            }

            return result.ExitCode;
        }
    }

    /// <summary>A new folder, or an empty one: a quickstart starts from nothing, so that what it leaves is what it made.</summary>
    private static string CreateFolder(string? data, TimeProvider time)
    {
        var name = "dro-quickstart-" + time.GetLocalNow().ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture);
        var folder = Path.GetFullPath(data ?? name);
        try
        {
            for (var number = 2; data is null && Path.Exists(folder); number++)
            {
                folder = Path.GetFullPath($"{name}-{number}");
            }

            return Directory.CreateDirectory(folder).EnumerateFileSystemInfos().Any()
                ? throw new CommandFailedException(ExitCodes.Usage, $"{folder} is not empty; a quickstart starts from nothing. Give another --data DIR, or remove it.")
                : folder;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailedException(ExitCodes.Usage, $"{folder} cannot be made ({e.Message.TrimEnd('.')}). Give --data DIR with a folder that you may write.");
        }
    }

    /// <summary>
    /// With PostgreSQL the lab writes the programs by which the server reaches the databases' hosts, and the server starts none that others could exchange. Told before
    /// anything runs, by that very rule.
    /// </summary>
    private static void CheckPlace(string folder)
    {
        var program = Path.Combine(folder, "program");
        var file = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Options = FileOptions.DeleteOnClose };
        if (!OperatingSystem.IsWindows())
        {
            file.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        }

        using (new FileStream(program, file))
        {
            if (new AllowedCommands([program]).Refusal(program) is { } refusal)
            {
                throw new CommandFailedException(
                    ExitCodes.Usage, $"--postgres: below {folder} others could exchange the programs that the lab makes: {refusal}. Give --data DIR below folders that only you may write.");
            }
        }
    }
}
