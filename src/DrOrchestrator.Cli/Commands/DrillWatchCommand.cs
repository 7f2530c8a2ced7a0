using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using DrOrchestrator.Cli.Client;
using DrOrchestrator.Cli.Output;
using DrOrchestrator.Drills;

namespace DrOrchestrator.Cli.Commands;

/// <summary><c>dro drill watch ID</c>: the run's events as they come; the exit code says how it ended.</summary>
internal static class DrillWatchCommand
{
    public static Command Build(Terminal terminal)
    {
        var id = CommonOptions.RunNumber();
        var command = CommonOptions.Client("watch", "Follow a run to its end");
        command.Add(id);
        command.SetAction(async (parse, cancellationToken) =>
        {
            using var api = CommonOptions.Connect(parse);
            return await FollowAsync(api, parse.GetValue(id), CommonOptions.Json(parse), terminal, cancellationToken);
        });
        return command;
    }

    /// <summary>Text: events, then the run. JSON: events go to standard error, and one document <c>{"run":...,"events":[...]}</c> ends it.</summary>
    public static async Task<int> FollowAsync(ApiClient api, long run, bool json, Terminal terminal, CancellationToken cancellationToken)
    {
        var events = new JsonArray();
        await foreach (var happened in RunWatch.FollowAsync(api, run, terminal.Time, cancellationToken))
        {
            (json ? terminal.Error : terminal.Out).WriteLine(RunText.Event(happened));
            events.Add(JsonSerializer.SerializeToNode(happened, JsonDocuments.Options));
        }

        var document = await api.GetAsync($"drills/{run}", cancellationToken);
        var view = ApiClient.Read<RunView>(document);
        if (json)
        {
            JsonDocuments.Write(terminal.Out, new JsonObject { ["run"] = document, ["events"] = events });
        }
        else
        {
            terminal.Out.WriteLine();
            RunText.Write(terminal.Out, view);
        }

        return ExitCodes.OfOutcome(view.Outcome);
    }
}
