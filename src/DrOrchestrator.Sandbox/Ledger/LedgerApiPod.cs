using System.Text.Json.Nodes;
using DrOrchestrator.Sandbox.Control;
using DrOrchestrator.Sandbox.Postgres;
using DrOrchestrator.Sandbox.Wire;
using Microsoft.AspNetCore.Http;

namespace DrOrchestrator.Sandbox.Ledger;

/// <summary>
/// The container <c>ledger-api</c>: passes <c>/ledger/*</c> on to the store of its own site, or does it in the site's PostgreSQL. It keeps nothing and has no opinion about
/// roles: the store, or the database, refuses what it must.
/// </summary>
internal sealed class LedgerApiPod(PodSettings settings, TimeProvider time, Func<HttpContext, Task>? ledger = null) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);
    private readonly Relay _relay = new(time);
    private readonly HttpClient _client = new(Relay.NewHandler()) { Timeout = Patience };
    private readonly long _startedAt = time.GetTimestamp();
    private TimeSpan? _readyAfter;

    public static async Task<int> RunAsync(PodSettings settings, bool ignoreSigterm, LabSettings? lab)
    {
        using var life = new ProcessLife(ignoreSigterm);
        PostgresLedger? database = lab?.Postgres is null ? null : PostgresLedger.Open(lab, settings.Site);
        await (database?.WarmUpAsync() ?? Task.CompletedTask).ConfigureAwait(false);
        using var pod = new LedgerApiPod(settings, TimeProvider.System, database is null ? null : new PostgresLedgerEndpoints(database).HandleAsync);
        LoopbackServer server = await LoopbackServer.StartAsync(settings.Port, pod.HandleAsync, TimeProvider.System, life.Stopping).ConfigureAwait(false);
        await using (server.ConfigureAwait(false))
        {
            Console.WriteLine($"ledger-api of {settings.Site}: {(database is null ? $"passes on to {settings.StoreUrl}" : "works in the site's PostgreSQL")}");
            await life.WaitAsync().ConfigureAwait(false);
        }

        return 0;
    }

    public Task HandleAsync(HttpContext context) => context.Request.Path.Value switch
    {
        "/healthz" => HealthAsync(context),
        _ when context.Request.Path.StartsWithSegments("/ledger", StringComparison.Ordinal) =>
            ledger?.Invoke(context) ?? _relay.ForwardAsync(context, settings.StoreUrl, EpochOf(context)),
        _ => context.RefuseAsync(StatusCodes.Status404NotFound, $"ledger-api has no {context.Request.Path}"),
    };

    public void Dispose()
    {
        _relay.Dispose();
        _client.Dispose();
    }

    private static string? EpochOf(HttpContext context) =>
        context.Request.Headers[Relay.EpochHeader].ToString() is { Length: > 0 } epoch ? epoch : null;

    private async Task HealthAsync(HttpContext context)
    {
        _readyAfter ??= await DelayAsync(context.RequestAborted).ConfigureAwait(false);
        bool ready = _readyAfter is { } delay && time.GetElapsedTime(_startedAt) >= delay;
        await context.AnswerAsync(
            ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable,
            new JsonObject { ["ready"] = ready }).ConfigureAwait(false);
    }

    /// <summary>
    /// Decided once, at the first look: the fault slows down an application that starts at a site which was promoted or is about to be (plans start it beside the
    /// fence), not one of a primary that nobody promoted. Null while that cannot be told.
    /// </summary>
    private async Task<TimeSpan?> DelayAsync(CancellationToken cancellationToken)
    {
        if (LabFaults.Read(settings.FaultsFile).DelayOfApplication(settings.Site) is not { } delay)
        {
            return TimeSpan.Zero;
        }

        try
        {
            byte[] answer = await _client.GetByteArrayAsync(new Uri(settings.StoreUrl, "/status"), cancellationToken).ConfigureAwait(false);
            JsonObject? status = JsonWire.ParseObject(answer);
            return status?.Text("role") == "primary" && status.Integer("epoch") == 1 ? TimeSpan.Zero : delay;
        }
        catch (Exception e) when (CallFailure.Is(e) && !cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }
}
