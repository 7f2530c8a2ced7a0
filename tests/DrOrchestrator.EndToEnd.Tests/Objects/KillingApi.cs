using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.WebSockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using DrOrchestrator.Testing.Kubernetes;
using k8s;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace DrOrchestrator.EndToEnd.Objects;

/// <summary>Where, on the way of a request, the process that sent it dies.</summary>
internal enum KillPlace
{
    /// <summary>It has left, and is lost with its sender.</summary>
    Before,

    /// <summary>Of a command in a container: it has begun and has not ended.</summary>
    Within,

    /// <summary>It was done, and nobody heard the answer.</summary>
    Behind,
}

/// <summary>One death, at the first request of that word that no other death was meant for.</summary>
/// <param name="Request"><c>POST configmaps/NAME</c>, <c>PATCH deployments/NAME</c>, <c>POST jobs</c>; of a command its last word, <c>exec WORD</c>.</param>
internal sealed record Kill(string Request, KillPlace Place);

/// <summary>Stands between a server and a cluster's API, passes everything, commands in containers too, and kills the server (SIGKILL) at chosen requests. What it passed is on its record.</summary>
internal sealed class KillingApi : IAsyncDisposable
{
    private const byte Status = 3;

    private readonly TestCertificates _certificates = new();
    private readonly ConcurrentQueue<string> _landed = new();
    private readonly List<Kill> _open;
    private readonly List<Kill> _done = [];
    private readonly Lock _gate = new();
    private readonly KubernetesClientConfiguration _cluster;
    private readonly HttpMessageInvoker _onward;
    private readonly WebApplication _app;

