using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace DrOrchestrator.Cli.Tests.Client;

/// <summary>The far side of the wire: answers what a test told it to, keeps what was asked, and refuses everything else by name.</summary>
internal sealed class FakeServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Dictionary<string, Queue<(int Status, string Type, byte[] Body)>> _answers = [];
    private readonly TestFolder _folder = new();

    private FakeServer(WebApplication app) => _app = app;

    /// <summary>Requests as <c>POST /drills TOKEN BODY</c>.</summary>
    public List<string> Requests { get; } = [];

    /// <summary>A data folder that leads to this server.</summary>
    public string DataFolder => _folder.Path;

    public Uri Url => new(_app.Urls.First());

    public static async Task<FakeServer> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var server = new FakeServer(app);
        app.Run(server.AnswerAsync);
        await app.StartAsync();
        server._folder.File("server.json", $$"""{"url":"{{server.Url}}","pid":1,"startedAt":"2026-01-01T00:00:00Z"}""");
        server._folder.File("operator.token", "operators-token\n");
        return server;
    }

    /// <summary>Queues an answer; the last one of a request is repeated.</summary>
    public FakeServer On(string request, string body, int status = 200, string type = "application/json") => On(request, Encoding.UTF8.GetBytes(body), status, type);

    public FakeServer On(string request, byte[] body, int status = 200, string type = "application/octet-stream")
    {
        if (!_answers.TryGetValue(request, out var queue))
        {
            _answers[request] = queue = new();
        }

        queue.Enqueue((status, type, body));
        return this;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _folder.Dispose();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var body = await reader.ReadToEndAsync();
        var path = $"{context.Request.Path}{context.Request.QueryString}".Replace("/api/v1", "", StringComparison.Ordinal);
        var request = $"{context.Request.Method} {path}";
        (int Status, string Type, byte[] Body) answer;
        lock (Requests)
        {
            Requests.Add($"{request} {context.Request.Headers.Authorization} {body}".TrimEnd());
            answer = !_answers.TryGetValue(request, out var queue) ? (418, "text/plain", Encoding.UTF8.GetBytes($"no answer for {request}"))
                : queue.Count > 1 ? queue.Dequeue()
                : queue.Peek();
        }

        context.Response.StatusCode = answer.Status;
        context.Response.ContentType = answer.Type;
        await context.Response.Body.WriteAsync(answer.Body);
    }
}
