using System.CommandLine;
using System.Text.Json.Nodes;
using DrOrchestrator.Cli.Output;

namespace DrOrchestrator.Cli.Commands;

/// <summary><c>dro drill review ID --reason TEXT</c>: the review of a run in which people set a rule aside, by somebody who took no part in it.</summary>
internal static class DrillReviewCommand
{
    public static Command Build(Terminal terminal)
    {
        var id = CommonOptions.RunNumber();
        var reason = new Option<string>("--reason") { Description = "What was looked at and what it found; goes on record", HelpName = "TEXT", Required = true };
        var command = CommonOptions.Client("review", "Review the overrides of a run (approver or auditor who took no part in it)");
        command.Add(id);
        command.Add(reason);
        command.SetAction(async (parse, cancellationToken) =>
        {
            using var api = CommonOptions.Connect(parse);
            var run = parse.GetValue(id);
            var answer = await api.PostAsync($"drills/{run}/review", new JsonObject { ["reason"] = parse.GetRequiredValue(reason) }, cancellationToken);
            if (CommonOptions.Json(parse))
            {
                JsonDocuments.Write(terminal.Out, answer);
            }
            else
            {
                terminal.Out.WriteLine($"Run {run}: its overrides are reviewed.");
            }

            return ExitCodes.Fine;
        });
        return command;
    }
}
