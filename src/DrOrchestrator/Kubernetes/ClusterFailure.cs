using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text.Json;
using System.Text.RegularExpressions;
using k8s.Autorest;

namespace DrOrchestrator.Kubernetes;

/// <summary>What a failed call means to its caller: refused for sure, or nobody knows.</summary>
/// <param name="Status">HTTP status; null when no answer came.</param>
/// <param name="Reason">For people, with the server's own message.</param>
internal sealed partial record ClusterFailure(HttpStatusCode? Status, string Reason)
{
    private const int MostWords = 200;

    /// <summary>All that an API server says of a path below a group or version that it does not serve.</summary>
    private const string NotServed = "404 page not found";

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
        HttpOperationException { Response: { } response } => new ClusterFailure(response.StatusCode, response.StatusCode == HttpStatusCode.NotFound && response.Content?.Trim() == NotServed ? $"{NotServed}: the API serves no such group or version" : $"{(int)response.StatusCode} {Message(response)}")
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

    /// <summary>The server's own words in one line, whatever stands between us and it answered in: an API's Status, a page of a proxy, plain text, nothing.</summary>
    private static string Message(HttpResponseMessageWrapper response)
    {
        var content = response.Content ?? "";
        try
        {
            using var status = JsonDocument.Parse(content);
            if (status.RootElement.ValueKind == JsonValueKind.Object && status.RootElement.TryGetProperty("message", out var message) && message.ValueKind == JsonValueKind.String)
            {
                return Blanks().Replace(message.GetString()!, " ").Trim();
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // No JSON, or a text in it that is no Unicode.
        }

        var words = Blanks().Replace(content.TrimStart().StartsWith('<') ? Tags().Replace(content, " ") : content, " ").Trim();
        return words.Length == 0 ? response.ReasonPhrase ?? "" : words.Length > MostWords ? words[..MostWords] : words;
    }

    [GeneratedRegex(@"<(script|style)\b.*?</\1>|<[^>]*>", RegexOptions.IgnoreCase | RegexOptions.Singleline)]
    private static partial Regex Tags();

    [GeneratedRegex(@"[\s\p{Cc}]+")]
    private static partial Regex Blanks();
}
