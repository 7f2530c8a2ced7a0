using System.Text.Json.Nodes;
using DrOrchestrator.Sandbox.Kubernetes.Kubelet;
using DrOrchestrator.Sandbox.Kubernetes.Objects;

namespace DrOrchestrator.Sandbox.Kubernetes.Api;

/// <summary>Serves <c>pods/log</c> from the files the container processes write.</summary>
internal sealed class LogRequests(ObjectStore store, PodFolders folders, TimeProvider time)
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    public async Task HandleAsync(ApiRequest request, ObjectKey key, CancellationToken stopping)
    {
        foreach (var option in new[] { "timestamps", "sinceSeconds", "sinceTime", "stream" })
        {
            if (request.Query(option) is { Length: > 0 } value && value is not ("false" or "All"))
            {
                throw ApiRefusal.NotServed($"pods/log with {option}");
            }
        }

        var pod = (store.Find(key) ?? throw ApiRefusal.NotFound(key)).Parse();
        var container = ContainerOf(request, key, pod);
        var status = StatusOf(pod, container);
        var instance = (status.Number("restartCount") ?? 0) - (request.QueryFlag("previous") ? 1 : 0);
        if (instance < 0)
        {
            throw ApiRefusal.BadRequest($"previous terminated container \"{container}\" in pod \"{key.Name}\" not found");
        }

        var file = folders.Log(pod.Text("metadata", "uid")!, container, instance);
        if (!File.Exists(file))
        {
            throw ApiRefusal.BadRequest(
                $"container \"{container}\" in pod \"{key.Name}\" is waiting to start: {status.Text("state", "waiting", "reason") ?? "ContainerCreating"}");
        }

        var tail = request.QueryNumber("tailLines");
        var limit = request.QueryNumber("limitBytes") ?? long.MaxValue;
        request.Http.Response.ContentType = "text/plain; charset=utf-8";
        await using var log = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        SkipToTail(log, tail);
        await CopyAsync(request, log, limit, request.QueryFlag("follow") ? () => IsRunning(key, pod, container, instance) : () => false, stopping);
    }

    private async Task CopyAsync(ApiRequest request, FileStream log, long limit, Func<bool> goesOn, CancellationToken stopping)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stopping, request.Http.RequestAborted);
        var block = new byte[16 * 1024];
        try
        {
            while (limit > 0)
            {
                // Asked before reading: what was written before the end is still read after it.
                var more = goesOn();
                int count;
                while (limit > 0 && (count = await log.ReadAsync(block.AsMemory(0, (int)Math.Min(block.Length, limit)), end.Token)) > 0)
                {
                    limit -= count;
                    await request.Http.Response.Body.WriteAsync(block.AsMemory(0, count), end.Token);
                }

                if (!more)
                {
                    return;
                }

                await request.Http.Response.Body.FlushAsync(end.Token);
                await Task.Delay(Look, time, end.Token);
            }
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // Nobody reads on.
        }
    }

    public static string ContainerOf(ApiRequest request, ObjectKey key, JsonObject pod)
    {
        var names = pod.Items("spec", "containers").Select(container => container.Text("name")!).ToArray();
        var asked = request.Query("container");
        if (string.IsNullOrEmpty(asked))
        {
            return names.Length == 1
                ? names[0]
                : throw ApiRefusal.BadRequest($"a container name must be specified for pod {key.Name}, choose one of: [{string.Join(" ", names)}]");
        }

        return names.Contains(asked) ? asked : throw ApiRefusal.BadRequest($"container {asked} is not valid for pod {key.Name}");
    }

    private static JsonObject? StatusOf(JsonObject pod, string container) =>
        pod.Items("status", "containerStatuses").FirstOrDefault(status => status.Text("name") == container);

    private bool IsRunning(ObjectKey key, JsonObject pod, string container, int instance)
    {
        if (store.Find(key)?.Parse() is not { } now || now.Text("metadata", "uid") != pod.Text("metadata", "uid"))
        {
            return false;
        }

        // It writes a moment before its status says that it runs: only one that has ended is at its end, be it waiting to be started again.
        var status = StatusOf(now, container);
        var hasEnded = status.Map("state", "terminated") is not null || (status.Map("state", "waiting") is not null && status.Map("lastState", "terminated") is not null);
        return (status.Number("restartCount") ?? 0) == instance && !hasEnded;
    }

    private static void SkipToTail(FileStream log, long? lines)
    {
        if (lines is not { } wanted)
        {
            return;
        }

        var position = log.Length;
        var found = 0L;
        while (position > 0)
        {
            log.Position = position - 1;
            if (log.ReadByte() == '\n' && position != log.Length && ++found >= wanted)
            {
                break;
            }

            position--;
        }

        log.Position = wanted == 0 ? log.Length : position;
    }
}
