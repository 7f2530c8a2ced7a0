using System.Globalization;
using System.Text.Json.Nodes;

namespace DrOrchestrator.Testing.Kubernetes;

/// <summary>Objects by path, with the rules drills rely on: uid and resourceVersion as preconditions, finalizers, generation, and the owner of spec.replicas. One lock.</summary>
public sealed class FakeObjects
{
    /// <summary>What is served by paths of discovery.</summary>
    private static readonly Dictionary<string, (string Plural, string Kind)[]> Kinds = new(StringComparer.Ordinal)
    {
        ["/api/v1"] = [("configmaps", "ConfigMap"), ("pods", "Pod"), ("services", "Service")],
        ["/apis/apps/v1"] = [("deployments", "Deployment"), ("statefulsets", "StatefulSet")],
    };

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

    /// <summary>What the server answers to one request, for one that comes late too.</summary>
    public (int Status, JsonNode? Body) Answer(string method, string path, string? selector, string contentType, string? manager, string body, bool dryRun = false)
    {
        lock (_gate)
        {
            World?.Invoke(this);
            return method switch
            {
                "GET" when path.EndsWith("/log", StringComparison.Ordinal) => (200, Find(path[..^4])?["log"]?.DeepClone() ?? JsonValue.Create("")),
                "GET" when Kinds.TryGetValue(path.TrimEnd('/'), out var kinds) => (200, Served(path, kinds)),
                "GET" => Read(path, selector),
                "POST" => Create(path, JsonNode.Parse(body)!.AsObject()),
                "PATCH" when contentType.Contains("json-patch", StringComparison.Ordinal) => PatchByOperations(path, JsonNode.Parse(body)!.AsArray()),
                "PATCH" => Patch(path, JsonNode.Parse(body)!.AsObject(), contentType.Contains("apply-patch", StringComparison.Ordinal), manager ?? "unknown", dryRun),
                "DELETE" => Delete(path, body.Length == 0 ? null : JsonNode.Parse(body)),
                _ => Status(405, "MethodNotAllowed", method),
            };
        }
    }

    public static (int Status, JsonNode? Body) Status(int code, string reason, string message, JsonObject? details = null) =>
        (code, new JsonObject { ["kind"] = "Status", ["apiVersion"] = "v1", ["metadata"] = new JsonObject(), ["status"] = "Failure", ["message"] = message, ["reason"] = reason, ["details"] = details ?? [], ["code"] = code });

    /// <summary>As v1.36.2 does: it names the object, also for a subresource of it; of a kind that it does not serve it says no more than that.</summary>
    /// <param name="message">Null for the server's own words.</param>
    public static (int Status, JsonNode? Body) NotFound(string path, string? message = null)
    {
        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        var (group, at) = parts[0] == "apis" ? (parts[1], 3) : ("", 2);
        at += parts.Length > at + 2 && parts[at] == "namespaces" ? 2 : 0;
        if (parts.Length < at + 2)
        {
            return Status(404, "NotFound", message ?? "the server could not find the requested resource");
        }

        var details = new JsonObject { ["name"] = parts[at + 1], ["kind"] = parts[at] };
        if (group.Length > 0)
        {
            details["group"] = group;
        }

        return Status(404, "NotFound", message ?? $"{parts[at]}{(group.Length > 0 ? $".{group}" : "")} \"{parts[at + 1]}\" not found", details);
    }

    private (int Status, JsonNode? Body) Read(string path, string? selector)
    {
        if (_objects.TryGetValue(path, out var found))
        {
            return (200, found.DeepClone());
        }

        if (path.TrimEnd('/') == "/apis")
        {
            // The groups that objects of that path say to be served.
            return (200, new JsonObject { ["kind"] = "APIGroupList", ["apiVersion"] = "v1", ["groups"] = new JsonArray([.. Under("/apis").Select(group => Group(group.Path, group.Object))]) });
        }

        if (path.Split('/')[^1] is not ("pods" or "jobs" or "horizontalpodautoscalers" or "nodes" or "leases" or "backups" or "volumesnapshots" or "events" or "namespaces" or "scaledobjects" or "applications" or "networkpolicies" or "endpointslices"
            or "deployments" or "statefulsets" or "services" or "ingresses" or "clusters" or "poddisruptionbudgets" or "persistentvolumeclaims"))
        {
            return NotFound(path);
        }

        var wanted = (selector ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries).Select(s => s.Split('=')).ToList();
        var items = Under(path).Concat(InAllNamespaces(path)).Select(o => o.Object).Where(o => wanted.TrueForAll(w => o["metadata"]!["labels"]?[w[0]]?.GetValue<string>() == w[1]));
        return (200, new JsonObject { ["kind"] = "List", ["apiVersion"] = "v1", ["metadata"] = new JsonObject(), ["items"] = new JsonArray([.. items.Select(i => i.DeepClone())]) });
    }

