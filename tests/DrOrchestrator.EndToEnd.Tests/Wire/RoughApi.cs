using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using DrOrchestrator.EndToEnd.Harness;
using DrOrchestrator.Testing.Kubernetes;
using k8s;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace DrOrchestrator.EndToEnd.Wire;

/// <summary>
/// Stands between the server and a site's Kubernetes API and answers as one does in a bad hour. Each write is disturbed when it first comes, and each eighth read of an address, in the
/// next way of a list, so that a run meets them all whatever the machine does meanwhile. It speaks as the API server of a release.
/// </summary>
internal sealed partial class RoughApi : IAsyncDisposable
{
    private const string Json = "application/json";

    private static readonly Trouble[] OfReads = [Trouble.TooMany, Trouble.ErrorPage, Trouble.CutInTheMiddle, Trouble.Unavailable];

    private static readonly Trouble[] OfWrites = [Trouble.AnswerLost, Trouble.TooMany, Trouble.GatewayTimeoutBehindTheEffect, Trouble.Unavailable, Trouble.CutBefore];

    private readonly TestCertificates _certificates = new();
    private readonly ConcurrentDictionary<string, int> _asked = new();
    private readonly ConcurrentQueue<Trouble> _made = new();
    private readonly WireRelease _release;
    private readonly bool _calm;
    private readonly HttpClient _onward;
    private readonly WebApplication _app;
    private int _reads;
    private int _writes;

