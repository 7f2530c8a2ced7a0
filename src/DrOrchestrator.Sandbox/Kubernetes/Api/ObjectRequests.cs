using System.Text.Json.Nodes;
using DrOrchestrator.Sandbox.Kubernetes.Objects;
using DrOrchestrator.Sandbox.Kubernetes.Registry;

namespace DrOrchestrator.Sandbox.Kubernetes.Api;

/// <summary>Get, list, create, replace, patch, apply and delete.</summary>
internal sealed class ObjectRequests(ObjectRegistry registry)
{
    private const string ApplyPatch = "application/apply-patch+yaml";
    private const string MergePatch = "application/merge-patch+json";
    private const string JsonPatch = "application/json-patch+json";

    public ApiAnswer Handle(ApiRequest request, ResourcePath path) => (request.Method, path.Name) switch
    {
        ("GET" or "HEAD", null) => List(request, path),
        ("GET" or "HEAD", _) => ApiAnswer.Of(registry.Store.Find(path.Key()) ?? throw ApiRefusal.NotFound(path.Key())),
        ("POST", null) when path.Namespace is not null || !path.Kind.Namespaced => Create(request, path),
        ("PUT", not null) => Replace(request, path.Key()),
        ("PATCH", not null) => Patch(request, path.Key()),
        ("DELETE", not null) => Delete(request, path.Key()),
        _ => throw ApiRefusal.MethodNotAllowed(),
    };

    public static void RequireJson(ApiRequest request)
    {
        if (request.MediaType is not ("application/json" or ""))
        {
            throw ApiRefusal.UnsupportedMediaType(request.MediaType, "application/json");
        }
    }

    public static JsonArray Operations(ApiRequest request) =>
        request.BodyNode() as JsonArray ?? throw ApiRefusal.BadRequest("a JSON patch is a list of operations");

    private ApiAnswer List(ApiRequest request, ResourcePath path)
    {
        if (request.Query("continue") is { Length: > 0 })
        {
            throw ApiRefusal.NotServed("continue: lists come whole");
        }

        if (request.Query("resourceVersionMatch") == "Exact")
        {
            throw ApiRefusal.NotServed("resourceVersionMatch=Exact");
        }

        var labels = LabelSelector.Parse(request.Query("labelSelector"));
        var fields = FieldSelector.Parse(request.Query("fieldSelector"), path.Kind);
        var (objects, version) = registry.Store.List(path.Kind, path.Namespace);
        if (request.QueryNumber("resourceVersion") is { } asked && asked > version)
        {
            throw ApiRefusal.VersionInFuture(asked, version);
        }

        var items = new JsonArray();
        foreach (var stored in objects.Where(stored => labels.Matches(stored.Labels) && fields.Matches(stored)))
        {
            // Items of a list do not repeat what the list says.
            var item = stored.Parse();
            item.Remove("kind");
            item.Remove("apiVersion");
            items.Add(item);
        }

        return ApiAnswer.Of(new JsonObject
        {
            ["kind"] = path.Kind.Kind + "List",
            ["apiVersion"] = path.Kind.ApiVersion,
            ["metadata"] = new JsonObject { ["resourceVersion"] = version.ToString(System.Globalization.CultureInfo.InvariantCulture) },
            ["items"] = items,
        });
    }

    private ApiAnswer Create(ApiRequest request, ResourcePath path)
    {
        RequireJson(request);
        var content = request.Body();
        CheckKind(path.Kind, Typed(path.Kind, content));
        var warnings = CheckFields(request, path.Kind, content);
        CheckNamespace(path.Namespace, content);
        var name = content.Text("metadata", "name");
        if (string.IsNullOrEmpty(name) && content.Text("metadata", "generateName") is { Length: > 0 } start)
        {
            name = start + ObjectNames.RandomEnd();
        }

        return ApiAnswer.Of(registry.Create(path.Key(name ?? ""), content, request.Writer(), request.DryRun()), 201) with { Warnings = warnings };
    }

    private ApiAnswer Replace(ApiRequest request, ObjectKey key)
    {
        RequireJson(request);
        var content = request.Body();
        CheckKind(key.Kind, Typed(key.Kind, content));
        var warnings = CheckFields(request, key.Kind, content);
        CheckNamespace(key.Namespace, content);
        return ApiAnswer.Of(registry.Update(key, request.Writer(), _ => content, request.DryRun())) with { Warnings = warnings };
    }

    private ApiAnswer Patch(ApiRequest request, ObjectKey key)
    {
        switch (request.MediaType)
        {
            case MergePatch:
                var patch = request.Body();
                return Patch(request, key, target => JsonPatches.Merge(WithoutVersion(target), patch));
            case JsonPatch:
                var operations = Operations(request);
                return Patch(request, key, target => JsonPatches.Apply(target, operations));
            case ApplyPatch:
                return Apply(request, key);
            default:
                throw ApiRefusal.UnsupportedMediaType(request.MediaType, $"{JsonPatch}, {MergePatch}, {ApplyPatch}");
        }
    }

