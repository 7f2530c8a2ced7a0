using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using DrOrchestrator.EndToEnd.Harness;

namespace DrOrchestrator.EndToEnd.Kill;

/// <summary>
/// What the lab's own record says was done to it, in words that are the same in every run: generated names of pods and the log's id in marks are cut,
/// versions and times left out. Pure.
/// </summary>
internal static partial class Effects
{
    /// <summary>Effects that happened, each as often as it did, in order of their words.</summary>
    public static IReadOnlyList<string> Done(IEnumerable<LabRequest> requests) =>
        [.. requests.Where(request => request.Status is >= 200 and < 300).Select(request => LogId().Replace(Word(request), "dro-*-")).Order(StringComparer.Ordinal)];

    /// <summary>Requests that a precondition kept from having an effect: the loser of a compare-and-set, the second creation of one name.</summary>
    public static IReadOnlyList<LabRequest> Excluded(IEnumerable<LabRequest> requests) => [.. requests.Where(request => request.Status is 409 or 412)];

    /// <summary>Anything else the lab answered to a change: nothing of that belongs into these runs.</summary>
    public static IReadOnlyList<LabRequest> Unexpected(IEnumerable<LabRequest> requests) =>
        [.. requests.Where(request => request.Status is not (>= 200 and < 300 or 409 or 412))];

    private static string Word(LabRequest request)
    {
        JsonNode? body = Parse(request.Body);
        string path = request.Path.Split('?')[0];
        string target = string.Join('/', path.Split('/')[^2..]);
        string manager = request.Path.Split("fieldManager=") is [_, var rest] ? rest.Split('&')[0] : "";
        return (request.Site, request.Method) switch
        {
            ("lab", _) => $"lab: {target} at {body?["site"]} {(body?["active"]?.GetValue<bool>() == true ? "set" : "lifted")}",
            ("front-door", _) => $"front door: route to {body?["site"]} at epoch {body?["epoch"]}",
            (_, "POST") when path.EndsWith("/jobs", StringComparison.Ordinal) => $"{request.Site}: {manager} creates job {body?["metadata"]?["name"]}",
            (_, "PATCH") when target.StartsWith("pods/", StringComparison.Ordinal) =>
                $"{request.Site}: {manager} {(body?["metadata"]?["finalizers"] is JsonArray { Count: > 0 } ? "holds" : "lets go")} {Family(target)}",
            (_, "PATCH") when body?["spec"]?["replicas"] is { } replicas => $"{request.Site}: {manager} applies {target} replicas {replicas} for {body["metadata"]?["annotations"]?["drorchestrator.io/marker"]}",
            (_, "PATCH") => $"{request.Site}: {manager} notes on {target}",
            _ => $"{request.Site}: {request.Method} {request.Path}",
        };
    }

    /// <summary>A pod of a Deployment is called NAME-TEMPLATE-RANDOM (the random part may be all digits), one of a StatefulSet NAME-NUMBER; the lab's NAMEs have one hyphen.</summary>
    private static string Family(string pod) => pod.Split('-') is { Length: > 3 } parts ? string.Join('-', parts[..^2]) + "-*" : pod;

    /// <summary>Marks begin with the id of the server's evidence log.</summary>
    [GeneratedRegex("dro-[0-9a-f]{8}-")]
    private static partial Regex LogId();

    private static JsonNode? Parse(string? body)
    {
        try
        {
            return body is null ? null : JsonNode.Parse(body);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