    private static JsonObject Group(string path, JsonObject put)
    {
        var version = new JsonObject { ["groupVersion"] = put["preferredVersion"]!["groupVersion"]!.DeepClone(), ["version"] = put["preferredVersion"]!["groupVersion"]!.ToString().Split('/')[^1] };
        return new JsonObject { ["name"] = path.Split('/')[^1], ["versions"] = new JsonArray(version), ["preferredVersion"] = version.DeepClone() };
    }

    /// <summary>Of <c>/apis/apps/v1/deployments</c> what stands in <c>/apis/apps/v1/namespaces/NS/deployments</c>.</summary>
    private IEnumerable<(string Path, JsonObject Object)> InAllNamespaces(string path)
    {
        var (api, plural) = (path[..path.LastIndexOf('/')] + "/namespaces/", path.Split('/')[^1]);
        return path.Contains("/namespaces/", StringComparison.Ordinal)
            ? []
            : _objects.Where(o => o.Key.StartsWith(api, StringComparison.Ordinal) && o.Key[api.Length..].Split('/') is [_, var kind, _] && kind == plural).Select(o => (o.Key, o.Value));
    }

    private (int Status, JsonNode? Body) Create(string collection, JsonObject value)
    {
        var path = $"{collection}/{value["metadata"]!["name"]}";
        if (_objects.ContainsKey(path))
        {
            return Status(409, "AlreadyExists", $"{path} already exists");
        }

        if (_objects.Any(o => o.Key.StartsWith("/api/v1/namespaces/", StringComparison.Ordinal) && o.Value["metadata"]!["deletionTimestamp"] is not null && IsIn(o.Key, path)))
        {
            return Status(403, "Forbidden", $"unable to create new content in namespace {collection.Split('/')[^2]} because it is being terminated");
        }

        Put(path, value);
        return (201, value.DeepClone());
    }

    /// <summary>As v1.36.2 does: a namespace goes with all that is in it, once no finalizer holds any of it.</summary>
    private (int Status, JsonNode? Body) Delete(string path, JsonNode? options)
    {
        if (!_objects.TryGetValue(path, out var found))
        {
            return NotFound(path);
        }

        if (options?["preconditions"]?["uid"] is { } uid && uid.ToString() != found["metadata"]!["uid"]!.ToString())
        {
            return Status(409, "Conflict", $"Precondition failed: UID in precondition: {uid}, UID in object meta: {found["metadata"]!["uid"]}");
        }

        found["metadata"]!["deletionTimestamp"] = "2026-11-22T10:00:00Z";
        Touch(found);
        var held = IsNamespace(path) ? _objects.Where(o => IsIn(path, o.Key)).Select(o => o.Value).Append(found).SelectMany(Finalizers).ToList() : [.. Finalizers(found)];
        if (held.Count > 0)
        {
            found["status"] = new JsonObject
            {
                ["phase"] = "Terminating",
                ["conditions"] = new JsonArray(new JsonObject { ["type"] = "NamespaceFinalizersRemaining", ["status"] = "True", ["message"] = $"Some content in the namespace has finalizers remaining: {held[0]} in 1 resource instances" }),
            };
            return (200, found.DeepClone());
        }

        foreach (var inside in _objects.Keys.Where(key => key == path || (IsNamespace(path) && IsIn(path, key))).ToList())
        {
            _objects.Remove(inside);
        }

        return (200, found.DeepClone());
    }

    private static bool IsNamespace(string path) => path.Split('/') is ["", "api", "v1", "namespaces", _];

    private static bool IsIn(string ns, string path) => path.Contains($"/namespaces/{ns.Split('/')[^1]}/", StringComparison.Ordinal);

