using System.CommandLine;
using DrOrchestrator.Cli.Client;
using DrOrchestrator.Cli.Output;
using DrOrchestrator.Drills;

namespace DrOrchestrator.Cli.Commands;

/// <summary><c>dro drill show ID</c>: a run with its gates, steps, answers and figures.</summary>
internal static class DrillShowCommand
{
    public static Command Build(Terminal terminal)
    {
        var id = CommonOptions.RunNumber();
        var command = CommonOptions.Client("show", "Show a run: gates, steps, answers, figures");
        command.Add(id);
        command.SetAction(async (parse, cancellationToken) =>
        {
            using var api = CommonOptions.Connect(parse);
            var document = await api.GetAsync($"drills/{parse.GetValue(id)}", cancellationToken);
            var run = ApiClient.Read<RunView>(document);
            if (CommonOptions.Json(parse))
            {
                JsonDocuments.Write(terminal.Out, document);
            }
            else
            {
                RunText.Write(terminal.Out, run);
            }

            return ExitCodes.OfOutcome(run.Outcome);
        });
        return command;
    }
}
