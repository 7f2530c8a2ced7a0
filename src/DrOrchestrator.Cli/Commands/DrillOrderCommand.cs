using System.CommandLine;
using System.Text.Json.Nodes;
using DrOrchestrator.Cli.Output;
using DrOrchestrator.Drills.Stops;

namespace DrOrchestrator.Cli.Commands;

/// <summary><c>dro drill abort|pause|resume|report ID</c>: stops a run, in whatever state it is, lets a paused one go on, or reports a real one; who says it comes from the token.</summary>
internal static class DrillOrderCommand
{
    public static Command Abort(Terminal terminal) =>
        Build(RunOrder.Abort, "Stop a run for good: nothing new begins; a drill is rolled back and closed, a real run asks how to go on", "is to be aborted", terminal);

    public static Command Pause(Terminal terminal) => Build(RunOrder.Pause, "Hold a run: nothing new begins until it is resumed", "is to be paused", terminal);

    public static Command Report(Terminal terminal) =>
        Build(RunOrder.Report, "Put the summary report of a real incident on record; without it the incident shows no recovery", "has its summary report", terminal);

    public static Command Resume(Terminal terminal) => Build(RunOrder.Resume, "Let a paused run go on", "goes on", terminal);

    private static Command Build(RunOrder order, string description, string said, Terminal terminal)
    {
        var id = CommonOptions.RunNumber();
        var reason = order is RunOrder.Resume
            ? new Option<string?>("--note") { Description = "Goes on record", HelpName = "TEXT" }
            : new Option<string?>("--reason") { Description = order is RunOrder.Report ? "The report, or where it is kept; goes on record" : "Why; goes on record", HelpName = "TEXT", Required = true };
        var command = CommonOptions.Client(StopRules.Word(order), description);
        command.Add(id);
        command.Add(reason);
        command.SetAction(async (parse, cancellationToken) =>
        {
            using var api = CommonOptions.Connect(parse);
            var run = parse.GetValue(id);
            var answer = await api.PostAsync($"drills/{run}/{StopRules.Word(order)}", new JsonObject { ["reason"] = parse.GetValue(reason) }, cancellationToken);
            if (CommonOptions.Json(parse))
            {
                JsonDocuments.Write(terminal.Out, answer);
            }
            else
            {
                terminal.Out.WriteLine($"Run {run} {said}.");
                terminal.Out.WriteLine($"See how it stands with: dro drill show {run}");
            }

            return ExitCodes.Fine;
        });
        return command;
    }
}
