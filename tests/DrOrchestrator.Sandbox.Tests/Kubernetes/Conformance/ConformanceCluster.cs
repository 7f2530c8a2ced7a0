using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using k8s;

namespace DrOrchestrator.Sandbox.Tests.Kubernetes.Conformance;

/// <summary>A cluster the cases are put to: the sandbox's site or a real one. Cases see nothing but its API, through the official client and as bytes.</summary>
public abstract class ConformanceCluster : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly List<string> _namespaces = [];

    /// <summary>The official client.</summary>
    public k8s.Kubernetes Typed { get; private set; } = null!;

    /// <summary>The same credentials, for cases in which bytes matter.</summary>
    public HttpClient Client { get; private set; } = null!;

    /// <summary>Whether this is the sandbox. Cases read it only to make their wants fit (never to expect something else).</summary>
    public abstract bool IsSandbox { get; }

    /// <inheritdoc />
    public abstract Task InitializeAsync();

    /// <inheritdoc />
    public virtual async Task DisposeAsync()
    {
        foreach (var name in Client is null ? [] : _namespaces)
        {
            await SendAsync("DELETE", $"/api/v1/namespaces/{name}");
        }

        foreach (var name in Client is null ? [] : _namespaces)
        {
            await UntilAsync($"/api/v1/namespaces/{name}", body => (int?)body["code"] == 404);
        }

        await ReleaseAsync();
        Client?.Dispose();
        Typed?.Dispose();
    }

    /// <summary>A pod's specification that runs this shell script here.</summary>
    public virtual JsonObject PodSpec(string script) => Manifests.PodSpec(script);

    /// <summary>A workload whose pods can run here.</summary>
    public JsonObject Workload(string kind, string name, int? replicas, string script = Manifests.Patient)
    {
        var made = Manifests.Workload(kind, name, replicas, script);
        made["spec"]!["template"]!["spec"] = PodSpec(script);
        if (kind == "StatefulSet")
        {
            made["spec"]!["serviceName"] = name;
        }

        return made;
    }

    /// <summary>A job whose pod can run here.</summary>
    public JsonObject Job(string name, string script)
    {
        var made = Manifests.Job(name, script, 0);
        var spec = PodSpec(script);
        spec["restartPolicy"] = "Never";
        made["spec"]!["template"]!["spec"] = spec;
        return made;
    }

    /// <summary>A pod that can run here.</summary>
    public JsonObject Pod(string name, string script)
    {
        var made = Manifests.Pod(name, script);
        made["spec"] = PodSpec(script);
        made["spec"]!["restartPolicy"] = "Never";
        return made;
    }

    /// <summary>A namespace for one case, removed with the cluster's fixture.</summary>
    public async Task<Home> HomeAsync()
    {
        var name = "conf-" + Guid.NewGuid().ToString("N")[..10];
        lock (_namespaces)
        {
            _namespaces.Add(name);
        }

        (await SendAsync("POST", "/api/v1/namespaces", Namespace(name))).Status.Should().Be(201);
        await SettleAsync(name);
        return new Home(name);
    }

    /// <summary>A namespace as a client would send it.</summary>
    public static JsonObject Namespace(string name) => new() { ["apiVersion"] = "v1", ["kind"] = "Namespace", ["metadata"] = new JsonObject { ["name"] = name } };

    /// <summary>One request; the body must be JSON.</summary>
    public async Task<(int Status, JsonObject Body)> SendAsync(string method, string path, JsonNode? body = null, string mediaType = "application/json")
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null)
        {
            request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, new MediaTypeHeaderValue(mediaType));
        }

        using var response = await Client.SendAsync(request);
        return ((int)response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync())!.AsObject());
    }

    /// <summary>Reads what must be there.</summary>
    public async Task<JsonObject> GetAsync(string path)
    {
        var (status, body) = await SendAsync("GET", path);
        status.Should().Be(200, body.ToJsonString());
        return body;
    }

    /// <summary>Creates what must be new and allowed.</summary>
    public async Task<JsonObject> CreateAsync(string path, JsonObject content)
    {
        var (status, body) = await SendAsync("POST", path, content);
        status.Should().Be(201, body.ToJsonString());
        return body;
    }

    /// <summary>Server-side apply.</summary>
    public Task<(int Status, JsonObject Body)> ApplyAsync(string path, JsonObject content, string manager, bool force = false) =>
        SendAsync("PATCH", $"{path}?fieldManager={manager}{(force ? "&force=true" : "")}", content, TestSite.Apply);

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

            await Task.Delay(TimeSpan.FromMilliseconds(25), TimeProvider.System);
        }

        throw new InvalidOperationException($"{path} did not become as wanted; it is {last.ToJsonString()}");
    }

    /// <summary>A watch, read line by line.</summary>
    internal Task<Watch> WatchAsync(string path) => Watch.StartAsync(Client, path);

    /// <summary>What a cluster does to a new namespace before pods may come.</summary>
    private protected virtual Task SettleAsync(string name) => Task.CompletedTask;

    /// <summary>Ends what was started for the cases, while the cluster can still be spoken to.</summary>
    private protected virtual Task ReleaseAsync() => Task.CompletedTask;

    private protected void Connect(string kubeconfig, string? context)
    {
        var configuration = KubernetesClientConfiguration.BuildConfigFromConfigFile(kubeconfig, context);
        Typed = new k8s.Kubernetes(configuration);
        var handler = new SocketsHttpHandler { UseProxy = false };
        handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        handler.SslOptions.CertificateChainPolicy.CustomTrustStore.AddRange(configuration.SslCaCerts);
        if (configuration.ClientCertificateData is { Length: > 0 } certificate)
        {
            handler.SslOptions.ClientCertificates = [X509Certificate2.CreateFromPem(Pem(certificate), Pem(configuration.ClientCertificateKeyData))];
        }

        Client = new HttpClient(handler) { BaseAddress = new Uri(configuration.Host) };
        Client.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        Client.DefaultRequestHeaders.TryAddWithoutValidation("User-Agent", "conformance/1.0");
        if (configuration.AccessToken is { Length: > 0 } token)
        {
            Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }
    }

    private static string Pem(string data) => Encoding.ASCII.GetString(Convert.FromBase64String(data));
}

/// <summary>The paths inside a case's namespace.</summary>
public sealed record Home(string Name)
{
    /// <summary>Config maps.</summary>
    public string Configs => $"/api/v1/namespaces/{Name}/configmaps";

    /// <summary>Pods.</summary>
    public string Pods => $"/api/v1/namespaces/{Name}/pods";

    /// <summary>Deployments.</summary>
    public string Deployments => $"/apis/apps/v1/namespaces/{Name}/deployments";

    /// <summary>Stateful sets.</summary>
    public string StatefulSets => $"/apis/apps/v1/namespaces/{Name}/statefulsets";

    /// <summary>Jobs.</summary>
    public string Jobs => $"/apis/batch/v1/namespaces/{Name}/jobs";
}
