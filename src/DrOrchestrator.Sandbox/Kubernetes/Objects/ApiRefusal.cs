using System.Text.Json.Nodes;

namespace DrOrchestrator.Sandbox.Kubernetes.Objects;

/// <summary>A request that is refused, with the <c>Status</c> object Kubernetes answers it with. Thrown where it is found, turned into an answer at one place.</summary>
internal sealed class ApiRefusal : Exception
{
    private readonly JsonObject? _details;

    private ApiRefusal(int code, string reason, string message, JsonObject? details = null)
        : base(message)
    {
        Code = code;
        Reason = reason;
        _details = details;
    }

    public int Code { get; }

    public string Reason { get; }

    public JsonObject ToStatus()
    {
        var status = new JsonObject
        {
            ["kind"] = "Status",
            ["apiVersion"] = "v1",
            ["metadata"] = new JsonObject(),
            ["status"] = "Failure",
            ["message"] = Message,
        };
        status.Put("reason", Reason.Length > 0 ? JsonValue.Create(Reason) : null);
        status.Put("details", _details);
        status["code"] = Code;
        return status;
    }

    public static ApiRefusal Unauthorized() => new(401, "Unauthorized", "Unauthorized");

    public static ApiRefusal BadRequest(string message) => new(400, "BadRequest", message);

    public static ApiRefusal NotFound(ObjectKey key) =>
        new(404, "NotFound", $"{key.Kind.Qualified} \"{key.Name}\" not found", Details(key));

    public static ApiRefusal NoSuchPath() => new(404, "NotFound", "the server could not find the requested resource", new JsonObject());

    public static ApiRefusal MethodNotAllowed() =>
        new(405, "MethodNotAllowed", "the server does not allow this method on the requested resource", new JsonObject());

    public static ApiRefusal NotAcceptable() =>
        new(406, "NotAcceptable", "only the following media types are accepted: application/json", new JsonObject());

    public static ApiRefusal AlreadyExists(ObjectKey key) =>
        new(409, "AlreadyExists", $"{key.Kind.Qualified} \"{key.Name}\" already exists", Details(key));

    public static ApiRefusal Conflict(ObjectKey key, string why) =>
        new(409, "Conflict", $"Operation cannot be fulfilled on {key.Kind.Qualified} \"{key.Name}\": {why}", Details(key));

    public static ApiRefusal Stale(ObjectKey key) =>
        Conflict(key, "the object has been modified; please apply your changes to the latest version and try again");

    /// <summary>A delete asked for another object than the one that is there; this one error names the kind and not the resource.</summary>
    public static ApiRefusal WrongPrecondition(ObjectKey key, string why)
    {
        var details = Details(key);
        details["kind"] = key.Kind.Kind;
        return new ApiRefusal(409, "Conflict", $"Operation cannot be fulfilled on {key.Kind.Kind}{Suffix(key)} \"{key.Name}\": {why}", details);
    }

    public static ApiRefusal FieldsOwned(IReadOnlyList<(string Field, string Manager)> conflicts, string message)
    {
        var causes = new JsonArray();
        foreach (var (field, manager) in conflicts)
        {
            causes.Add(new JsonObject { ["reason"] = "FieldManagerConflict", ["message"] = $"conflict with {manager}", ["field"] = field });
        }

        return new ApiRefusal(409, "Conflict", message, new JsonObject { ["causes"] = causes });
    }

    public static ApiRefusal Expired(string message) => new(410, "Expired", message);

    public static ApiRefusal TooLarge(int limit) =>
        new(413, "RequestEntityTooLarge", $"the body is larger than the limit of {limit} bytes", new JsonObject());

    public static ApiRefusal UnsupportedMediaType(string found, string allowed) =>
        new(415, "UnsupportedMediaType", $"the body of the request was in an unknown format ({found}) - accepted media types include: {allowed}", new JsonObject());

    public static ApiRefusal Forbidden(ObjectKey key, string why) =>
        new(403, "Forbidden", $"{key.Kind.Qualified} \"{key.Name}\" is forbidden: {why}", Details(key));

    public static ApiRefusal Invalid(ObjectKey key, string field, string why)
    {
        var details = Details(key);
        details["kind"] = key.Kind.Kind;
        details["causes"] = new JsonArray(new JsonObject { ["reason"] = "FieldValueInvalid", ["message"] = why, ["field"] = field });
        return new ApiRefusal(422, "Invalid", $"{key.Kind.Kind}{Suffix(key)} \"{key.Name}\" is invalid: {field}: {why}", details);
    }

    /// <summary>Apply's own error for a field that the kind does not have; a server's internal one by its code, without a reason.</summary>
    public static ApiRefusal NotDeclared(ObjectKey key, string? ns, string field) =>
        new(500, "", $"failed to create typed patch object ({ns}/{key.Name}; {key.Kind.Group}/{key.Kind.Version}, Kind={key.Kind.Kind}): {field}: field not declared in schema");

    public static ApiRefusal Unprocessable(string message) => new(422, "Invalid", message, new JsonObject());

    public static ApiRefusal NotServed(string what) => new(501, "NotImplemented", $"this lab does not serve {what}", new JsonObject());

    public static ApiRefusal VersionInFuture(long asked, long current) => new(
        504,
        "Timeout",
        $"Timeout: Too large resource version: {asked}, current: {current}",
        new JsonObject { ["causes"] = new JsonArray(new JsonObject { ["reason"] = "ResourceVersionTooLarge", ["message"] = "Too large resource version" }) });

    public static ApiRefusal Internal(string message) => new(500, "InternalError", $"Internal error occurred: {message}", new JsonObject());

    private static string Suffix(ObjectKey key) => key.Kind.Group.Length == 0 ? "" : "." + key.Kind.Group;

    /// <summary>How a Status names an object.</summary>
    public static JsonObject Details(ObjectKey key)
    {
        var details = new JsonObject { ["name"] = key.Name };
        if (key.Kind.Group.Length > 0)
        {
            details["group"] = key.Kind.Group;
        }

        details["kind"] = key.Kind.Plural;
        return details;
    }
}
