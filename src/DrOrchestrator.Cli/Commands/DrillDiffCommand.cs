using System.CommandLine;
using DrOrchestrator.Cli.Client;
using DrOrchestrator.Cli.Output;

namespace DrOrchestrator.Cli.Commands;

/// <summary><c>dro drill diff RUN RUN</c>: what was slower, changed, new or left out, and how far the forecasts were off.</summary>
internal static class DrillDiffCommand
{
    public static Command Build(Terminal terminal)
    {
        var first = new Argument<long>("RUN") { Description = "The run that is compared with, usually the earlier one" };
        var second = new Argument<long>("OTHER") { Description = "The run that is compared" };
        var command = CommonOptions.Client("diff", "Compare two runs: steps, phases of the recovery time, forecasts");
        command.Add(first);
        command.Add(second);
        command.SetAction(async (parse, cancellationToken) =>
        {
            using var api = CommonOptions.Connect(parse);
            var document = await api.GetAsync($"drills/{parse.GetValue(first)}/diff/{parse.GetValue(second)}", cancellationToken);
            if (CommonOptions.Json(parse))
            {
                JsonDocuments.Write(terminal.Out, document);
            }
            else
            {
                RunDiffText.Write(terminal.Out, ApiClient.Read<RunDiffView>(document), terminal.Width);
            }

            return ExitCodes.Fine;
        });
        return command;
    }
}
