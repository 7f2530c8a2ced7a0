using System.Collections.Concurrent;
using System.Net;
using System.Text;
using k8s;
using k8s.Autorest;
using k8s.Models;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace DrOrchestrator.Testing.Kubernetes.Real;

/// <summary>
/// Plays a node of a real cluster where no kubelet can run: registers it, renews its lease, tells how its pods fare, serves their logs and commands in them as a kubelet does. Nothing runs: a
/// container "prints" the last word of its command; that of a Job ends at once with exit code 0, any other when it is asked to; a command in one says what the test plays. API server,
/// controllers, scheduler, conflicts and admission are the cluster's own. The API server must be able to reach this process at 127.0.0.1. A test may run the commands of Jobs (<see cref="Run"/>).
/// </summary>
public sealed class PlayedNode : IAsyncDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);

    // A kubelet's default.
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(10);

    private readonly IKubernetes _client;
    private readonly WebApplication _logs;
    private readonly TestCertificates _certificates = new();
    private readonly CancellationTokenSource _over = new();
    private Task _work = Task.CompletedTask;

    private readonly IReadOnlyList<V1ContainerImage> _images;

    private PlayedNode(string context, IReadOnlyList<V1ContainerImage> images)
    {
        _images = images;
        Name = $"played-{context}-{Guid.NewGuid().ToString("N")[..6]}";
        _client = RealClusters.Connect(context);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore();
        builder.Logging.ClearProviders();
        var certificate = _certificates.Server(IPAddress.Loopback, null);
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(o => o.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(certificate)));
        _logs = builder.Build();
        _logs.UseWebSockets();
        _logs.Run(AnswerAsync);
    }

    public string Name { get; }

    /// <summary>
    /// Runs the command of a Job's pod of that image, with its environment (also from Secrets) as a kubelet makes it up, and says how it ended and what it printed; null where nothing runs.
    /// </summary>
    public (string Image, Func<IReadOnlyList<string>, IReadOnlyDictionary<string, string>, Task<(int ExitCode, string Log)>> Command)? Run { get; set; }

    private readonly ConcurrentDictionary<string, Task<(int ExitCode, string Log)>> _runs = new();

    /// <summary>How commands in its pods go.</summary>
    public PlayedExec Exec { get; } = new();

    /// <summary>
    /// Declares ExtendWebSocketsToKubelet, so that an API server from 1.36 on hands WebSockets through to this node. Where it does not, the API server translates what comes by
    /// version 5 into SPDY, as every one before 1.36 does.
    /// </summary>
    public bool TakesWebSockets { get; private init; }

    /// <param name="images">What the node lists as pulled: of each its names, one of them with a digest. Pods run by that.</param>
    public static Task<PlayedNode> StartAsync(string context, params V1ContainerImage[] images) => StartAsync(context, takesWebSockets: true, images);

    /// <inheritdoc cref="StartAsync(string, V1ContainerImage[])"/>
    /// <param name="takesWebSockets">See <see cref="TakesWebSockets"/>.</param>
    public static async Task<PlayedNode> StartAsync(string context, bool takesWebSockets, params V1ContainerImage[] images)
    {
        var node = new PlayedNode(context, images) { TakesWebSockets = takesWebSockets };
        await node._logs.StartAsync();
        var port = new Uri(node._logs.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()).Port;
        await node._client.CoreV1.CreateNodeAsync(new V1Node { Metadata = new V1ObjectMeta { Name = node.Name, Labels = new Dictionary<string, string> { ["kubernetes.io/hostname"] = node.Name } } });
        await node._client.CoordinationV1.CreateNamespacedLeaseAsync(
            new V1Lease { Metadata = new V1ObjectMeta { Name = node.Name }, Spec = new V1LeaseSpec { HolderIdentity = node.Name, LeaseDurationSeconds = 40, RenewTime = Now } }, "kube-node-lease");
        for (var conflicts = 0; ; conflicts++)
        {
            try
            {
                await node.ReportAsync(port);
                break;
            }
            catch (HttpOperationException e) when (e.Response.StatusCode == HttpStatusCode.Conflict && conflicts < 20)
            {
                // The controllers change a new node at the same time.
            }
        }

        node._work = node.PlayAsync(port);
        return node;
    }

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await _work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _client.CoreV1.DeleteNodeAsync(Name);
        await _client.CoordinationV1.DeleteNamespacedLeaseAsync(Name, "kube-node-lease");
        await _logs.DisposeAsync();
        _client.Dispose();
        _certificates.Dispose();
        _over.Dispose();
    }

    private static DateTime Now => TimeProvider.System.GetUtcNow().UtcDateTime;

    private async Task PlayAsync(int port)
    {
        var beaten = TimeProvider.System.GetTimestamp();
        while (!_over.IsCancellationRequested)
        {
            try
            {
                if (TimeProvider.System.GetElapsedTime(beaten) >= Beat)
                {
                    beaten = TimeProvider.System.GetTimestamp();
                    await ReportAsync(port);
                    var lease = await _client.CoordinationV1.ReadNamespacedLeaseAsync(Name, "kube-node-lease");
                    lease.Spec.RenewTime = Now;
                    await _client.CoordinationV1.ReplaceNamespacedLeaseAsync(lease, Name, "kube-node-lease");
                }

                foreach (var pod in (await _client.CoreV1.ListPodForAllNamespacesAsync(fieldSelector: $"spec.nodeName={Name}")).Items)
                {
                    await PlayAsync(pod);
                }
            }
            catch (Exception e) when (e is HttpOperationException or HttpRequestException or IOException)
            {
                // A conflict with whoever changed the pod first, or an API that is away: looked at again.
            }

            await Task.Delay(Tick, TimeProvider.System, _over.Token);
        }
    }

    private async Task PlayAsync(V1Pod pod)
    {
        var ended = pod.Status?.ContainerStatuses?.All(c => c.State?.Terminated is not null) == true;
        if (pod.Metadata.DeletionTimestamp is not null)
        {
            if (!ended)
            {
                await TellAsync(pod, "Succeeded", Ended());
            }
            else if (pod.Metadata.DeletionGracePeriodSeconds != 0)
            {
                // As a kubelet does once every container has ended; whoever holds it by a finalizer still sees it.
                await _client.CoreV1.DeleteNamespacedPodAsync(
                    pod.Metadata.Name, pod.Metadata.NamespaceProperty, new V1DeleteOptions { GracePeriodSeconds = 0, Preconditions = new V1Preconditions { Uid = pod.Metadata.Uid } });
            }
        }
        else if (pod.Status?.Phase == "Pending" && Run is { } run && IsOfJob(pod) && pod.Spec.Containers[0].Image == run.Image)
        {
            if (await EnvironmentAsync(pod) is { } environment)
            {
                await TellAsync(pod, "Running", new V1ContainerState { Running = new V1ContainerStateRunning { StartedAt = Now } });
                _ = _runs.GetOrAdd(pod.Metadata.Uid, _ => run.Command([.. pod.Spec.Containers[0].Command], environment));
            }
            else if (pod.Status.ContainerStatuses is not { Count: > 0 })
            {
                await TellAsync(pod, "Pending", new V1ContainerState { Waiting = new V1ContainerStateWaiting { Reason = "CreateContainerConfigError", Message = "a secret was not found" } });
            }
        }
        else if (pod.Status?.Phase == "Running" && _runs.TryGetValue(pod.Metadata.Uid, out var running))
        {
            if (running.IsCompleted)
            {
                var (code, _) = await running;
                await TellAsync(pod, code == 0 ? "Succeeded" : "Failed", Ended(code));
            }
        }
        else if (pod.Status?.Phase == "Pending")
        {
            await TellAsync(pod, "Running", new V1ContainerState { Running = new V1ContainerStateRunning { StartedAt = Now } });
        }
        else if (pod.Status?.Phase == "Running" && IsOfJob(pod))
        {
            await TellAsync(pod, "Succeeded", Ended());
        }
    }

    private static bool IsOfJob(V1Pod pod) => pod.Metadata.OwnerReferences?.Any(o => o.Kind == "Job") == true;

    private static V1ContainerState Ended(int exitCode = 0) => new() { Terminated = new V1ContainerStateTerminated { ExitCode = exitCode, Reason = exitCode == 0 ? "Completed" : "Error", StartedAt = Now, FinishedAt = Now } };

    /// <summary>Null where a Secret is missing: a kubelet does not begin then.</summary>
    private async Task<IReadOnlyDictionary<string, string>?> EnvironmentAsync(V1Pod pod)
    {
        var environment = new Dictionary<string, string>();
        foreach (var from in pod.Spec.Containers[0].EnvFrom ?? [])
        {
            try
            {
                foreach (var (key, value) in (await _client.CoreV1.ReadNamespacedSecretAsync(from.SecretRef.Name, pod.Metadata.NamespaceProperty)).Data)
                {
                    environment[key] = Encoding.UTF8.GetString(value);
                }
            }
            catch (HttpOperationException e) when (e.Response.StatusCode == HttpStatusCode.NotFound)
            {
                return null;
            }
        }

        foreach (var variable in pod.Spec.Containers[0].Env ?? [])
        {
            environment[variable.Name] = variable.Value ?? "";
        }

        return environment;
    }

    private async Task TellAsync(V1Pod pod, string phase, V1ContainerState state)
    {
        var running = state.Running is not null;
        pod.Status = new V1PodStatus
        {
            Phase = phase,
            PodIP = "127.0.0.1",
            StartTime = pod.Status?.StartTime ?? Now,
            Conditions = [.. ((string[])["PodScheduled", "Initialized", "ContainersReady", "Ready"]).Select((type, i) => new V1PodCondition { Type = type, Status = running || i < 2 ? "True" : "False", LastTransitionTime = Now })],
            ContainerStatuses = [.. pod.Spec.Containers.Select(c => new V1ContainerStatus { Name = c.Name, Image = c.Image, ImageID = Digest(c.Image), Ready = running, Started = running, RestartCount = 0, ContainerID = "played://" + c.Name, State = state })],
        };
        await _client.CoreV1.ReplaceNamespacedPodStatusAsync(pod, pod.Metadata.Name, pod.Metadata.NamespaceProperty);
    }

    private string Digest(string image) => _images.FirstOrDefault(listed => listed.Names.Contains(image))?.Names.FirstOrDefault(name => name.Contains('@', StringComparison.Ordinal)) ?? image;

    private async Task ReportAsync(int port)
    {
        var node = await _client.CoreV1.ReadNodeAsync(Name);
        var room = new Dictionary<string, ResourceQuantity> { ["cpu"] = new("8"), ["memory"] = new("16Gi"), ["pods"] = new("110") };
        node.Status = new V1NodeStatus
        {
            Capacity = room,
            Allocatable = room,
            Images = [.. _images],
            Addresses = [new V1NodeAddress { Type = "InternalIP", Address = "127.0.0.1" }],
            DaemonEndpoints = new V1NodeDaemonEndpoints { KubeletEndpoint = new V1DaemonEndpoint { Port = port } },
            DeclaredFeatures = TakesWebSockets ? [PlayedExec.Feature] : null,
            Conditions = [new V1NodeCondition { Type = "Ready", Status = "True", Reason = "Played", LastHeartbeatTime = Now, LastTransitionTime = Now }],
        };
        await _client.CoreV1.ReplaceNodeStatusAsync(node, Name);
    }

    private async Task AnswerAsync(HttpContext http)
    {
        if (await Exec.TakeAsync(http))
        {
            return;
        }

        if (http.Request.Path.Value?.Split('/') is not [_, "containerLogs", var ns, var name, _])
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        var pod = await _client.CoreV1.ReadNamespacedPodAsync(name, ns);
        http.Response.ContentType = "text/plain";
        if (_runs.TryGetValue(pod.Metadata.Uid, out var run))
        {
            await http.Response.WriteAsync(run.IsCompletedSuccessfully ? (await run).Log : "");
            return;
        }

        await http.Response.WriteAsync($"beginning on {Name}\n{pod.Spec.Containers[0].Command?[^1]}\n");
    }
}
