using System.Globalization;
using System.Text.Json;
using DrOrchestrator.Compliance.Alerts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;

namespace DrOrchestrator.Web.Api;

/// <summary>Answer of <c>GET /alerts</c>.</summary>
/// <param name="Open">Those that hold, oldest first.</param>
/// <param name="Recent">The newest ones, cleared ones too, newest first.</param>
public sealed record AlertsDocument(IReadOnlyList<Alert> Open, IReadOnlyList<Alert> Recent);

internal static class AlertEndpoints
{
    private const int MostAlerts = 1000;

    public static void MapAlertEndpoints(this IEndpointRouteBuilder api)
    {
        api.MapGet("/alerts", List);
        api.MapGet("/alerts/events", Watch);
    }

    private static async Task<Results<Ok<AlertsDocument>, Problem>> List(IAlerts alerts, CancellationToken cancellationToken, int limit = 100) =>
        limit is < 1 or > MostAlerts
            ? Problem.Unprocessable("out-of-range", $"limit={limit}; allowed: 1 to {MostAlerts}.")
            : TypedResults.Ok(new AlertsDocument(await alerts.OpenAsync(cancellationToken), await alerts.RecentAsync(limit, cancellationToken)));

    private static AlertEventStream Watch(IAlerts alerts, AlertFeed feed, TimeProvider time, IHostApplicationLifetime lifetime) =>
        new(alerts, feed, time, lifetime.ApplicationStopping);
}

/// <summary>Alerts as server-sent events: first those that hold, then each as it is raised and as it is cleared; comments keep the line alive.</summary>
internal sealed class AlertEventStream(IAlerts alerts, AlertFeed feed, TimeProvider time, CancellationToken stopping) : IResult
{
    private const int Window = 200;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(httpContext.RequestAborted, stopping);
        var response = httpContext.Response;
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-store";
        response.Headers["X-Accel-Buffering"] = "no";
        await response.WriteAsync(": alerts\n\n", ended.Token);
        try
        {
            var told = new Dictionary<long, DateTimeOffset?>();
            var next = feed.Next();
            await TellAsync(response, await alerts.OpenAsync(ended.Token), told, ended.Token);

            // What was raised and cleared before this stream began is history.
            foreach (var known in await alerts.RecentAsync(Window, ended.Token))
            {
                told.TryAdd(known.Id, known.ClearedAt);
            }

            while (true)
            {
                try
                {
                    await next.WaitAsync(DrillEventStream.Heartbeat, time, ended.Token);
                }
                catch (TimeoutException)
                {
                    await response.WriteAsync(": still open\n\n", ended.Token);
                    await response.Body.FlushAsync(ended.Token);
                    continue;
                }

                next = feed.Next();
                await TellAsync(response, [.. (await alerts.RecentAsync(Window, ended.Token)).Reverse()], told, ended.Token);
            }
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // The reader has gone or the server stops.
        }
    }

    private static async Task TellAsync(HttpResponse response, IReadOnlyList<Alert> alerts, Dictionary<long, DateTimeOffset?> told, CancellationToken cancellationToken)
    {
        foreach (var alert in alerts.Where(alert => !told.TryGetValue(alert.Id, out var cleared) || cleared != alert.ClearedAt))
        {
            told[alert.Id] = alert.ClearedAt;
            var json = JsonSerializer.Serialize(alert, ApiJson.Default.Alert);
            await response.WriteAsync(string.Create(CultureInfo.InvariantCulture, $"id: {alert.Id}\nevent: {(alert.ClearedAt is null ? "raised" : "cleared")}\ndata: {json}\n\n"), cancellationToken);
        }

        await response.Body.FlushAsync(cancellationToken);
    }
}
