using System.CommandLine;
using System.Text.Json.Nodes;
using DrOrchestrator.Cli.Client;
using DrOrchestrator.Cli.Output;
using DrOrchestrator.Drills;

namespace DrOrchestrator.Cli.Commands;

/// <summary><c>dro drill start PLAN</c>: puts a run on record; who asks for it comes from the token.</summary>
internal static class DrillStartCommand
{
    public static Command Build(Terminal terminal)
    {
        var plan = new Argument<string>("PLAN") { Description = "Name of the plan" };
        var mode = new Option<string>("--mode") { Description = "How it runs: tabletop, rehearsal, live, real", HelpName = "MODE", Required = true };
        mode.AcceptOnlyFromAmong("tabletop", "rehearsal", "live", "real");
        var reason = new Option<string>("--reason") { Description = "Why the run is made; goes on record", HelpName = "TEXT", Required = true };
        var closes = new Option<long?>("--closes") { Description = "The switched-not-returned run whose duties this one closes when it passes", HelpName = "ID" };
        var wait = new Option<bool>("--wait") { Description = "Follow the run to its end; the exit code says how it ended" };
        var command = CommonOptions.Client("start", "Start a run of a plan");
        command.Add(plan);
        command.Add(mode);
        command.Add(reason);
        command.Add(closes);
        command.Add(wait);
        command.SetAction(async (parse, cancellationToken) =>
        {
            using var api = CommonOptions.Connect(parse);
            var body = new JsonObject { ["plan"] = parse.GetValue(plan), ["mode"] = parse.GetValue(mode), ["reason"] = parse.GetValue(reason) };
            if (parse.GetValue(closes) is { } earlier)
            {
                body["closes"] = earlier;
            }

            var started = await api.PostAsync("drills", body, cancellationToken);
            var run = ApiClient.Read<RunView>(started);
            if (parse.GetValue(wait))
            {
                terminal.Error.WriteLine($"Run {run.Id} of {run.Plan} is on record.");
                return await DrillWatchCommand.FollowAsync(api, run.Id, CommonOptions.Json(parse), terminal, cancellationToken);
            }

            if (CommonOptions.Json(parse))
            {
                JsonDocuments.Write(terminal.Out, started);
            }
            else
            {
                terminal.Out.WriteLine($"Run {run.Id} of {run.Plan} is on record: {run.Phase}.");
                terminal.Out.WriteLine($"Follow it with: dro drill watch {run.Id}");
            }

            return ExitCodes.Fine;
        });
        return command;
    }
}
