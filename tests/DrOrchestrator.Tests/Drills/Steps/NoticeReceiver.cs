using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace DrOrchestrator.Tests.Drills.Steps;

/// <summary>A system of people across the wire: keeps what it is told.</summary>
internal sealed class NoticeReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;

    private NoticeReceiver(WebApplication app) => _app = app;

    public Uri Url => new(_app.Urls.First());

    /// <summary>Path, headers and body of each, in their order.</summary>
    public ConcurrentQueue<(string Path, Dictionary<string, string> Headers, JsonObject Body)> Notices { get; } = new();

    /// <summary>What it answers.</summary>
    public int Status { get; set; } = 202;

    /// <summary>Says what it was sent, as a receiver in the middle of its debugging does.</summary>
    public bool Echoes { get; set; }

    public static async Task<NoticeReceiver> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var receiver = new NoticeReceiver(builder.Build());
        receiver._app.Run(async request =>
        {
            var body = (await JsonNode.ParseAsync(request.Request.Body))!.AsObject();
            receiver.Notices.Enqueue((request.Request.Path, request.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase), body));
            request.Response.StatusCode = receiver.Status;
            await request.Response.WriteAsync(receiver.Echoes ? request.Request.Headers.Authorization.ToString() : "");
        });
        await receiver._app.StartAsync();
        return receiver;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}