    private static IEnumerable<string> Finalizers(JsonObject value) => (value["metadata"]!["finalizers"] as JsonArray ?? []).Select(name => name!.ToString());

    private (int Status, JsonNode? Body) Patch(string path, JsonObject patch, bool apply, string manager, bool dryRun)
    {
        if (!_objects.TryGetValue(path, out var found))
        {
            return apply ? Make(path, patch, dryRun) : NotFound(path);
        }

        if (dryRun)
        {
            // The answer says what would stand, with the resourceVersion that stays.
            var (kept, version0) = (found.DeepClone().AsObject(), _version);
            var would = Patch(path, patch, apply, manager, dryRun: false);
            (_objects[path], _version) = (kept, version0);
            if (would.Status == 200)
            {
                would.Body!["metadata"]!["resourceVersion"] = kept["metadata"]!["resourceVersion"]!.DeepClone();
            }

            return would;
        }

        var metadata = found["metadata"]!.AsObject();
        var asked = patch["metadata"]!.AsObject();
        if (asked["uid"] is { } uid && uid.ToString() != metadata["uid"]!.ToString())
        {
            return asked["resourceVersion"] is { } meant && meant.ToString() != metadata["resourceVersion"]!.ToString()
                ? Status(409, "Conflict", "the object has been modified; please apply your changes to the latest version and try again")
                : Status(422, "Invalid", $"{path.Split('/')[^1]} is invalid: metadata.uid: Invalid value: \"{uid}\": field is immutable");
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

        Merge(found["spec"] as JsonObject, patch["spec"] as JsonObject);
        Merge(found["data"] as JsonObject, patch["data"] as JsonObject);
        Touch(found);
        return (200, found.DeepClone());
    }

    /// <summary>As v1.36.2 does: an apply makes what is not there, unless it names a uid or a version.</summary>
    private (int Status, JsonNode? Body) Make(string path, JsonObject value, bool dryRun)
    {
        if (value["metadata"]!["uid"] is not null || value["metadata"]!["resourceVersion"] is not null)
        {
            return Status(409, "Conflict", $"Operation cannot be fulfilled on {path}: uid mismatch: the provided object specified uid {value["metadata"]!["uid"]}, and no existing object was found");
        }

        if (dryRun)
        {
            return (201, value.DeepClone());
        }

        var made = value.DeepClone().AsObject();
        Put(path, made);
        return (201, made.DeepClone());
    }

    private static JsonObject Served(string path, (string Plural, string Kind)[] kinds) => new()
    {
        ["kind"] = "APIResourceList",
        ["groupVersion"] = path.TrimEnd('/')[(path.StartsWith("/apis/", StringComparison.Ordinal) ? "/apis/" : "/api/").Length..],
        ["resources"] = new JsonArray([.. kinds.Select(kind => new JsonObject { ["name"] = kind.Plural, ["singularName"] = "", ["namespaced"] = true, ["kind"] = kind.Kind, ["verbs"] = new JsonArray("get", "patch") })]),
    };

    /// <summary>RFC 7386, for mappings of the spec that are there; replicas have their own rules.</summary>
    private static void Merge(JsonObject? found, JsonObject? patch)
    {
        foreach (var (name, value) in patch ?? [])
        {
            if (found is null || name == "replicas")
            {
                continue;
            }

            if (value is null)
            {
                found.Remove(name);
            }
            else if (value is JsonObject deeper && found[name] is JsonObject there)
            {
                Merge(there, deeper);
            }
            else
            {
                found[name] = value.DeepClone();
            }
        }
    }

    private (int Status, JsonNode? Body) PatchByOperations(string path, JsonArray operations)
    {
        if (!_objects.TryGetValue(path, out var found))
        {
            return NotFound(path);
        }

        if (FakeJsonPatch.Apply(found, operations) is not { } changed)
        {
            return Status(422, "Invalid", "the server rejected our request due to an error in our request");
        }

        if (changed["metadata"]!["resourceVersion"]!.ToString() != found["metadata"]!["resourceVersion"]!.ToString())
        {
            return Status(409, "Conflict", "the object has been modified; please apply your changes to the latest version and try again");
        }

        Touch(changed);
        _objects[path] = changed;
        return (200, changed.DeepClone());
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
