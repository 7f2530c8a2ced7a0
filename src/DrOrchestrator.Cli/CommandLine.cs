using System.CommandLine;
using System.CommandLine.Invocation;
using DrOrchestrator.Cli.Commands;
using DrOrchestrator.Cli.Output;

namespace DrOrchestrator.Cli;

/// <summary>The tree of commands and what happens around each of them: usage errors, unexpected errors, exit codes.</summary>
internal static class CommandLine
{
    public static RootCommand Build(Terminal terminal, Termination termination) => new("Disaster-recovery orchestrator: watch two sites, switch between them, measure it, prove it")
    {
        CommonOptions.Output,
        QuickstartCommand.Build(terminal, termination),
        ServeCommand.Build(terminal),
        LookCommand.Build(),
        SandboxCommand.Build(terminal),
        EstateCommand.Build(terminal),
        CheckCommand.Build(terminal, KnownKinds.CatalogAsync),
        StatusCommand.Build(terminal),
        AssessCommand.Build(terminal),
        AvailabilityCommand.Build(terminal),
        MaintenanceCommand.Build(terminal),
        NamespaceCommand.Build(terminal),
        OutageCommand.Build(terminal),
        TierCommand.Build(terminal),
        CalendarCommand.Build(terminal),
        PlanCommand.Build(terminal, KnownKinds.CatalogAsync),
        SchemaCommand.Build(terminal, KnownKinds.CatalogAsync),
        DrillCommand.Build(terminal),
        ProbeCommand.Build(terminal, KnownKinds.CatalogAsync),
        EvidenceCommand.Build(terminal),
        TokenCommand.Build(terminal, KnownKinds.CatalogAsync),
    };

    public static async Task<int> RunAsync(string[] args, Terminal terminal, Termination termination)
    {
        try
        {
            var parsed = Build(terminal, termination).Parse(args);
            if (parsed.Action is ParseErrorAction mistake)
            {
                mistake.ShowHelp = false;
                await parsed.InvokeAsync(Invocation(terminal.Error, terminal.Error), CancellationToken.None);
                terminal.Error.WriteLine($"See: dro {CommandPath(parsed.CommandResult.Command)}--help");
                return ExitCodes.Usage;
            }

            return await parsed.InvokeAsync(Invocation(terminal.Out, terminal.Error), termination.Token);
        }
        catch (Exception e)
        {
            var code = ExitCodes.Of(e, termination.Signal);
            if (code < 128 || terminal.Debug)
            {
                terminal.Error.WriteLine(terminal.Debug ? e.ToString() : $"dro: {e.Message}");
            }

            return code;
        }
    }

    private static InvocationConfiguration Invocation(TextWriter output, TextWriter error) => new()
    {
        Output = output,
        Error = error,
        EnableDefaultExceptionHandler = false,
        ProcessTerminationTimeout = null,
    };

    private static string CommandPath(Command command)
    {
        var names = new Stack<string>();
        for (Symbol? symbol = command; symbol is Command and not RootCommand; symbol = symbol.Parents.FirstOrDefault())
        {
            names.Push(symbol.Name);
        }

        return string.Concat(names.Select(name => name + " "));
    }
}
