using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using DrOrchestrator.Sandbox.Kubernetes;

namespace DrOrchestrator.Sandbox.Tests.Kubernetes;

/// <summary>A real started site and a client that speaks plain HTTP to it.</summary>
internal sealed class TestSite : IAsyncDisposable
{
    public const string Configs = "/api/v1/namespaces/default/configmaps";
    public const string Pods = "/api/v1/namespaces/default/pods";
    public const string StatefulSets = "/apis/apps/v1/namespaces/default/statefulsets";
    public const string Deployments = "/apis/apps/v1/namespaces/default/deployments";
    public const string Jobs = "/apis/batch/v1/namespaces/default/jobs";
    public const string Claims = "/api/v1/namespaces/default/persistentvolumeclaims";
    public const string Services = "/api/v1/namespaces/default/services";
    public const string JsonPatch = "application/json-patch+json";
    public const string Merge = "application/merge-patch+json";
    public const string Apply = "application/apply-patch+yaml";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private TestSite(SandboxSite site, SandboxSiteOptions options, RecordedRequests requests)
    {
        Site = site;
        Options = options;
        Requests = requests;
        Client = ClientOf(site);
    }

    public SandboxSite Site { get; private set; }

    public SandboxSiteOptions Options { get; }

    public RecordedRequests Requests { get; }

    public HttpClient Client { get; private set; }

    public static async Task<TestSite> StartAsync(Func<SandboxSiteOptions, SandboxSiteOptions>? adjust = null)
    {
        var requests = new RecordedRequests();
        var folder = Path.Combine(AppContext.BaseDirectory, "work", Guid.NewGuid().ToString("N"));
        var options = new SandboxSiteOptions(
            "lab", folder, ["/bin/sh", "-c"], TimeSpan.FromMilliseconds(200), TimeSpan.FromMilliseconds(300), requests, TimeProvider.System);
        options = adjust is null ? options : adjust(options);
        return new TestSite(await SandboxSite.StartAsync(options, CancellationToken.None), options, requests);
    }

    public async Task RestartAsync()
    {
        Client.Dispose();
        await Site.DisposeAsync();
        Site = await SandboxSite.StartAsync(Options, CancellationToken.None);
        Client = ClientOf(Site);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Site.DisposeAsync();
        Directory.Delete(Options.Folder, recursive: true);
    }

    public async Task<(int Status, JsonObject Body)> SendAsync(string method, string path, JsonNode? body = null, string mediaType = "application/json", string? agent = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null)
        {
            request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, new MediaTypeHeaderValue(mediaType));
        }

        if (agent is not null)
        {
            request.Headers.TryAddWithoutValidation("User-Agent", agent);
        }

        using var response = await Client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return ((int)response.StatusCode, JsonNode.Parse(text)!.AsObject());
    }

    public async Task<JsonObject> GetAsync(string path)
    {
        var (status, body) = await SendAsync("GET", path);
        status.Should().Be(200, body.ToJsonString());
        return body;
    }

    public async Task<JsonObject> CreateAsync(string path, JsonObject content)
    {
        var (status, body) = await SendAsync("POST", path, content);
        status.Should().Be(201, body.ToJsonString());
        return body;
    }

    public Task<(int Status, JsonObject Body)> ApplyAsync(string path, JsonObject content, string manager, bool force = false) =>
        SendAsync("PATCH", $"{path}?fieldManager={manager}{(force ? "&force=true" : "")}", content, Apply);

    /// <summary>Reads until it is as wanted; fails with the last state otherwise.</summary>
    public async Task<JsonObject> UntilAsync(string path, Func<JsonObject, bool> wanted)
    {
        var began = TimeProvider.System.GetTimestamp();
        JsonObject last = [];
        while (TimeProvider.System.GetElapsedTime(began) < Patience)
        {
            (_, last) = await SendAsync("GET", path);
            if (wanted(last))
            {
                return last;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        }

        throw new InvalidOperationException($"{path} did not become as wanted; it is {last.ToJsonString()}");
    }

    public Task<JsonObject> UntilGoneAsync(string path) => UntilAsync(path, body => (int?)body["code"] == 404);

    public Task<JsonObject> UntilReadyAsync(string pod) => UntilAsync($"{Pods}/{pod}", body => Condition(body, "Ready") == "True");

    public async Task<string> LogAsync(string pod, string query = "") => await Client.GetStringAsync($"{Pods}/{pod}/log{query}");

    /// <summary>The port the pod was given, as it wrote it into its log.</summary>
    public async Task<int> PortOfAsync(string pod)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(began) < Patience)
        {
            using var response = await Client.GetAsync($"{Pods}/{pod}/log");
            if (Regex.Match(await response.Content.ReadAsStringAsync(), @"^port (\d+)\n", RegexOptions.None, Patience) is { Success: true } match)
            {
                return int.Parse(match.Groups[1].Value);
            }

            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        }

        throw new InvalidOperationException($"{pod} did not write its port.");
    }

    public static string? Condition(JsonObject content, string type) =>
        ((content["status"] as JsonObject)?["conditions"] as JsonArray)?.FirstOrDefault(condition => (string?)condition!["type"] == type)?["status"]?.GetValue<string>();

    public static JsonNode Container(JsonObject pod) => pod["status"]!["containerStatuses"]![0]!;

    private static HttpClient ClientOf(SandboxSite site)
    {
        var kubeconfig = File.ReadAllText(site.KubeconfigPath);
        var authority = X509CertificateLoader.LoadCertificate(PemBytes(kubeconfig));
        var handler = new SocketsHttpHandler { UseProxy = false };
        handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            CustomTrustStore = { authority },
        };
        var client = new HttpClient(handler) { BaseAddress = site.ApiUrl };
        client.DefaultRequestHeaders.Authorization = new("Bearer", Regex.Match(kubeconfig, "token: (\\S+)", RegexOptions.None, Patience).Groups[1].Value);
        return client;
    }

    private static byte[] PemBytes(string kubeconfig)
    {
        var data = Regex.Match(kubeconfig, "certificate-authority-data: (\\S+)", RegexOptions.None, Patience).Groups[1].Value;
        return Convert.FromBase64String(data);
    }
}
