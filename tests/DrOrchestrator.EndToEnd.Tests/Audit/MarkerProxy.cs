using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;
using DrOrchestrator.EndToEnd.Harness;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace DrOrchestrator.EndToEnd.Audit;

/// <summary>A marker as it passed.</summary>
internal sealed record PassedMarker(string Id, DateTimeOffset SentAt, WriteFate Fate);

/// <summary>
/// Stands between the canary and the front door and keeps a record of its own: which marker was sent, and what was really answered. Nothing of the product's
/// bookkeeping is used.
/// </summary>
internal sealed class MarkerProxy : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, PassedMarker> _markers = new();
    private readonly HttpClient _onward;
    private readonly WebApplication _app;

    private MarkerProxy(Uri frontDoor)
    {
        _onward = new HttpClient(new SocketsHttpHandler { UseProxy = false, PooledConnectionLifetime = TimeSpan.Zero }) { BaseAddress = frontDoor };
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.Run(PassAsync);
    }

    /// <summary>Starts it before the lab's front door and has the estate name it there; before a server reads the estate. Probes still come in by the front door itself.</summary>
    public static async Task<MarkerProxy> StartAsync(LabProcess lab)
    {
        var proxy = new MarkerProxy(lab.FrontDoor);
        await proxy._app.StartAsync();
        string address = proxy._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        lab.EditEstate($"name: front-door, url: \"{lab.FrontDoor.ToString().TrimEnd('/')}\"", $"name: front-door, url: \"{address}\"");
        return proxy;
    }

    /// <summary>Markers whose id begins with <paramref name="prefix"/>, in the order of their sending.</summary>
    public IReadOnlyList<PassedMarker> Of(string prefix) => [.. _markers.Values.Where(m => m.Id.StartsWith(prefix, StringComparison.Ordinal)).OrderBy(m => m.SentAt)];

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _onward.Dispose();
    }

    private async Task PassAsync(HttpContext context)
    {
        using var memory = new MemoryStream();
        await context.Request.Body.CopyToAsync(memory);
        byte[] body = memory.ToArray();
        JsonNode? marker = context.Request.Method == "POST" ? JsonNode.Parse(body) : null;
        Keep(marker, WriteFate.InDoubt);

        using var request = new HttpRequestMessage(new HttpMethod(context.Request.Method), context.Request.Path + context.Request.QueryString.ToString());
        if (body.Length > 0)
        {
            request.Content = new ByteArrayContent(body) { Headers = { { "Content-Type", "application/json" } } };
        }

        using HttpResponseMessage answer = await _onward.SendAsync(request);
        byte[] content = await answer.Content.ReadAsByteArrayAsync();
        context.Response.StatusCode = (int)answer.StatusCode;
        context.Response.ContentType = answer.Content.Headers.ContentType?.ToString();
        context.Response.ContentLength = content.Length;
        await context.Response.Body.WriteAsync(content);
        await context.Response.CompleteAsync();

        // A sender that has hung up did not get it: for it the marker stays in doubt.
        if (!context.RequestAborted.IsCancellationRequested)
        {
            Keep(marker, FateOf(answer.StatusCode, content));
        }
    }

    private void Keep(JsonNode? marker, WriteFate fate)
    {
        if (marker is not null)
        {
            string id = marker["id"]!.GetValue<string>();
            _markers[id] = new PassedMarker(id, marker["sentAt"]!.GetValue<DateTimeOffset>(), fate);
        }
    }

    private static WriteFate FateOf(HttpStatusCode status, byte[] content) => status switch
    {
        HttpStatusCode.Created or HttpStatusCode.OK => WriteFate.Acknowledged,
        HttpStatusCode.ServiceUnavailable when JsonNode.Parse(content)?["refused"]?.GetValue<bool>() == true => WriteFate.Refused,
        _ => WriteFate.InDoubt,
    };
}
