using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using DrOrchestrator.Drills.Carrying;
using DrOrchestrator.Kubernetes;

namespace DrOrchestrator.Drills.Steps.Http;

/// <summary>One answer. <see cref="Status"/> is 0 when none came; then <see cref="Trouble"/> says why.</summary>
/// <param name="WasSent">False when no connection could be made: then the request surely had no effect.</param>
internal sealed record HttpAnswer(int Status, string? ETag, JsonNode? Body, string Text, string Trouble, bool WasSent)
{
    public bool IsNone => Status == 0;

    public override string ToString() => IsNone ? $"no answer ({Trouble})" : string.Create(CultureInfo.InvariantCulture, $"{Status} {(Text.Length > 200 ? Text[..200] : Text)}").TrimEnd();
}

/// <summary>Requests of <c>http</c> and <c>notify</c> steps: each on a connection of its own, no proxies, no redirects, the endpoint's token read anew and never kept.</summary>
internal static class HttpExchange
{
    private const int LongestBody = 1024 * 1024;
    private const string Mask = "[the endpoint's token]";

    private static readonly HttpRequestOptionsKey<SendPermit> PermitKey = new("permit");

    private static readonly HttpClient Client = new(
        new SocketsHttpHandler
        {
            // No pool then, not even for a connection that another request has opened and does not wait for any more: what is asked below is the permit of the request that leaves.
            PooledConnectionLifetime = TimeSpan.Zero,
            UseProxy = false,
            AllowAutoRedirect = false,
            UseCookies = false,
            ConnectTimeout = TimeSpan.FromSeconds(3),

            // The last place before the request leaves: its connection is made, TLS included, and nothing has been written to it.
            PlaintextStreamFilter = (made, _) =>
            {
                if (made.InitialRequestMessage.Options.TryGetValue(PermitKey, out var permit))
                {
                    permit.Require();
                }

                return new(made.PlaintextStream);
            },
        })
    {
        Timeout = Timeout.InfiniteTimeSpan,
        MaxResponseContentBufferSize = LongestBody,
    };

    /// <param name="tokenFile">The first line is the endpoint's token; null for none.</param>
    /// <param name="headers">More of them; the token goes into the one that has no value, and into Authorization where there is none such.</param>
    /// <param name="permit">Of a request that has an effect: asked when its connection stands, right before it is written.</param>
    /// <exception cref="PermitOverException">It was over by then; nothing was written.</exception>
    public static async Task<HttpAnswer> SendAsync(
        string? tokenFile, HttpMethod method, Uri url, JsonObject? body, string? etag, TimeSpan timeout, TimeProvider time, CancellationToken cancellationToken, SendPermit? permit = null, IReadOnlyDictionary<string, string?>? headers = null)
    {
        using var limit = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            using var request = new HttpRequestMessage(method, url);
            var token = tokenFile is { } file ? (await File.ReadAllTextAsync(file, either.Token).ConfigureAwait(false)).Split('\n')[0].Trim() : null;
            foreach (var (name, value) in headers ?? new Dictionary<string, string?>())
            {
                request.Headers.TryAddWithoutValidation(name, value ?? token ?? "");
            }

            if (token is not null && headers?.Values.Contains(null) is not true)
            {
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            }

            request.Headers.UserAgent.ParseAdd(ClusterConnections.UserAgent);
            if (etag is not null)
            {
                request.Headers.TryAddWithoutValidation("If-Match", etag);
            }

            if (body is not null)
            {
                request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
            }

            request.Options.Set(PermitKey, permit ?? SendPermit.Unlimited);
            using var response = await Client.SendAsync(request, either.Token).ConfigureAwait(false);
            var text = Masked(await response.Content.ReadAsStringAsync(either.Token).ConfigureAwait(false), token);
            return new HttpAnswer((int)response.StatusCode, response.Headers.ETag?.ToString(), Parse(text), text, "", true);
        }
        catch (HttpRequestException e) when (e.InnerException is PermitOverException over)
        {
            throw over;
        }
        catch (HttpRequestException e)
        {
            return new HttpAnswer(0, null, null, "", e.Message, e.HttpRequestError is not (HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError));
        }
        catch (Exception e) when (e is UnauthorizedAccessException or FileNotFoundException or DirectoryNotFoundException)
        {
            return new HttpAnswer(0, null, null, "", $"the token file cannot be read: {e.Message}", false);
        }
        // HttpClient lets a bare SocketException through when a connection is reset right after it is made.
        catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException)
        {
            return new HttpAnswer(0, null, null, "", e.Message, true);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new HttpAnswer(0, null, null, "", "no answer in time", true);
        }
    }

    /// <summary>Whoever answers may say what it was sent, and what it says goes on record.</summary>
    private static string Masked(string text, string? token) => token is null ? text : SecretForms.Mask(text, token, Mask);

    private static JsonNode? Parse(string text)
    {
        try
        {
            return JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
