using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using DrOrchestrator.Sandbox.Kubernetes.Objects;
using DrOrchestrator.Sandbox.Kubernetes.Ownership;
using Microsoft.AspNetCore.Http;

namespace DrOrchestrator.Sandbox.Kubernetes.Api;

/// <summary>What becomes of fields that a kind does not have. None of them is ever kept.</summary>
internal enum FieldValidation
{
    /// <summary>Left out, and said in <c>Warning</c> headers.</summary>
    Warn,

    /// <summary>Refused.</summary>
    Strict,

    /// <summary>Left out.</summary>
    Ignore,
}

/// <summary>One request as the handlers see it.</summary>
internal sealed class ApiRequest(HttpContext http, byte[] body)
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 64 };

    public HttpContext Http => http;

    public string Method => http.Request.Method;

    public string UserAgent => http.Request.Headers.UserAgent.ToString();

    /// <summary>The media type of the body without its parameters; empty when none is given.</summary>
    public string MediaType => (http.Request.ContentType ?? "").Split(';')[0].Trim().ToLowerInvariant();

    public string? Query(string name) => http.Request.Query.TryGetValue(name, out var values) && values.Count > 0 ? values[0] : null;

    public bool QueryFlag(string name) => Query(name) is { } text && text is not ("false" or "0");

    public long? QueryNumber(string name) => Query(name) switch
    {
        null or "" => null,
        var text when long.TryParse(text, out var number) && number >= 0 => number,
        var text => throw ApiRefusal.BadRequest($"{name}: '{text}' is not a number"),
    };

    /// <summary>True for a request that must change nothing.</summary>
    public bool DryRun(JsonObject? options = null)
    {
        var asked = options.Texts("dryRun").Concat(http.Request.Query["dryRun"].OfType<string>()).Where(value => value.Length > 0).ToArray();
        return asked.Length != 0 && (Array.TrueForAll(asked, value => value == "All")
            ? true
            : throw ApiRefusal.Unprocessable($"dryRun: Unsupported value: \"{string.Join(",", asked)}\": supported values: \"All\""));
    }

    /// <summary>Who writes, as Kubernetes derives it: the field manager when named, else the first word of the user agent.</summary>
    public Writer Writer(string subresource = "")
    {
        var manager = Query("fieldManager");
        if (string.IsNullOrEmpty(manager))
        {
            manager = UserAgent.Split('/')[0];
        }

        return new Writer(manager.Length == 0 ? "unknown" : manager, subresource);
    }

    /// <summary>The body as a JSON object; null when there is none.</summary>
    public JsonObject? OptionalBody() => body.Length == 0 ? null : BodyNode() as JsonObject ?? throw ApiRefusal.BadRequest("the body must be a JSON object");

    public JsonObject Body() => OptionalBody() ?? throw ApiRefusal.BadRequest("the request needs a body");

    public JsonNode BodyNode()
    {
        try
        {
            return JsonNode.Parse(new UTF8Encoding(false, true).GetString(body), documentOptions: Strict) ?? throw ApiRefusal.BadRequest("the body must not be null");
        }
        catch (Exception problem) when (problem is JsonException or DecoderFallbackException)
        {
            throw ApiRefusal.BadRequest($"the body is no JSON this lab reads: {problem.Message}");
        }
    }

    /// <summary>What becomes of fields that the kind does not have; warned of where nothing is asked for (v1.27 and later).</summary>
    public FieldValidation Validation() => Query("fieldValidation") switch
    {
        "Strict" => FieldValidation.Strict,
        null or "" or "Warn" => FieldValidation.Warn,
        "Ignore" => FieldValidation.Ignore,
        var other => throw ApiRefusal.NotServed($"fieldValidation={other}; use Strict, Warn or Ignore"),
    };
}
