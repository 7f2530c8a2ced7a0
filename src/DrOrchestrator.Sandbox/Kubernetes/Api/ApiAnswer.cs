using System.Text.Json.Nodes;
using DrOrchestrator.Sandbox.Kubernetes.Objects;
using Microsoft.AspNetCore.Http;

namespace DrOrchestrator.Sandbox.Kubernetes.Api;

/// <summary>What a request gets, decided as a whole before a byte of it is sent.</summary>
internal sealed record ApiAnswer(int Status, byte[] Body, string MediaType = "application/json")
{
    private const int MostWarnings = 100;
    private const int LongestWarnings = 4096;

    /// <summary>Sent as <c>Warning: 299 - "..."</c> each (RFC 7234 section 5.5), each once, up to 100 and 4096 characters in all.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    public static ApiAnswer Of(JsonNode body, int status = 200) => new(status, body.ToBytes());

    public static ApiAnswer Of(StoredObject stored, int status = 200) => new(status, stored.Json);

    public static ApiAnswer Of(ApiRefusal refusal) => Of(refusal.ToStatus(), refusal.Code);

    public async Task SendAsync(HttpContext http)
    {
        http.Response.StatusCode = Status;
        http.Response.ContentType = MediaType;
        http.Response.ContentLength = Body.Length;
        var length = 0;
        foreach (var warning in Warnings.Distinct().Take(MostWarnings).TakeWhile(warning => (length += warning.Length) <= LongestWarnings))
        {
            http.Response.Headers.Append("Warning", $"299 - \"{string.Concat(warning.Select(Quoted))}\"");
        }

        if (!HttpMethods.IsHead(http.Request.Method))
        {
            await http.Response.Body.WriteAsync(Body, http.RequestAborted);
        }
    }

    private static string Quoted(char c) => c is '"' or '\\' ? $"\\{c}" : char.IsControl(c) ? FormattableString.Invariant($@"\\x{(int)c:x2}") : c.ToString();
}
