using System.Text.Json.Nodes;
using DrOrchestrator.Sandbox.Kubernetes.Objects;
using Microsoft.AspNetCore.Http;

namespace DrOrchestrator.Sandbox.Kubernetes.Api;

/// <summary>What a request gets, decided as a whole before a byte of it is sent.</summary>
internal sealed record ApiAnswer(int Status, byte[] Body, string MediaType = "application/json")
{
    public static ApiAnswer Of(JsonNode body, int status = 200) => new(status, body.ToBytes());

    public static ApiAnswer Of(StoredObject stored, int status = 200) => new(status, stored.Json);

    public static ApiAnswer Of(ApiRefusal refusal) => Of(refusal.ToStatus(), refusal.Code);

    public async Task SendAsync(HttpContext http)
    {
        http.Response.StatusCode = Status;
        http.Response.ContentType = MediaType;
        http.Response.ContentLength = Body.Length;
        if (!HttpMethods.IsHead(http.Request.Method))
        {
            await http.Response.Body.WriteAsync(Body, http.RequestAborted);
        }
    }
}
