using System.Text.Json.Nodes;
using DrOrchestrator.Sandbox.Control;
using DrOrchestrator.Sandbox.Ledger;
using DrOrchestrator.Sandbox.Wire;
using Microsoft.AspNetCore.Http;

namespace DrOrchestrator.Sandbox.Postgres;

/// <summary>
/// The container <c>ledger-postgres</c>: makes the site's data folder on its first start, runs the real server on it, and ends with it. SIGTERM is a fast shutdown; whatever
/// else ends this process ends the server as a crash does.
/// </summary>
internal sealed class LedgerPostgresPod(PodSettings settings, LabSettings lab) : IAsyncDisposable
{
    private static readonly TimeSpan ObstaclePeriod = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan FaultsPeriod = TimeSpan.FromMilliseconds(50);
    private readonly ServerSight _sight = new(lab, settings.Site);
    private volatile bool _hasAnswered;

    public static async Task<int> RunAsync(PodSettings settings, LabSettings lab, bool ignoreSigterm)
    {
        using var life = new ProcessLife(ignoreSigterm);
        var volume = new DataVolume(lab, settings.Site, settings.Volume);
        var pod = new LedgerPostgresPod(settings, lab);
        await using (pod.ConfigureAwait(false))
        {
            LoopbackServer port = await LoopbackServer.StartAsync(settings.Port, pod.HandleAsync, TimeProvider.System, life.Stopping).ConfigureAwait(false);
            await using (port.ConfigureAwait(false))
            {
                await volume.PrepareAsync(settings.InitialRole == StoreRole.Primary, TimeProvider.System, life.Stopping).ConfigureAwait(false);
                return await pod.ServeAsync(volume, life).ConfigureAwait(false);
            }
        }
    }

    public ValueTask DisposeAsync() => _sight.DisposeAsync();

    private async Task<int> ServeAsync(DataVolume volume, ProcessLife life)
    {
        if (!await MayStartAsync(volume, life).ConfigureAwait(false))
        {
            return 0;
        }

        Console.WriteLine($"ledger-postgres of {settings.Site}: starts the server on {volume.DataFolder}");
        using PostgresProcess server = PostgresProcess.Start(lab.Postgres!.Installation, volume);
        _ = FollowFaultsAsync(server);
        if (await Task.WhenAny(life.WaitAsync(), server.Exited).ConfigureAwait(false) != server.Exited)
        {
            server.Stop();
        }

        int exitCode = await server.Exited.ConfigureAwait(false);
        await PostgresProcess.EndAllAsync(lab.Postgres.Installation, volume).ConfigureAwait(false);
        return exitCode;
    }

    /// <summary>Waits until there is something to start, as a service manager would try again and again; false when the process is asked to end before.</summary>
    private async Task<bool> MayStartAsync(DataVolume volume, ProcessLife life)
    {
        string? said = null;
        while (volume.Obstacle is { } obstacle)
        {
            if (obstacle != said)
            {
                Console.WriteLine($"ledger-postgres of {settings.Site}: waits, for {obstacle}");
                said = obstacle;
            }

            await Task.Delay(ObstaclePeriod, TimeProvider.System, life.Stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (life.Stopping.IsCancellationRequested)
            {
                return false;
            }
        }

        return true;
    }

    private async Task HandleAsync(HttpContext context)
    {
        JsonObject? sight = context.Request.Path.Value is "/status" or "/healthz" && (!_hasAnswered || context.Request.Path.Value is "/status")
            ? await _sight.ReadAsync(context.RequestAborted).ConfigureAwait(false)
            : null;
        _hasAnswered |= sight is not null;
        await (context.Request.Path.Value switch
        {
            // Once up, it is ready until it ends: one that stands still is not refused to its clients, they wait for it, as for any machine that has stopped.
            "/healthz" => context.AnswerAsync(_hasAnswered ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable, new JsonObject { ["ready"] = _hasAnswered }),
            "/status" when sight is not null => context.AnswerAsync(StatusCodes.Status200OK, sight),
            "/status" => context.RefuseAsync(StatusCodes.Status503ServiceUnavailable, "the server does not answer"),
            _ => context.RefuseAsync(StatusCodes.Status404NotFound, "ledger-postgres has GET /healthz and GET /status; its database has a port of its own"),
        }).ConfigureAwait(false);
    }

    private async Task FollowFaultsAsync(PostgresProcess server)
    {
        bool isFrozen = false;
        while (!server.Exited.IsCompleted)
        {
            bool wanted = LabFaults.Read(settings.FaultsFile).Freezes(settings.Site);
            if (wanted != isFrozen)
            {
                (wanted ? (Action)server.Freeze : server.Thaw)();
                isFrozen = wanted;
            }

            await Task.WhenAny(server.Exited, Task.Delay(FaultsPeriod, TimeProvider.System)).ConfigureAwait(false);
        }
    }
}