    private ApiAnswer Patch(ApiRequest request, ObjectKey key, Func<JsonObject, JsonObject> change)
    {
        var (validation, dropped) = (request.Validation(), new List<string>());
        var stored = registry.Update(
            key,
            request.Writer(),
            target =>
            {
                var patched = change(target);
                if (validation is FieldValidation.Strict)
                {
                    return KnownFields.CheckPatchedStrictly(key.Kind, patched);
                }

                dropped.AddRange(KnownFields.Drop(key.Kind, patched));
                return patched;
            },
            request.DryRun(),
            isPatch: true);
        return ApiAnswer.Of(stored) with { Warnings = validation is FieldValidation.Warn ? dropped : [] };
    }

    private ApiAnswer Apply(ApiRequest request, ObjectKey key)
    {
        if (string.IsNullOrEmpty(request.Query("fieldManager")))
        {
            throw ApiRefusal.Unprocessable("PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Required value: is required for apply patch");
        }

        var configuration = AppliedBody(request);
        CheckKind(key.Kind, configuration);
        CheckNamespace(key.Namespace, configuration);
        if (configuration.Text("metadata", "name") is { } name && name != key.Name)
        {
            throw ApiRefusal.BadRequest($"the name of the object ({name}) does not match the name on the URL ({key.Name})");
        }

        _ = request.Validation();
        KnownFields.CheckApplied(key, configuration);
        if (configuration.At("metadata", "managedFields") is JsonArray { Count: > 0 })
        {
            throw ApiRefusal.BadRequest("metadata.managedFields must be nil");
        }

        var (stored, created) = registry.Apply(key, configuration, request.Writer(), request.QueryFlag("force"), request.DryRun());
        return ApiAnswer.Of(stored, created ? 201 : 200);
    }

    // The media type says YAML. Every JSON text is YAML, and clients send JSON; other YAML is not read.
    private static JsonObject AppliedBody(ApiRequest request)
    {
        try
        {
            return request.Body();
        }
        catch (ApiRefusal refusal) when (refusal.Code == 400)
        {
            throw ApiRefusal.UnsupportedMediaType($"a body that is not JSON; {refusal.Message}", $"{ApplyPatch} with JSON in it");
        }
    }

    private ApiAnswer Delete(ApiRequest request, ObjectKey key)
    {
        RequireJson(request);
        var body = request.OptionalBody();
        var options = DeleteOptions.Read(body, request.Query, request.DryRun(body));
        var stored = registry.Delete(key, options);
        if (!Deletion.IsComplete(stored.Parse()) || key.Kind == ResourceKind.Pods)
        {
            return ApiAnswer.Of(stored);
        }

        var details = ApiRefusal.Details(key);
        details["uid"] = stored.Uid;
        return ApiAnswer.Of(new JsonObject
        {
            ["kind"] = "Status",
            ["apiVersion"] = "v1",
            ["metadata"] = new JsonObject(),
            ["status"] = "Success",
            ["details"] = details,
        });
    }

    // A body that says nothing of its type is of the type of the path: the official client sends such.
    private static JsonObject Typed(ResourceKind kind, JsonObject content)
    {
        content["kind"] ??= kind.Kind;
        content["apiVersion"] ??= kind.ApiVersion;
        return content;
    }

    // A merge patch that names a version asks for it; one that does not takes any.
    private static JsonObject WithoutVersion(JsonObject target)
    {
        target["metadata"]!.AsObject().Remove("resourceVersion");
        return target;
    }

    /// <returns>What is to be warned of.</returns>
    private static IReadOnlyList<string> CheckFields(ApiRequest request, ResourceKind kind, JsonObject content)
    {
        var validation = request.Validation();
        if (validation is FieldValidation.Strict)
        {
            KnownFields.CheckStrictly(kind, content);
            return [];
        }

        var dropped = KnownFields.Drop(kind, content);
        return validation is FieldValidation.Warn ? dropped : [];
    }

    private static void CheckKind(ResourceKind kind, JsonObject content)
    {
        if (content.Text("kind") is not { Length: > 0 } found)
        {
            throw ApiRefusal.BadRequest("Object 'Kind' is missing in the body");
        }

        if (found != kind.Kind || content.Text("apiVersion") != kind.ApiVersion)
        {
            throw ApiRefusal.BadRequest(
                $"the body is a {content.Text("apiVersion")} {found}; the API expected here is {kind.ApiVersion} {kind.Kind}");
        }
    }

    private static void CheckNamespace(string? inPath, JsonObject content)
    {
        if (content.Text("metadata", "namespace") is { Length: > 0 } found && found != (inPath ?? ""))
        {
            throw ApiRefusal.BadRequest("the namespace of the provided object does not match the namespace sent on the request");
        }
    }
}
