using System.CommandLine;
using System.Text.Json.Nodes;
using DrOrchestrator.Cli.Output;

namespace DrOrchestrator.Cli.Commands;

/// <summary><c>dro drill settle ID FENCE --reason TEXT</c>: closes the duty to fence an old side where nothing is left to fence, or what another step has left to do.</summary>
internal static class DrillSettleCommand
{
    public static Command Build(Terminal terminal)
    {
        var id = CommonOptions.RunNumber();
        var fence = new Argument<string>("fence") { Description = "The fence step that is still missing, or the step that has left something to do" };
        var reason = new Option<string>("--reason") { Description = "Why nothing is left to do; goes on record", HelpName = "TEXT", Required = true };
        var command = CommonOptions.Client("settle", "Close a duty that a step has left, or to fence an old side: from then on it is not fenced by itself (approver who did not ask for the run)");
        command.Add(id);
        command.Add(fence);
        command.Add(reason);
        command.SetAction(async (parse, cancellationToken) =>
        {
            using var api = CommonOptions.Connect(parse);
            var (run, step) = (parse.GetValue(id), parse.GetRequiredValue(fence));
            var answer = await api.PostAsync($"drills/{run}/duties/{Uri.EscapeDataString(step)}", new JsonObject { ["reason"] = parse.GetRequiredValue(reason) }, cancellationToken);
            if (CommonOptions.Json(parse))
            {
                JsonDocuments.Write(terminal.Out, answer);
            }
            else
            {
                terminal.Out.WriteLine($"Run {run}: the duty of '{step}' is closed; nothing more is done about it by itself.");
            }

            return ExitCodes.Fine;
        });
        return command;
    }
}
