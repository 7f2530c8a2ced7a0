using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using k8s.Autorest;

namespace DrOrchestrator.Kubernetes;

/// <summary>What a failed call means to its caller: refused for sure, or nobody knows.</summary>
/// <param name="Status">HTTP status; null when no answer came.</param>
/// <param name="Reason">For people, with the server's own message.</param>
internal sealed partial record ClusterFailure(HttpStatusCode? Status, string Reason)
{
    private const int MostWords = 200;
    private const string NoSuchKind = "the server could not find the requested resource";

    private const string NoDryRun = "does not support dry run";

    private const string Namespaces = "namespaces";

    /// <summary>A subresource.</summary>
    private const int MostBehindObject = 1;

    /// <summary>A plural, a name and a subresource.</summary>
    private const int MostBehindNamespace = 3;

    /// <summary>All that an API server says of a path below a group that it does not serve; of a version that it does not serve, the group says what it says of a kind.</summary>
    private const string NotServed = "404 page not found";

    /// <summary>So that a person is not told the same for ever without a word of what to do.</summary>
    private const string NamesNothing =
        "this answer does not name what was asked for (some old aggregated API servers and proxies answer so), and is not taken for its absence: see with 'kubectl get' whether it is there, and answer the run's question by that";

    /// <summary>
    /// The API itself says that there is no such object: a <c>Status</c> with the reason <c>NotFound</c> whose details name the one that was asked for. A 404 of anything else says nothing of one: a
    /// proxy's page, the plain "404 page not found" with which an API server answers for a group that it does not serve (and many a proxy for everything), what it says of a kind that it does
    /// not serve, and what an aggregating proxy says of a cluster that it does not know.
    /// </summary>
    public bool IsNotFound { get; init; }

    /// <summary>The API itself says that it serves no such kind or version in a group of its own; of a group that it does not serve it says nothing that a proxy would not say too.</summary>
    public bool IsNotServed { get; private init; }

    /// <summary>
    /// An admission webhook that has side effects, or does not say that it has none, stands before the object: the server asks it in no dry run and refuses that (k8s.io/apiserver, NewDryRunUnsupportedErr). The
    /// request itself it may take.
    /// </summary>
    public bool IsNoDryRun => Status == HttpStatusCode.BadRequest && Reason.EndsWith(NoDryRun, StringComparison.Ordinal);

    public bool IsConflict => Status == HttpStatusCode.Conflict;

    /// <summary>A server-side apply wants fields that other managers hold (FieldManagerConflict): it meets them again until somebody gives way.</summary>
    public bool IsFieldConflict { get; private init; }

    /// <summary>The server said no: the request had no effect and will have none.</summary>
    public bool IsRefusal => Status is { } status && (int)status is >= 400 and < 500 && status is not HttpStatusCode.RequestTimeout;

    /// <summary>Whether repeating the same request may go better.</summary>
    public bool IsPassing => Status is null or HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests || (int)Status >= 500;

    /// <summary>
    /// Whether what was asked for may have been done, or may still be, all the same: no answer came, or one of a server that does not know itself (408, 5xx). A 429 comes before anything is
    /// done: priority and fairness and a server that ends answer it in front of the handler, an admission webhook and a disruption budget in front of the storage, a proxy's limit in front of the
    /// server. What failed before it was sent is no request at all.
    /// </summary>
    public bool MayHaveActed => !WasNeverSent && (Status is null or HttpStatusCode.RequestTimeout || (int)Status >= 500);

    /// <summary>Our own sign-in failed: no request left.</summary>
    public bool WasNeverSent { get; private init; }

    /// <summary>Whether looking again and trying again cannot help: neither passing nor a change of somebody else in between.</summary>
    public bool IsFinal => !IsPassing && !IsConflict;