    private KillingApi(KubernetesClientConfiguration cluster, IEnumerable<Kill> kills)
    {
        (_cluster, _open) = (cluster, [.. kills]);
        var trust = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        trust.CustomTrustStore.AddRange(cluster.SslCaCerts);
        var handler = new SocketsHttpHandler { UseProxy = false, SslOptions = { CertificateChainPolicy = trust } };
        if (cluster.ClientCertificateData is { Length: > 0 } certificate)
        {
            handler.SslOptions.ClientCertificates = [X509Certificate2.CreateFromPem(Pem(certificate), Pem(cluster.ClientCertificateKeyData))];
        }

        _onward = new HttpMessageInvoker(handler);
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore();
        builder.Logging.ClearProviders();
        X509Certificate2 own = _certificates.Server(IPAddress.Loopback, null);
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(o => o.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(own)));
        _app = builder.Build();
        _app.UseWebSockets();
        _app.Run(PassAsync);
    }

    /// <summary>By which a server comes here instead of to the cluster; its context is <c>dr</c>.</summary>
    public string Kubeconfig { get; private set; } = "";

    /// <summary>Id of the process that is killed.</summary>
    public Func<int>? Victim { get; set; }

    /// <summary>Ends when the command of that word has begun.</summary>
    public Func<string, Task>? Begins { get; set; }

    /// <summary>Called when a command has ended and its end was passed on, or its sender is dead.</summary>
    public Action<string>? Passed { get; set; }

    /// <summary>Writes that had an effect and commands that were begun, in order.</summary>
    public IReadOnlyList<string> Landed => [.. _landed];

    /// <summary>Deaths so far, in order.</summary>
    public IReadOnlyList<Kill> Done
    {
        get
        {
            lock (_gate)
            {
                return [.. _done];
            }
        }
    }

    public static async Task<KillingApi> StartAsync(KubernetesClientConfiguration cluster, IEnumerable<Kill> kills)
    {
        var api = new KillingApi(cluster, kills);
        await api._app.StartAsync();
        string address = api._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        api.Kubeconfig = $$"""
            apiVersion: v1
            kind: Config
            clusters:
            - name: c
              cluster: { server: "{{address}}", certificate-authority-data: {{Convert.ToBase64String(Encoding.UTF8.GetBytes(api._certificates.AuthorityPem))}} }
            users:
            - name: u
              user: { token: passed-on }
            contexts:
            - name: dr
              context: { cluster: c, user: u }

            """;
        return api;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _onward.Dispose();
        _certificates.Dispose();
    }

    private async Task PassAsync(HttpContext http)
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body);
        string? word = Word(http.Request, body.ToArray());
        Kill? kill = word is null ? null : Next(word);
        if (kill is { Place: KillPlace.Before })
        {
            Strike(kill);
            http.Abort();
            return;
        }

        if (http.WebSockets.IsWebSocketRequest)
        {
            await PassSocketAsync(http, word!, kill);
            return;
        }

        using HttpResponseMessage answer = await AskAsync(http.Request, body.ToArray());
        byte[]? whole = kill is null ? null : await answer.Content.ReadAsByteArrayAsync();
        if (word is not null && answer.IsSuccessStatusCode)
        {
            _landed.Enqueue(word);
        }

        if (kill is not null)
        {
            Strike(kill);
            http.Abort();
            return;
        }

        http.Response.StatusCode = (int)answer.StatusCode;
        http.Response.ContentType = answer.Content.Headers.ContentType?.ToString();
        await using Stream content = await answer.Content.ReadAsStreamAsync();
        byte[] block = new byte[16 * 1024];
        for (int count; (count = await content.ReadAsync(block)) > 0;)
        {
            // A watch is passed on line by line.
            await http.Response.Body.WriteAsync(block.AsMemory(0, count));
            await http.Response.Body.FlushAsync();
        }
    }

    private Task<HttpResponseMessage> AskAsync(HttpRequest request, byte[] body)
    {
        var onward = new HttpRequestMessage(new HttpMethod(request.Method), new Uri(new Uri(_cluster.Host), request.Path + request.QueryString.ToString()));
        if (body.Length > 0)
        {
            onward.Content = new ByteArrayContent(body);
            onward.Content.Headers.TryAddWithoutValidation("Content-Type", request.ContentType);
        }

        foreach (string name in (string[])["User-Agent", "Accept"])
        {
            onward.Headers.TryAddWithoutValidation(name, request.Headers[name].ToArray());
        }

        if (_cluster.AccessToken is { Length: > 0 } token)
        {
            onward.Headers.TryAddWithoutValidation("Authorization", "Bearer " + token);
        }

        return _onward.SendAsync(onward, request.HttpContext.RequestAborted);
    }

    private async Task PassSocketAsync(HttpContext http, string word, Kill? kill)
    {
        using var onward = new ClientWebSocket();
        foreach (string protocol in http.WebSockets.WebSocketRequestedProtocols)
        {
            onward.Options.AddSubProtocol(protocol);
        }

        if (_cluster.AccessToken is { Length: > 0 } token)
        {
            onward.Options.SetRequestHeader("Authorization", "Bearer " + token);
        }

        await onward.ConnectAsync(new UriBuilder(new Uri(new Uri(_cluster.Host), http.Request.Path + http.Request.QueryString.ToString())) { Scheme = "wss" }.Uri, _onward, CancellationToken.None);
        _landed.Enqueue(word);
        using WebSocket near = await http.WebSockets.AcceptWebSocketAsync(onward.SubProtocol);
        if (kill is { Place: KillPlace.Within })
        {
            await Begins!(word);
            Strike(kill);
            http.Abort();
            return;
        }

        try
        {
            await Task.WhenAll(PumpAsync(near, onward, null, http.RequestAborted), PumpAsync(onward, near, kill, http.RequestAborted));
        }
        catch (Exception gone) when (gone is WebSocketException or IOException or OperationCanceledException)
        {
            // One of the two has left.
            http.Abort();
        }

        Passed?.Invoke(word);
    }

    private async Task PumpAsync(WebSocket from, WebSocket to, Kill? kill, CancellationToken cancellationToken)
    {
        byte[] block = new byte[64 * 1024];
        while (true)
        {
            using var message = new MemoryStream();
            ValueWebSocketReceiveResult got;
            do
            {
                got = await from.ReceiveAsync(block.AsMemory(), cancellationToken);
                message.Write(block, 0, got.Count);
            }
            while (!got.EndOfMessage);

            if (got.MessageType == WebSocketMessageType.Close)
            {
                await to.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", cancellationToken);
                return;
            }

            if (kill is not null && message.ToArray() is [Status, ..])
            {
                Strike(kill);
                throw new IOException("the process is dead");
            }

            await to.SendAsync(message.ToArray(), WebSocketMessageType.Binary, endOfMessage: true, cancellationToken);
        }
    }

    /// <summary>Null for what has no effect: a read, a question, a dry run.</summary>
    private static string? Word(HttpRequest request, byte[] body)
    {
        string[] path = request.Path.Value!.Split('/');
        if (path[^1] == "exec")
        {
            return $"exec {request.Query["command"][^1]}";
        }

        return request.Method == "GET" || request.Query["dryRun"] == "All" || path[^1] == "selfsubjectaccessreviews" ? null
            : request.Method == "POST" ? $"POST {path[^1]}{(path[^1] == "jobs" ? "" : $"/{JsonNode.Parse(body)!["metadata"]!["name"]}")}"
            : $"{request.Method} {path[^2]}/{path[^1]}";
    }

    private Kill? Next(string word)
    {
        lock (_gate)
        {
            Kill? next = _open.Find(kill => kill.Request == word);
            _ = next is not null && _open.Remove(next);
            return next;
        }
    }

    private void Strike(Kill kill)
    {
        using Process victim = Process.GetProcessById(Victim!());
        victim.Kill();
        victim.WaitForExit();
        lock (_gate)
        {
            _done.Add(kill);
        }
    }

    private static string Pem(string data) => Encoding.ASCII.GetString(Convert.FromBase64String(data));
}
