using System.Globalization;
using System.Text.Json.Nodes;

namespace DrOrchestrator.Testing.Kubernetes;

/// <summary>Objects by path, with the rules drills rely on: uid and resourceVersion as preconditions, finalizers, generation, and the owner of spec.replicas. One lock.</summary>
public sealed class FakeObjects
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, JsonObject> _objects = new(StringComparer.Ordinal);
    private int _version = 100;

    /// <summary>Runs under the lock before each request: the world's own motion.</summary>
    public Action<FakeObjects>? World { get; set; }

    public void Change(Action<FakeObjects> change)
    {
        lock (_gate)
        {
            change(this);
        }
    }

    public JsonObject? Find(string path)
    {
        lock (_gate)
        {
            return _objects.GetValueOrDefault(path);
        }
    }

    public IReadOnlyList<(string Path, JsonObject Object)> Under(string path)
    {
        lock (_gate)
        {
            return [.. _objects.Where(o => o.Key.StartsWith(path + "/", StringComparison.Ordinal) && !o.Key[(path.Length + 1)..].Contains('/')).Select(o => (o.Key, o.Value))];
        }
    }

    public void Put(string path, JsonObject value)
    {
        lock (_gate)
        {
            var metadata = (value["metadata"] ??= new JsonObject()).AsObject();
            metadata["name"] = path.Split('/')[^1];
            metadata["uid"] ??= Guid.NewGuid().ToString();
            if (path.Split('/') is { } parts && Array.IndexOf(parts, "namespaces") is > 0 and var at)
            {
                metadata["namespace"] = parts[at + 1];
            }

            Touch(value);
            _objects[path] = value;
        }
    }

    public void Remove(string path)
    {
        lock (_gate)
        {
            _objects.Remove(path);
        }
    }

    /// <summary>Gives the object a new resourceVersion, as any change does.</summary>
    public void Touch(JsonObject value) => value["metadata"]!["resourceVersion"] = (++_version).ToString(CultureInfo.InvariantCulture);

    internal (int Status, JsonNode? Body) Answer(string method, string path, string? selector, string contentType, string? manager, string body)
    {
        lock (_gate)
        {
            World?.Invoke(this);
            return method switch
            {
                "GET" when path.EndsWith("/log", StringComparison.Ordinal) => (200, Find(path[..^4])?["log"]?.DeepClone() ?? JsonValue.Create("")),
                "GET" => Read(path, selector),
                "POST" => Create(path, JsonNode.Parse(body)!.AsObject()),
                "PATCH" => Patch(path, JsonNode.Parse(body)!.AsObject(), contentType.Contains("apply-patch", StringComparison.Ordinal), manager ?? "unknown"),
                _ => Status(405, "MethodNotAllowed", method),
            };
        }
    }

    public static (int Status, JsonNode? Body) Status(int code, string reason, string message) =>
        (code, new JsonObject { ["kind"] = "Status", ["apiVersion"] = "v1", ["status"] = "Failure", ["message"] = message, ["reason"] = reason, ["code"] = code });

    private (int Status, JsonNode? Body) Read(string path, string? selector)
    {
        if (_objects.TryGetValue(path, out var found))
        {
            return (200, found.DeepClone());
        }

        if (path.Split('/')[^1] is not ("pods" or "jobs" or "horizontalpodautoscalers" or "nodes" or "leases" or "backups" or "volumesnapshots" or "events" or "scaledobjects" or "applications"))
        {
            return Status(404, "NotFound", $"{path} not found");
        }

        var wanted = (selector ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries).Select(s => s.Split('=')).ToList();
        var items = Under(path).Select(o => o.Object).Where(o => wanted.TrueForAll(w => o["metadata"]!["labels"]?[w[0]]?.GetValue<string>() == w[1]));
        return (200, new JsonObject { ["kind"] = "List", ["apiVersion"] = "v1", ["metadata"] = new JsonObject(), ["items"] = new JsonArray([.. items.Select(i => i.DeepClone())]) });
    }

    private (int Status, JsonNode? Body) Create(string collection, JsonObject value)
    {
        var path = $"{collection}/{value["metadata"]!["name"]}";
        if (_objects.ContainsKey(path))
        {
            return Status(409, "AlreadyExists", $"{path} already exists");
        }

        Put(path, value);
        return (201, value.DeepClone());
    }

    private (int Status, JsonNode? Body) Patch(string path, JsonObject patch, bool apply, string manager)
    {
        if (!_objects.TryGetValue(path, out var found))
        {
            return Status(404, "NotFound", $"{path} not found");
        }

        var metadata = found["metadata"]!.AsObject();
        var asked = patch["metadata"]!.AsObject();
        if (asked["uid"] is { } uid && uid.ToString() != metadata["uid"]!.ToString())
        {
            return Status(409, "Conflict", "Precondition failed: UID");
        }

        if (asked["resourceVersion"] is { } version && version.ToString() != metadata["resourceVersion"]!.ToString())
        {
            return Status(409, "Conflict", "the object has been modified; please apply your changes to the latest version and try again");
        }

        if (asked["finalizers"] is JsonArray finalizers)
        {
            var added = finalizers.Select(f => f!.ToString()).Except((metadata["finalizers"] as JsonArray ?? []).Select(f => f!.ToString()));
            if (metadata["deletionTimestamp"] is not null && added.Any())
            {
                return Status(422, "Invalid", "metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted");
            }

            metadata["finalizers"] = finalizers.DeepClone();
            if (metadata["deletionTimestamp"] is not null && finalizers.Count == 0 && metadata["deletionGracePeriodSeconds"]?.GetValue<int>() == 0)
            {
                _objects.Remove(path);
            }
        }

        foreach (var (name, value) in asked["annotations"] as JsonObject ?? [])
        {
            var annotations = (metadata["annotations"] ??= new JsonObject()).AsObject();
            if (value is null)
            {
                annotations.Remove(name);
                continue;
            }

            annotations[name] = value.DeepClone();
        }

        if (patch["spec"]?["replicas"] is { } replicas)
        {
            SetReplicas(found, replicas.GetValue<int>(), manager, apply ? "Apply" : "Update");
        }

        Touch(found);
        return (200, found.DeepClone());
    }

    /// <summary>As a write of that manager would: owners of a changed value lose it.</summary>
    public void SetReplicas(JsonObject workload, int replicas, string manager, string operation, string subresource = "")
    {
        var metadata = workload["metadata"]!.AsObject();
        var fields = (metadata["managedFields"] ??= new JsonArray()).AsArray();
        if (workload["spec"]!["replicas"]!.GetValue<int>() != replicas)
        {
            fields.Clear();
            workload["spec"]!["replicas"] = replicas;
            metadata["generation"] = metadata["generation"]!.GetValue<int>() + 1;
        }

        if (!fields.Any(f => f!["manager"]!.ToString() == manager && f["operation"]!.ToString() == operation))
        {
            fields.Add(new JsonObject
            {
                ["manager"] = manager,
                ["operation"] = operation,
                ["subresource"] = subresource,
                ["apiVersion"] = "apps/v1",
                ["fieldsType"] = "FieldsV1",
                ["fieldsV1"] = new JsonObject { ["f:spec"] = new JsonObject { ["f:replicas"] = new JsonObject() } },
            });
        }

        Touch(workload);
    }
}
