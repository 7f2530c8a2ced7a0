using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace DrOrchestrator.Testing.Kubernetes;

/// <summary>A request a <see cref="FakeCluster"/> got.</summary>
public sealed record FakeRequest(string Method, string Path, string Query, string UserAgent, string? Authorization, string? Body, int Status)
{
    /// <summary>Subject of the certificate that the client showed.</summary>
    public string? ClientCertificate { get; init; }

    public bool IsMutation => Method != "GET" && !Query.Contains("dryRun=All", StringComparison.Ordinal);

    public bool Succeeded => Status is >= 200 and < 300;
}

/// <summary>The far side of the wire for tests of cluster calls: HTTPS with a CA of its own, objects as <see cref="FakeObjects"/> keeps them, and a hook to answer otherwise.</summary>
public sealed class FakeCluster : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly TestCertificates _certificates = new();
    private readonly string _folder;

    private FakeCluster(string folder, IPAddress? address, string? dnsName, DateTimeOffset? until)
    {
        _folder = folder;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore();
        builder.Logging.ClearProviders();
        var certificate = _certificates.Server(address, dnsName, until);
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(o => o.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(https =>
        {
            https.ServerCertificate = certificate;
            https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
            https.ClientCertificateValidation = (_, _, _) => AcceptsClients;
        })));
        _app = builder.Build();
        _app.UseWebSockets();
        _app.Run(AnswerAsync);
    }

    public FakeObjects Objects { get; } = new();

    public ConcurrentQueue<FakeRequest> Requests { get; } = new();

    /// <summary>Answers instead of the objects when it returns a result.</summary>
    public Func<HttpRequest, string?, (int Status, JsonNode? Body)?>? Intercept { get; set; }

    /// <summary>Answers by itself, as slowly and as badly as it likes, when it returns true.</summary>
    public Func<HttpContext, Task<bool>>? Takes { get; set; }

    /// <summary>The release that it answers as; null for answers as they are kept.</summary>
    public WireRelease? Release { get; set; }

    /// <summary>Objects of a page at most, however many are asked for; a list that is asked for whole is too long for any answer then (504). Null: all at once.</summary>
    public int? PageSize { get; set; }

    /// <summary>Whether a handshake in which the client shows a certificate succeeds, whatever certificate.</summary>
    public bool AcceptsClients { get; set; } = true;

    public string AuthorityPem => _certificates.AuthorityPem;

    public string Folder => _folder;

    public Uri Url { get; private set; } = null!;

    public string KubeconfigPath => Path.Combine(_folder, "kubeconfig");

    public IEnumerable<FakeRequest> Mutations => Requests.Where(r => r.IsMutation && r.Succeeded);

    public static async Task<FakeCluster> StartAsync(IPAddress? address = null, string? dnsName = null, DateTimeOffset? until = null)
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "work", "cluster-" + Guid.NewGuid().ToString("N")[..8]);
        Directory.CreateDirectory(folder);
        var cluster = new FakeCluster(folder, dnsName is null ? address ?? IPAddress.Loopback : address, dnsName, until);
        await cluster._app.StartAsync();
        cluster.Url = new Uri(cluster._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        cluster.WriteKubeconfig("token: test-token");
        return cluster;
    }

    public void WriteKubeconfig(string user, string cluster = "", string context = "primary") => File.WriteAllText(
        KubeconfigPath,
        $$"""
        apiVersion: v1
        kind: Config
        clusters:
        - name: c1
          cluster:
            server: {{Url.AbsoluteUri}}
            certificate-authority-data: {{Convert.ToBase64String(Encoding.UTF8.GetBytes(_certificates.AuthorityPem))}}
            {{cluster}}
        users:
        - name: u1
          user:
            {{user}}
        contexts:
        - name: {{context}}
          context: { cluster: c1, user: u1 }
        - name: x
          context: { cluster: c1, user: u1 }
        """);

    public (string Certificate, string Key) ClientCertificate(string name, DateTimeOffset? until = null) => _certificates.Client(name, until);

    /// <summary>The server's end of TLS of something else under the same authority.</summary>
    public X509Certificate2 ServerCertificate(IPAddress address) => _certificates.Server(address, null);

    public string WriteFile(string name, string content)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, content);
        return path;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _certificates.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static (int Status, JsonNode? Body) Page(HttpRequest request, JsonArray items, int size)
    {
        if (!request.Query.ContainsKey("limit"))
        {
            return FakeObjects.Status(504, "Timeout", "the list is too long for one answer");
        }

        var begin = int.TryParse(request.Query["continue"], out var next) ? next : 0;
        var metadata = begin + size < items.Count ? new JsonObject { ["continue"] = (begin + size).ToString(System.Globalization.CultureInfo.InvariantCulture) } : [];
        return (200, new JsonObject { ["kind"] = "List", ["apiVersion"] = "v1", ["metadata"] = metadata, ["items"] = new JsonArray([.. items.Skip(begin).Take(size).Select(item => item?.DeepClone())]) });
    }

    private async Task AnswerAsync(HttpContext context)
    {
        if (Takes is { } takes && await takes(context))
        {
            return;
        }

        var request = context.Request;
        using var reader = new StreamReader(request.Body);
        var body = await reader.ReadToEndAsync();
        var (status, answer) = Intercept?.Invoke(request, body) ?? Release?.OfItself(request)
            ?? Objects.Answer(request.Method, Release?.Kept(request.Path!) ?? request.Path, request.Query["labelSelector"], request.ContentType ?? "", request.Query["fieldManager"], body, request.Query["dryRun"] == "All");
        if (PageSize is { } size && request.Method == "GET" && answer is JsonObject list && list["items"] is JsonArray items && list["kind"]?.ToString() != WireRelease.AggregatedKind)
        {
            (status, answer) = Page(request, items, size);
        }

        Requests.Enqueue(new FakeRequest(
            request.Method, request.Path, request.QueryString.ToString(), request.Headers.UserAgent.ToString(), request.Headers.Authorization, body.Length == 0 ? null : body, status)
        {
            ClientCertificate = context.Connection.ClientCertificate?.Subject,
        });
        if (Release is { } release)
        {
            (status, answer) = release.Say(context.Response, status, answer);
        }

        context.Response.StatusCode = status;
        if (answer is JsonValue text)
        {
            context.Response.ContentType = "text/plain; charset=utf-8";
            await context.Response.WriteAsync(text.GetValue<string>());
        }
        else if (answer is not null)
        {
            context.Response.ContentType = answer["kind"]?.ToString() == WireRelease.AggregatedKind ? WireRelease.AggregatedType : "application/json";
            await context.Response.WriteAsync(answer.ToJsonString());
        }
    }
}