    /// <summary>The failure behind an exception of the client; null when it is not one of the cluster's (a bug of ours, or our own cancellation).</summary>
    public static ClusterFailure? Of(Exception exception, CancellationToken cancellationToken) => exception switch
    {
        HttpOperationException { Response: { } response } when IsOfTheApi(response, (details, message) => Name(details).Length == 0 && message != NoSuchKind) =>
            Nameless(Of(response.StatusCode, response.Content ?? "", response.ReasonPhrase ?? "")),
        HttpOperationException { Response: { } response } asked => Of(response.StatusCode, response.Content ?? "", response.ReasonPhrase ?? "") with
        {
            IsNotFound = IsOfTheApi(response, (details, _) => IsAbout(asked.Request?.RequestUri, details)),
            IsNotServed = IsOfTheApi(response, (details, message) => message == NoSuchKind && Name(details).Length == 0),
            IsFieldConflict = response.StatusCode == HttpStatusCode.Conflict && response.Content?.Contains("\"FieldManagerConflict\"", StringComparison.Ordinal) == true,
        },
        ClusterAccessException { MayPass: true } e => new ClusterFailure(null, e.Message) { WasNeverSent = true },
        ClusterAccessException e => new ClusterFailure(HttpStatusCode.BadRequest, e.Message),
        HttpRequestException { InnerException: AuthenticationException inner } => new ClusterFailure(null, $"the server's certificate is refused: {inner.Message}"),
        HttpRequestException e => new ClusterFailure(null, e.Message),

        // HttpClient lets a bare SocketException through when a connection is reset right after it is made.
        IOException or SocketException => new ClusterFailure(null, exception.Message),
        OperationCanceledException when !cancellationToken.IsCancellationRequested => new ClusterFailure(null, "no answer in time"),
        _ => null,
    };

    private static ClusterFailure Nameless(ClusterFailure failure) => failure with { Reason = $"{failure.Reason}; {NamesNothing}" };

    /// <summary>Whether a 404 is the API's own.</summary>
    /// <param name="about">By its details and its message: about a kind it tells by words alone (k8s.io/apimachinery, NewGenericServerResponse without a name).</param>
    private static bool IsOfTheApi(HttpResponseMessageWrapper response, Func<JsonObject?, string?, bool> about)
    {
        try
        {
            return response.StatusCode == HttpStatusCode.NotFound && JsonNode.Parse(response.Content ?? "") is JsonObject status && status["kind"]?.ToString() == "Status" && status["reason"]?.ToString() == "NotFound"
                && about(status["details"] as JsonObject, status["message"]?.ToString());
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    private static string Name(JsonObject? details) => details?["name"]?.ToString() ?? "";

    /// <summary>
    /// Whether the details name the object at the end of the path, with a subresource behind it or without (v1.36.2 names a pod for its log, a deployment for its scale), or the namespace that
    /// it would be made in. What stands further ahead in the path is on the way: <c>clusters/member1/proxy/api/v1/namespaces/ledger</c>.
    /// </summary>
    /// <param name="asked">Null where it is not known: then the name alone counts.</param>
    private static bool IsAbout(Uri? asked, JsonObject? details)
    {
        if (Name(details) is not { Length: > 0 } name)
        {
            return false;
        }

        if (asked is null)
        {
            return true;
        }

        var kind = details?["kind"]?.ToString() ?? "";
        var parts = asked.AbsolutePath.Split('/', StringSplitOptions.RemoveEmptyEntries).Select(Uri.UnescapeDataString).ToList();
        var behind = kind == Namespaces ? MostBehindNamespace : MostBehindObject;
        return Enumerable.Range(1, Math.Max(0, parts.Count - 1)).Any(at => parts[at] == name && (kind.Length == 0 || parts[at - 1] == kind) && parts.Count - 1 - at <= behind);
    }

    /// <summary>An answer that was given in the place of what was asked for.</summary>
    /// <param name="otherwise">Said where its body says nothing.</param>
    public static ClusterFailure Of(HttpStatusCode status, string content, string otherwise)
    {
        var message = Message(content, otherwise);
        return new ClusterFailure(
            status,
            status != HttpStatusCode.NotFound ? $"{(int)status} {message}"
                : content.Trim() == NotServed ? $"{NotServed}: the API serves no such group or version"
                : message == NoSuchKind ? $"404 {NoSuchKind}: the API serves no such kind, or not in that version"
                : $"404 {message}");
    }

    /// <summary>The server's own words in one line, whatever stands between us and it answered in: an API's Status, a page of a proxy, plain text, nothing.</summary>
    private static string Message(string content, string otherwise)
    {
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
        return words.Length == 0 ? otherwise : words.Length > MostWords ? words[..MostWords] : words;
    }

    [GeneratedRegex(@"<(script|style)\b.*?</\1>|<[^>]*>", RegexOptions.IgnoreCase | RegexOptions.Singleline)]
    private static partial Regex Tags();

    [GeneratedRegex(@"[\s\p{Cc}]+")]
    private static partial Regex Blanks();
}
