using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using DrOrchestrator.Cli.Client;
using DrOrchestrator.Cli.Output;
using DrOrchestrator.Cli.Watching;
using DrOrchestrator.Drills;

namespace DrOrchestrator.Cli.Commands;

/// <summary><c>dro drill watch ID</c>: where the run stands and its events as they come; the exit code says how it ended.</summary>
internal static class DrillWatchCommand
{
    /// <summary>As often as a clock on a screen moves.</summary>
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(1);

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

    /// <summary>
    /// Text: progress and events, live on a terminal and as plain lines off one, then the run. JSON: events go to standard error, and one document
    /// <c>{"run":...,"events":[...]}</c> ends it.
    /// </summary>
    public static async Task<int> FollowAsync(ApiClient api, long run, bool json, Terminal terminal, CancellationToken cancellationToken)
    {
        var events = new JsonArray();
        IWatchView view = json ? new PlainWatchView(terminal.Error)
            : terminal.OutIsTerminal ? new LiveWatchView(LiveConsole.On(terminal.Out, terminal.Colours))
            : new PlainWatchView(terminal.Out);
        await view.WhileAsync(async () =>
        {
            using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var looking = json ? Task.CompletedTask : LookAsync(api, run, view, terminal.Time, ended.Token);
            try
            {
                await foreach (var happened in RunWatch.FollowAsync(api, run, terminal.Time, cancellationToken))
                {
                    view.Event(happened);
                    events.Add(JsonSerializer.SerializeToNode(happened, JsonDocuments.Options));
                }
            }
            finally
            {
                await ended.CancelAsync();
                await looking;
            }
        });

        var document = await api.GetAsync($"drills/{run}", cancellationToken);
        var shown = ApiClient.Read<RunView>(document);
        if (json)
        {
            JsonDocuments.Write(terminal.Out, new JsonObject { ["run"] = document, ["events"] = events });
        }
        else
        {
            terminal.Out.WriteLine();
            RunText.Write(terminal.Out, shown);
        }

        return ExitCodes.OfOutcome(shown.Outcome);
    }

    /// <summary>Looks where the run stands until it is told to stop. A server that cannot say, or is away for a moment, costs the progress and nothing else.</summary>
    private static async Task LookAsync(ApiClient api, long run, IWatchView view, TimeProvider time, CancellationToken ended)
    {
        try
        {
            while (true)
            {
                try
                {
                    view.Progress(await api.GetAsync<RunProgressView>($"drills/{run}/progress", ended));
                }
                catch (ApiException refused) when (refused.Status is >= 400 and < 500)
                {
                    // A server of before this was there.
                    return;
                }
                catch (Exception failure) when (failure is CommandFailedException or ApiException or IOException or JsonException or OperationCanceledException && !ended.IsCancellationRequested)
                {
                    // Whoever follows the events says what is wrong.
                }

                await Task.Delay(Between, time, ended);
            }
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // The run is closed, or nobody follows it any more.
        }
    }
}