    private RoughApi(KubernetesClientConfiguration site, WireRelease release, bool calm)
    {
        (_release, _calm) = (release, calm);
        var trust = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        trust.CustomTrustStore.AddRange(site.SslCaCerts);
        _onward = new HttpClient(new SocketsHttpHandler { UseProxy = false, SslOptions = { CertificateChainPolicy = trust } }) { BaseAddress = new Uri(site.Host) };
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore();
        builder.Logging.ClearProviders();
        X509Certificate2 certificate = _certificates.Server(IPAddress.Loopback, null);
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(o => o.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(certificate)));
        _app = builder.Build();
        _app.Run(PassAsync);
    }

    /// <summary>One way to go wrong.</summary>
    internal enum Trouble
    {
        /// <summary>429 with Retry-After; nothing was done.</summary>
        TooMany,

        /// <summary>503 with a Status; nothing was done.</summary>
        Unavailable,

        /// <summary>502 with the page of a load balancer.</summary>
        ErrorPage,

        /// <summary>The connection ends within the answer.</summary>
        CutInTheMiddle,

        /// <summary>The connection ends; nothing was done.</summary>
        CutBefore,

        /// <summary>It was done, and the connection ends without an answer.</summary>
        AnswerLost,

        /// <summary>It was done, and the answer is 504.</summary>
        GatewayTimeoutBehindTheEffect,
    }

    /// <summary>What was made so far, in order.</summary>
    public IReadOnlyList<Trouble> Made => [.. _made];

    /// <summary>What was asked for so far.</summary>
    public IEnumerable<string> Paths => _asked.Keys.Select(what => what.Split(' ')[1]);

    /// <summary>Starts one before a site's API and has the estate's kubeconfig name it there; before a server reads it.</summary>
    /// <param name="calm">Nothing is disturbed.</param>
    public static async Task<RoughApi> StartAsync(LabProcess lab, string site, WireRelease release, bool calm)
    {
        Match declared = Regex.Match(File.ReadAllText(lab.EstateFile), $@"name: {site},.*kubeconfig: (?<file>[^,]+),");
        string file = Path.GetFullPath(declared.Groups["file"].Value, lab.Estate);
        KubernetesClientConfiguration configuration = KubernetesClientConfiguration.BuildConfigFromConfigFile(file, site);
        var rough = new RoughApi(configuration, release, calm);
        await rough._app.StartAsync();
        string address = rough._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        string text = File.ReadAllText(file);
        text = Server().Replace(text, $"server: {address}");
        text = Authority().Replace(text, $"certificate-authority-data: {Convert.ToBase64String(Encoding.UTF8.GetBytes(rough._certificates.AuthorityPem))}");
        text.Should().Contain(address);
        File.WriteAllText(file, text);
        return rough;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _onward.Dispose();
        _certificates.Dispose();
    }

    private async Task PassAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        Trouble? trouble = Next(context.Request, body.ToArray());
        if (trouble is { } made)
        {
            _made.Enqueue(made);
        }

        switch (trouble)
        {
            case Trouble.TooMany:
                context.Response.Headers.RetryAfter = "1";
                await RefuseAsync(context, """{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"too many requests, please try again later","reason":"TooManyRequests","details":{"retryAfterSeconds":1},"code":429}""");
                return;
            case Trouble.Unavailable:
                await RefuseAsync(context, """{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"the server is currently unable to handle the request","reason":"ServiceUnavailable","code":503}""");
                return;
            case Trouble.ErrorPage:
                await AnswerAsync(context, 502, "<html><body><h1>502 Bad Gateway</h1></body></html>", "text/html");
                return;
            case Trouble.CutBefore:
                context.Abort();
                return;
        }

        (int status, byte[] content, string? type) = await AskAsync(context, body.ToArray());
        switch (trouble)
        {
            case Trouble.AnswerLost:
                context.Abort();
                return;
            case Trouble.GatewayTimeoutBehindTheEffect:
                await AnswerAsync(context, 504, "upstream request timeout", "text/plain");
                return;
            case Trouble.CutInTheMiddle:
                context.Response.StatusCode = status;
                context.Response.ContentType = type;
                context.Response.ContentLength = content.Length;
                await context.Response.Body.WriteAsync(content.AsMemory(0, content.Length / 2));
                await context.Response.Body.FlushAsync();
                context.Abort();
                return;
            default:
                await AnswerAsync(context, status, content, type);
                return;
        }
    }

    private Trouble? Next(HttpRequest request, byte[] body)
    {
        string what = $"{request.Method} {request.Path} {Convert.ToHexString(SHA256.HashData(body))}";
        int before = _asked.AddOrUpdate(what, 0, (_, count) => count + 1);
        return _calm ? null
            : request.Method == "GET"
            ? before % 8 == 0 ? OfReads[(Interlocked.Increment(ref _reads) - 1) % OfReads.Length] : null
            : before % 2 == 0 ? OfWrites[(Interlocked.Increment(ref _writes) - 1) % OfWrites.Length] : null;
    }

    private async Task<(int Status, byte[] Content, string? Type)> AskAsync(HttpContext context, byte[] body)
    {
        HttpRequest request = context.Request;
        using var onward = new HttpRequestMessage(new HttpMethod(request.Method), request.Path + request.QueryString.ToString());
        if (body.Length > 0)
        {
            onward.Content = new ByteArrayContent(body);
            onward.Content.Headers.TryAddWithoutValidation("Content-Type", request.ContentType);
        }

        foreach (string name in (string[])["Authorization", "User-Agent", "Accept"])
        {
            onward.Headers.TryAddWithoutValidation(name, request.Headers[name].ToArray());
        }

        using HttpResponseMessage answer = await _onward.SendAsync(onward);
        byte[] content = await answer.Content.ReadAsByteArrayAsync();
        JsonNode? behind = answer.Content.Headers.ContentType?.MediaType == Json ? JsonNode.Parse(content) : null;
        (int status, JsonNode? said) = _release.Over(request.Path, (int)answer.StatusCode, behind);
        (status, said) = _release.Say(context.Response, status, said);
        return said is null ? (status, content, answer.Content.Headers.ContentType?.ToString()) : (status, Encoding.UTF8.GetBytes(said.ToJsonString()), Json);
    }

    /// <summary>A refusal as the release words it.</summary>
    private Task RefuseAsync(HttpContext context, string status)
    {
        JsonNode refusal = JsonNode.Parse(status)!;
        (int code, JsonNode? said) = _release.Say(context.Response, refusal["code"]!.GetValue<int>(), refusal);
        return AnswerAsync(context, code, said!.ToJsonString(), Json);
    }

    private static Task AnswerAsync(HttpContext context, int status, string content, string type) => AnswerAsync(context, status, Encoding.UTF8.GetBytes(content), type);

    private static async Task AnswerAsync(HttpContext context, int status, byte[] content, string? type)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = type;
        context.Response.ContentLength = content.Length;
        await context.Response.Body.WriteAsync(content);
    }

    [GeneratedRegex("server: https://[^ ,}\"\n]+")]
    private static partial Regex Server();

    [GeneratedRegex("certificate-authority-data: [^ ,}\n]+")]
    private static partial Regex Authority();
}
