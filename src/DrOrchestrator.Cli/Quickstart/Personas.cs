using System.Text.Json.Nodes;
using DrOrchestrator.Cli.Client;
using DrOrchestrator.Drills;

namespace DrOrchestrator.Cli.Quickstart;

/// <summary>
/// The people of the sandbox: each looks at what waits for it and answers through the same API as a person would, with a token of its own. What nobody may decide
/// without thinking (a run that asks whether it may go on) they leave alone.
/// </summary>
internal static class Personas
{
    private const string Note = "simulated by the sandbox's persona";

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Runs until cancelled: one loop per persona.</summary>
    public static Task RunAsync(Uri server, IEnumerable<string> tokenFiles, long run, TimeProvider time, CancellationToken cancellationToken) =>
        Task.WhenAll(tokenFiles.Select(file => AnswerAsync(new ServerAddress(server, ServerAddress.ReadToken(file)), run, time, cancellationToken)));

    private static async Task AnswerAsync(ServerAddress address, long run, TimeProvider time, CancellationToken cancellationToken)
    {
        using var api = new ApiClient(address);
        var answered = new HashSet<(string Item, DateTimeOffset AskedAt)>();
        while (true)
        {
            foreach (var item in await api.GetAsync<IReadOnlyList<PendingItem>>("pending", cancellationToken))
            {
                if (item.Run == run && item.Kind is ("approval" or "task" or "step-approval") && answered.Add((item.Name, item.AskedAt)))
                {
                    await AnswerAsync(api, run, item, cancellationToken);
                }
            }

            await Task.Delay(Pause, time, cancellationToken);
        }
    }

    private static async Task AnswerAsync(ApiClient api, long run, PendingItem item, CancellationToken cancellationToken)
    {
        try
        {
            var body = new JsonObject { ["confirmed"] = true, ["note"] = Note };
            await api.PostAsync($"drills/{run}/answers/{Uri.EscapeDataString(item.Name)}", body, cancellationToken);
        }
        catch (ApiException refused) when (refused.Status is 403 or 404 or 409)
        {
            // Somebody else's to answer, or answered meanwhile: the run's own account shows what became of it.
        }
    }
}
