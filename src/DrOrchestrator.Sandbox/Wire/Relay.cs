using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Http;

namespace DrOrchestrator.Sandbox.Wire;

/// <summary>
/// Passes one request on, over a connection of its own, and never hides what is known of a failure: a connection that could not be made is "refused" (certainly
/// nothing done), everything after that is in doubt.
/// </summary>
internal sealed class Relay : IDisposable
{
    public const string EpochHeader = "Ledger-Epoch";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private readonly HttpClient _client = new(NewHandler()) { Timeout = Timeout.InfiniteTimeSpan };
    private readonly TimeProvider _time;

    public Relay(TimeProvider time) => _time = time;

    /// <summary>
    /// A handler that opens a connection for every request: a kept one could have been closed by the other side meanwhile, and then "not sent" and "sent, no
    /// answer" look the same.
    /// </summary>
    public static SocketsHttpHandler NewHandler() => new()
    {
        PooledConnectionLifetime = TimeSpan.Zero,
        ConnectTimeout = TimeSpan.FromSeconds(2),
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
    };

    /// <summary>Forwards to the same path below <paramref name="upstream"/>.</summary>
    /// <param name="epoch">Sent as <see cref="EpochHeader"/>; none when null.</param>
    public async Task ForwardAsync(HttpContext context, Uri upstream, string? epoch)
    {
        byte[]? body = await context.ReadBodyAsync().ConfigureAwait(false);
        if (body is null)
        {
            await context.RefuseAsync(StatusCodes.Status413PayloadTooLarge, Invariant($"the body is longer than {JsonWire.MaxBodyBytes} bytes")).ConfigureAwait(false);
            return;
        }

        using HttpRequestMessage request = NewRequest(context.Request, upstream, epoch, body);

        // Not the caller's cancellation: whoever hangs up must not turn a write that is under way into one whose fate nobody knows.
        using var patience = new CancellationTokenSource(Patience, _time);
        int status;
        string? contentType;
        byte[] answer;
        try
        {
            using HttpResponseMessage response = await _client.SendAsync(request, patience.Token).ConfigureAwait(false);
            answer = await response.Content.ReadAsByteArrayAsync(patience.Token).ConfigureAwait(false);
            status = (int)response.StatusCode;
            contentType = response.Content.Headers.ContentType?.ToString();
        }
        catch (Exception e) when (CallFailure.NothingWasSent(e))
        {
            await context.RefuseAsync(StatusCodes.Status503ServiceUnavailable, $"no connection to {upstream.Authority}").ConfigureAwait(false);
            return;
        }
        catch (Exception e) when (CallFailure.Is(e))
        {
            await context.AnswerAsync(
                StatusCodes.Status502BadGateway,
                new() { ["inDoubt"] = true, ["reason"] = $"{upstream.Authority} gave no whole answer after the request was sent" }).ConfigureAwait(false);
            return;
        }

        context.Response.StatusCode = status;
        context.Response.ContentType = contentType;
        context.Response.ContentLength = answer.Length;
        await context.Response.Body.WriteAsync(answer, context.RequestAborted).ConfigureAwait(false);
    }

    public void Dispose() => _client.Dispose();

    private static HttpRequestMessage NewRequest(HttpRequest from, Uri upstream, string? epoch, byte[] body)
    {
        var request = new HttpRequestMessage(new HttpMethod(from.Method), new Uri(upstream, from.Path.ToUriComponent() + from.QueryString.ToUriComponent()));
        if (body.Length > 0)
        {
            request.Content = new ByteArrayContent(body);
            if (from.ContentType is { } contentType)
            {
                request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
            }
        }

        if (epoch is not null)
        {
            request.Headers.TryAddWithoutValidation(EpochHeader, epoch);
        }

        return request;
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
