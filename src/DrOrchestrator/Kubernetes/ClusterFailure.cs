using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text.Json;
using k8s.Autorest;

namespace DrOrchestrator.Kubernetes;

/// <summary>What a failed call means to its caller: refused for sure, or nobody knows.</summary>
/// <param name="Status">HTTP status; null when no answer came.</param>
/// <param name="Reason">For people, with the server's own message.</param>
internal sealed record ClusterFailure(HttpStatusCode? Status, string Reason)
{
    public bool IsNotFound => Status == HttpStatusCode.NotFound;

    public bool IsConflict => Status == HttpStatusCode.Conflict;

    /// <summary>A server-side apply wants fields that other managers hold (FieldManagerConflict): it meets them again until somebody gives way.</summary>
    public bool IsFieldConflict { get; private init; }

    /// <summary>The server said no: the request had no effect and will have none.</summary>
    public bool IsRefusal => Status is { } status && (int)status is >= 400 and < 500 && status is not HttpStatusCode.RequestTimeout;

    /// <summary>Whether repeating the same request may go better.</summary>
    public bool IsPassing => Status is null or HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests || (int)Status >= 500;

    /// <summary>Whether looking again and trying again cannot help: neither passing nor a change of somebody else in between.</summary>
    public bool IsFinal => !IsPassing && !IsConflict;

    /// <summary>The failure behind an exception of the client; null when it is not one of the cluster's (a bug of ours, or our own cancellation).</summary>
    public static ClusterFailure? Of(Exception exception, CancellationToken cancellationToken) => exception switch
    {
        HttpOperationException { Response: { } response } => new ClusterFailure(response.StatusCode, $"{(int)response.StatusCode} {Message(response.Content)}")
        {
            IsFieldConflict = response.StatusCode == HttpStatusCode.Conflict && response.Content?.Contains("\"FieldManagerConflict\"", StringComparison.Ordinal) == true,
        },
        ClusterAccessException { MayPass: true } e => new ClusterFailure(null, e.Message),
        ClusterAccessException e => new ClusterFailure(HttpStatusCode.BadRequest, e.Message),
        HttpRequestException { InnerException: AuthenticationException inner } => new ClusterFailure(null, $"the server's certificate is refused: {inner.Message}"),
        HttpRequestException e => new ClusterFailure(null, e.Message),

        // HttpClient lets a bare SocketException through when a connection is reset right after it is made.
        IOException or SocketException => new ClusterFailure(null, exception.Message),
        OperationCanceledException when !cancellationToken.IsCancellationRequested => new ClusterFailure(null, "no answer in time"),
        _ => null,
    };

    private static string Message(string? content)
    {
        try
        {
            using var status = JsonDocument.Parse(content ?? "");
            if (status.RootElement.ValueKind == JsonValueKind.Object && status.RootElement.TryGetProperty("message", out var message) && message.GetString() is { } text)
            {
                return text;
            }
        }
        catch (JsonException)
        {
        }

        return content is { Length: > 200 } ? content[..200] : content ?? "";
    }
}
