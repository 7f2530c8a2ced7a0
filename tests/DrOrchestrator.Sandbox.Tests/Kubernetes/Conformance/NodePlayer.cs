using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace DrOrchestrator.Sandbox.Tests.Kubernetes.Conformance;

/// <summary>
/// Plays the node: this is no kubelet. It registers a Node with Ready and a heartbeat Lease, runs the shell script of each pod put on it as a child process, reports the phases and exit
/// codes a kubelet would, and serves the kubelet's log endpoint on loopback. Pods name the node themselves; its taint keeps everybody else's away.
/// </summary>
internal sealed class NodePlayer : IAsyncDisposable
{
    private readonly ConformanceCluster _cluster;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<string, PlayedPod> _pods = new(StringComparer.Ordinal);
    private WebApplication? _server;
    private Task _life = Task.CompletedTask;

    private NodePlayer(ConformanceCluster cluster) => _cluster = cluster;

    public string Name { get; } = "conf-node-" + Guid.NewGuid().ToString("N")[..8];

    public static async Task<NodePlayer> StartAsync(ConformanceCluster cluster)
    {
        var node = new NodePlayer(cluster);
        var port = await node.ServeAsync();
        await node.RegisterAsync(port);
        node._life = node.LiveAsync();
        return node;
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _life;
        foreach (var pod in _pods.Values)
        {
            pod.Kill();
        }

        await _server!.DisposeAsync();
        _stopping.Dispose();
    }

    private async Task RegisterAsync(int port)
    {
        var node = new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Node",
            ["metadata"] = new JsonObject { ["name"] = Name },
            ["spec"] = new JsonObject { ["taints"] = new JsonArray(new JsonObject { ["key"] = "conformance", ["effect"] = "NoSchedule" }) },
        };
        await _cluster.CreateAsync("/api/v1/nodes", node);
        await _cluster.CreateAsync("/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases", Lease());
        var room = new JsonObject { ["cpu"] = "8", ["memory"] = "8Gi", ["pods"] = "110" };
        var status = new JsonObject
        {
            ["status"] = new JsonObject
            {
                ["capacity"] = room,
                ["allocatable"] = room.DeepClone(),
                ["addresses"] = new JsonArray(new JsonObject { ["type"] = "InternalIP", ["address"] = "127.0.0.1" }),
                ["daemonEndpoints"] = new JsonObject { ["kubeletEndpoint"] = new JsonObject { ["Port"] = port } },
                ["conditions"] = new JsonArray(new JsonObject
                {
                    ["type"] = "Ready", ["status"] = "True", ["reason"] = "KubeletReady", ["message"] = "played by a test", ["lastHeartbeatTime"] = Now(), ["lastTransitionTime"] = Now(),
                }),
            },
        };
        await PatchAsync($"/api/v1/nodes/{Name}/status", status);
    }

    private async Task LiveAsync()
    {
        var beat = TimeProvider.System.GetTimestamp();
        while (!_stopping.IsCancellationRequested)
        {
            var list = await _cluster.GetAsync($"/api/v1/pods?fieldSelector=spec.nodeName={Name}");
            foreach (var pod in list["items"]!.AsArray())
            {
                await TendAsync(pod!.AsObject());
            }

            if (TimeProvider.System.GetElapsedTime(beat) > TimeSpan.FromSeconds(5))
            {
                beat = TimeProvider.System.GetTimestamp();
                await PatchAsync($"/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/{Name}", new JsonObject { ["spec"] = Lease()["spec"]!.DeepClone() });
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, CancellationToken.None);
        }

        await _cluster.SendAsync("DELETE", $"/api/v1/nodes/{Name}");
        await _cluster.SendAsync("DELETE", $"/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/{Name}");
    }

    private async Task TendAsync(JsonObject pod)
    {
        var metadata = pod["metadata"]!;
        var path = $"/api/v1/namespaces/{metadata["namespace"]}/pods/{metadata["name"]}";
        var played = _pods.GetOrAdd($"{metadata["namespace"]}/{metadata["name"]}/{metadata["uid"]}", _ => new PlayedPod(pod));
        if (metadata["deletionTimestamp"] is not null)
        {
            played.Kill();
            await ReportAsync(path, played);
            var precondition = new JsonObject { ["gracePeriodSeconds"] = 0, ["preconditions"] = new JsonObject { ["uid"] = metadata["uid"]!.GetValue<string>() } };
            await _cluster.SendAsync("DELETE", path, precondition);
            return;
        }

        await ReportAsync(path, played);
    }

    private async Task ReportAsync(string path, PlayedPod played)
    {
        if (played.Next() is { } status)
        {
            await PatchAsync(path + "/status", new JsonObject { ["status"] = status });
        }
    }

    private Task<(int Status, JsonObject Body)> PatchAsync(string path, JsonObject patch) => _cluster.SendAsync("PATCH", path, patch, TestSite.Merge);

    private JsonObject Lease() => new()
    {
        ["apiVersion"] = "coordination.k8s.io/v1",
        ["kind"] = "Lease",
        ["metadata"] = new JsonObject { ["name"] = Name },
        ["spec"] = new JsonObject
        {
            ["holderIdentity"] = Name, ["leaseDurationSeconds"] = 40, ["renewTime"] = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ"),
        },
    };

    private static string Now() => TimeProvider.System.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ssZ");

    private async Task<int> ServeAsync()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=played-node", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var now = TimeProvider.System.GetUtcNow();
        using var made = request.CreateSelfSigned(now.AddHours(-1), now.AddDays(1));
        var certificate = X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(certificate)));
        _server = builder.Build();
        _server.Run(LogAsync);
        await _server.StartAsync();
        return new Uri(_server.Urls.First()).Port;
    }

    // /containerLogs/NAMESPACE/POD/CONTAINER, as the API server asks a kubelet.
    private async Task LogAsync(HttpContext http)
    {
        var steps = http.Request.Path.Value!.Trim('/').Split('/');
        var played = _pods.LastOrDefault(pod => steps is ["containerLogs", _, _, _] && pod.Key.StartsWith($"{steps[1]}/{steps[2]}/", StringComparison.Ordinal)).Value;
        if (played is null)
        {
            http.Response.StatusCode = 404;
            return;
        }

        http.Response.ContentType = "text/plain";
        await played.CopyLogAsync(http, _stopping.Token);
    }
}
