using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace DrOrchestrator.Sandbox.Wire;

/// <summary>JSON in and out of the lab's small servers.</summary>
internal static class JsonWire
{
    /// <summary>No message of the lab is longer.</summary>
    public const int MaxBodyBytes = 64 * 1024;

    public static Task AnswerAsync(this HttpContext context, int status, JsonObject body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        byte[] bytes = JsonSerializer.SerializeToUtf8Bytes(body, JsonShapes.Default.JsonObject);
        context.Response.ContentLength = bytes.Length;
        return context.Response.Body.WriteAsync(bytes, context.RequestAborted).AsTask();
    }

    /// <summary>"Certainly not done", with the reason for people.</summary>
    public static Task RefuseAsync(this HttpContext context, int status, string reason) =>
        context.AnswerAsync(status, new JsonObject { ["refused"] = true, ["reason"] = reason });

    /// <summary>The whole body, or null when it is longer than <see cref="MaxBodyBytes"/>.</summary>
    public static async Task<byte[]?> ReadBodyAsync(this HttpContext context)
    {
        using var body = new MemoryStream();
        var buffer = new byte[4096];
        int read;
        while ((read = await context.Request.Body.ReadAsync(buffer, context.RequestAborted).ConfigureAwait(false)) > 0)
        {
            if (body.Length + read > MaxBodyBytes)
            {
                return null;
            }

            body.Write(buffer, 0, read);
        }

        return body.ToArray();
    }

    /// <summary>The object in <paramref name="json"/>, or null when it is anything else.</summary>
    public static JsonObject? ParseObject(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonNode.Parse(json) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public static string? Text(this JsonObject json, string key) => json[key] is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    public static long? Integer(this JsonObject json, string key) => json[key] is JsonValue value && value.TryGetValue(out long number) ? number : null;

    public static bool? Flag(this JsonObject json, string key) => json[key] is JsonValue value && value.TryGetValue(out bool flag) ? flag : null;
}
