using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace DrOrchestrator.Sandbox.Wire;

/// <summary>JSON in and out of the lab's small servers and files: untyped, for the shapes of a serializer would cost every pod tens of milliseconds at its start.</summary>
internal static class JsonWire
{
    /// <summary>No message of the lab is longer.</summary>
    public const int MaxBodyBytes = 64 * 1024;

    public static Task AnswerAsync(this HttpContext context, int status, JsonObject body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        byte[] bytes = body.ToBytes();
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

    /// <summary>The object in a file of the lab.</summary>
    /// <exception cref="InvalidDataException">The file holds anything else.</exception>
    public static JsonObject ReadObject(string path) =>
        ParseObject(File.ReadAllBytes(path)) ?? throw new InvalidDataException($"{path} is damaged: it holds no JSON object");

    public static byte[] ToBytes(this JsonObject json)
    {
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes))
        {
            json.WriteTo(writer);
        }

        return bytes.ToArray();
    }

    public static string? Text(this JsonObject json, string key) => json[key] is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    public static long? Integer(this JsonObject json, string key) => json[key] is JsonValue value && value.TryGetValue(out long number) ? number : null;

    public static bool? Flag(this JsonObject json, string key) => json[key] is JsonValue value && value.TryGetValue(out bool flag) ? flag : null;

    /// <summary>A field that a file of the lab must have.</summary>
    /// <exception cref="InvalidDataException">It is missing, or of another type.</exception>
    public static string TextIn(this JsonObject json, string key) => json.Text(key) ?? throw Missing(key, "text");

    /// <inheritdoc cref="TextIn" />
    public static long IntegerIn(this JsonObject json, string key) => json.Integer(key) ?? throw Missing(key, "whole number");

    /// <inheritdoc cref="TextIn" />
    public static IReadOnlyList<JsonObject> ObjectsIn(this JsonObject json, string key) =>
        json[key] is JsonArray list ? [.. list.OfType<JsonObject>()] : throw Missing(key, "list");

    private static InvalidDataException Missing(string key, string type) => new($"a file of the lab is damaged: it has no {type} '{key}'");
}
