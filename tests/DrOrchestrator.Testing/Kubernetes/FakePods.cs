using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace DrOrchestrator.Testing.Kubernetes;

/// <summary>
/// The pods of every namespace of a <see cref="FakeCluster"/> as an API server lists and watches them: pages, one resourceVersion for all, events behind it, bookmarks when they
/// are asked for by the test. What a test wants to go wrong is answered by <see cref="Before"/>.
/// </summary>
public sealed class FakePods
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, (string Path, string Json)> _pods = new(StringComparer.Ordinal);
    private readonly List<(long Version, string Path, string Line)> _history = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _version = 1000;
    private long _forgotten;
    private int _open;

    public FakePods(FakeCluster cluster) => cluster.Takes = TakeAsync;

    /// <summary>Answers a request itself when it returns true.</summary>
    public Func<HttpContext, Task<bool>>? Before { get; set; }

    /// <summary>Query of each request, in order.</summary>
    public ConcurrentQueue<string> Queries { get; } = new();

    /// <summary>Watches that are open now.</summary>
    public int Open => Volatile.Read(ref _open);

    public IEnumerable<string> Lists => Queries.Where(query => !query.Contains("watch=true", StringComparison.Ordinal));

    public IEnumerable<string> Watches => Queries.Where(query => query.Contains("watch=true", StringComparison.Ordinal));

    public string Version
    {
        get
        {
            lock (_gate)
            {
                return Text(_version);
            }
        }
    }

    /// <summary>A pod as controllers and kubelet leave it, at the length that real ones have.</summary>
    public static JsonObject Pod(string ns, string name, bool ready = true, string phase = "Running", int padding = 0)
    {
        var pod = new JsonObject
        {
            ["kind"] = "Pod",
            ["apiVersion"] = "v1",
            ["metadata"] = new JsonObject
            {
                ["name"] = name,
                ["namespace"] = ns,
                ["uid"] = "uid-" + ns + "-" + name,
                ["ownerReferences"] = new JsonArray(new JsonObject { ["kind"] = "ReplicaSet", ["name"] = "api-7c5", ["controller"] = true }),
                ["managedFields"] = new JsonArray(new JsonObject { ["manager"] = "kubelet", ["fieldsV1"] = new JsonObject { ["f:status"] = new string('x', padding) } }),
            },
            ["spec"] = new JsonObject { ["nodeName"] = "node-1", ["containers"] = new JsonArray(new JsonObject { ["name"] = "c", ["image"] = "registry/app:1" }) },
            ["status"] = new JsonObject
            {
                ["phase"] = phase,
                ["conditions"] = new JsonArray(new JsonObject { ["type"] = "Ready", ["status"] = ready ? "True" : "False" }),
                ["containerStatuses"] = new JsonArray(new JsonObject
                {
                    ["restartCount"] = ready ? 0 : 3,
                    ["state"] = ready ? new JsonObject { ["running"] = new JsonObject() } : new JsonObject { ["waiting"] = new JsonObject { ["reason"] = "CrashLoopBackOff" } },
                    ["lastState"] = new JsonObject(),
                }),
            },
        };
        return pod;
    }

    public void Put(string ns, JsonObject pod)
    {
        lock (_gate)
        {
            var key = $"{ns}/{pod["metadata"]!["name"]}";
            Write(_pods.ContainsKey(key) ? "MODIFIED" : "ADDED", ns, pod);
            _pods[key] = (Path(ns), pod.ToJsonString());
        }
    }

    public void Remove(string ns, string name)
    {
        lock (_gate)
        {
            var key = $"{ns}/{name}";
            _pods.Remove(key, out var found);
            Write("DELETED", ns, JsonNode.Parse(found.Json)!.AsObject());
        }
    }

    /// <summary>To every open watch.</summary>
    public void Bookmark(string ns)
    {
        lock (_gate)
        {
            Write("BOOKMARK", ns, new JsonObject { ["kind"] = "Pod", ["apiVersion"] = "v1", ["metadata"] = new JsonObject() });
        }
    }

    /// <summary>Versions up to now are too old for a watch, as after a compaction.</summary>
    public void Forget()
    {
        lock (_gate)
        {
            _forgotten = ++_version;
            _history.Clear();
        }
    }

    /// <summary>Lets go of what every open watch has long been told, so that the fake itself does not grow.</summary>
    public void Trim(int keep = 1000)
    {
        lock (_gate)
        {
            _history.RemoveRange(0, Math.Max(0, _history.Count - keep));
        }
    }

    private static string Path(string ns) => $"/api/v1/namespaces/{ns}/pods";

    private static string Text(long version) => version.ToString(CultureInfo.InvariantCulture);

    private void Write(string type, string ns, JsonObject pod)
    {
        pod["metadata"]!["resourceVersion"] = Text(++_version);
        _history.Add((_version, Path(ns), new JsonObject { ["type"] = type, ["object"] = pod.DeepClone() }.ToJsonString() + "\n"));
        var changed = _changed;
        _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        changed.SetResult();
    }

    private async Task<bool> TakeAsync(HttpContext context)
    {
        if (!context.Request.Path.Value!.EndsWith("/pods", StringComparison.Ordinal) || context.Request.Method != "GET")
        {
            return false;
        }

        Queries.Enqueue(context.Request.QueryString.ToString());
        if (Before is { } before && await before(context))
        {
            return true;
        }

        context.Response.ContentType = "application/json";
        await (context.Request.Query["watch"] == "true" ? WatchAsync(context) : ListAsync(context));
        return true;
    }

    private async Task ListAsync(HttpContext context)
    {
        var limit = int.Parse(context.Request.Query["limit"].FirstOrDefault() ?? "0", CultureInfo.InvariantCulture);
        var from = int.Parse(context.Request.Query["continue"].FirstOrDefault() ?? "0", CultureInfo.InvariantCulture);
        List<string> page;
        string next;
        string version;
        lock (_gate)
        {
            var all = _pods.Where(pod => pod.Value.Path == context.Request.Path.Value).Select(pod => pod.Value.Json).ToList();
            page = [.. limit > 0 ? all.Skip(from).Take(limit) : all];
            next = limit > 0 && from + limit < all.Count ? Text(from + limit) : "";
            version = Text(_version);
        }

        await context.Response.WriteAsync($$"""{"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"{{version}}","continue":"{{next}}"},"items":[""");
        for (var i = 0; i < page.Count; i++)
        {
            await context.Response.WriteAsync((i == 0 ? "" : ",") + page[i]);
        }

        await context.Response.WriteAsync("]}");
    }

    private async Task WatchAsync(HttpContext context)
    {
        var position = long.Parse(context.Request.Query["resourceVersion"]!, CultureInfo.InvariantCulture);
        using var life = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        life.CancelAfter(TimeSpan.FromSeconds(int.Parse(context.Request.Query["timeoutSeconds"]!, CultureInfo.InvariantCulture)));
        Interlocked.Increment(ref _open);
        try
        {
            await context.Response.StartAsync(life.Token);
            await context.Response.Body.FlushAsync(life.Token);
            while (true)
            {
                Task changed;
                List<(long Version, string Path, string Line)> lines;
                lock (_gate)
                {
                    changed = _changed.Task;
                    lines = position < _forgotten
                        ? [(position, context.Request.Path.Value!, """{"type":"ERROR","object":{"kind":"Status","apiVersion":"v1","status":"Failure","message":"too old resource version","reason":"Expired","code":410}}""" + "\n")]
                        : [.. _history.Where(line => line.Version > position)];
                }

                foreach (var line in lines.Where(line => line.Path == context.Request.Path.Value))
                {
                    await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(line.Line), life.Token);
                }

                if (position < Volatile.Read(ref _forgotten))
                {
                    return;
                }

                position = lines.Count > 0 ? lines[^1].Version : position;
                await context.Response.Body.FlushAsync(life.Token);
                await changed.WaitAsync(life.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The client has left, or its time is over: no error.
        }
        finally
        {
            Interlocked.Decrement(ref _open);
        }
    }
}
