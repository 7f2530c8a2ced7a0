using System.Security.Cryptography;
using System.Text;
using DrOrchestrator.Sandbox.Kubernetes.Objects;
using Microsoft.AspNetCore.Http;

namespace DrOrchestrator.Sandbox.Kubernetes.Api;

/// <summary>Every request comes through here: who asks, what for, what it gets; and what would change something goes on the record first.</summary>
internal sealed class ApiHandler(SandboxSiteOptions options, string token, ObjectRequests objects, WatchRequests watches, ScaleSubresource scale, LogRequests logs, ExecRequests execs)
{
    private const int BodyLimit = 3 * 1024 * 1024;
    private readonly byte[] _authorization = SHA256.HashData(Encoding.UTF8.GetBytes("Bearer " + token));

    public async Task HandleAsync(HttpContext http, CancellationToken stopping)
    {
        if (http.Request.Method is "GET" or "HEAD")
        {
            await ReadAsync(http, stopping);
            return;
        }

        var (body, tooLarge) = await BodyAsync(http);
        if (!tooLarge && AccessReviews.Is(http))
        {
            // A question, though it is posted: it changes nothing.
            await Decide(() => Review(new ApiRequest(http, body)), http).SendAsync(http);
            return;
        }

        var answer = tooLarge ? ApiAnswer.Of(ApiRefusal.TooLarge(BodyLimit)) : Decide(() => Write(new ApiRequest(http, body)), http);
        options.Requests.Record(new RequestEntry(
            options.Time.GetUtcNow(),
            options.Name,
            http.Request.Method,
            http.Request.Path + http.Request.QueryString,
            http.Request.Headers.UserAgent.ToString(),
            answer.Status,
            Convert.ToHexStringLower(SHA256.HashData(body)),
            Shown(http, body)));
        await answer.SendAsync(http);
    }

    private async Task ReadAsync(HttpContext http, CancellationToken stopping)
    {
        var request = new ApiRequest(http, []);
        try
        {
            Admit(http);
            var path = ResourcePath.Parse(http.Request.Path);
            if (path is not null && path.Subresource.Length == 0 && request.QueryFlag("watch"))
            {
                await watches.HandleAsync(request, path, stopping);
            }
            else if (path is { Subresource: "log", Name: not null } && path.Kind == ResourceKind.Pods)
            {
                await logs.HandleAsync(request, path.Key(), stopping);
            }
            else if (path is { Subresource: "exec", Name: not null } && path.Kind == ResourceKind.Pods)
            {
                await execs.HandleAsync(request, path.Key(), stopping);
            }
            else
            {
                await Decide(() => Read(request, path), http).SendAsync(http);
            }
        }
        catch (ApiRefusal refusal) when (!http.Response.HasStarted)
        {
            await ApiAnswer.Of(refusal).SendAsync(http);
        }
    }

    private ApiAnswer Read(ApiRequest request, ResourcePath? path)
    {
        var text = request.Http.Request.Path.Value ?? "/";
        if (text is "/healthz" or "/livez" or "/readyz")
        {
            return new ApiAnswer(200, "ok"u8.ToArray(), "text/plain; charset=utf-8");
        }

        if (Discovery.Answer(text, request.Http.Request.Host.Value ?? "") is { } discovery)
        {
            return ApiAnswer.Of(discovery);
        }

        return path switch
        {
            null when !Discovery.ServesGroupOf(text) => new ApiAnswer(404, "404 page not found\n"u8.ToArray(), "text/plain; charset=utf-8"),
            null => throw ApiRefusal.NoSuchPath(),
            { Subresource: "" } => objects.Handle(request, path),
            { Subresource: "status", Kind.HasStatus: true } => objects.Handle(request, path),
            { Subresource: "scale", Kind.HasScale: true } => scale.Handle(request, path.Key()),
            _ => throw ApiRefusal.NoSuchPath(),
        };
    }

    private ApiAnswer Review(ApiRequest request)
    {
        Admit(request.Http);
        return AccessReviews.Answer(request);
    }

    private ApiAnswer Write(ApiRequest request)
    {
        Admit(request.Http);
        return ResourcePath.Parse(request.Http.Request.Path) switch
        {
            null => throw ApiRefusal.NoSuchPath(),
            { Subresource: "" } path => objects.Handle(request, path),
            { Subresource: "scale", Kind.HasScale: true } path => scale.Handle(request, path.Key()),
            { Subresource: "status", Kind.HasStatus: true } => throw ApiRefusal.NotServed("writing status: the site's own controllers and kubelet do"),
            { Subresource: "log" } => throw ApiRefusal.MethodNotAllowed(),
            { Subresource: var other } => throw ApiRefusal.NotServed($"the subresource '{other}'"),
        };
    }

    private void Admit(HttpContext http)
    {
        var presented = SHA256.HashData(Encoding.UTF8.GetBytes(http.Request.Headers.Authorization.ToString()));
        if (!CryptographicOperations.FixedTimeEquals(presented, _authorization))
        {
            throw ApiRefusal.Unauthorized();
        }

        var accept = http.Request.Headers.Accept.ToString();
        if (accept.Length > 0 && !accept.Contains("json", StringComparison.OrdinalIgnoreCase) && !accept.Contains("*/*", StringComparison.Ordinal)
            && !accept.Contains("text/plain", StringComparison.OrdinalIgnoreCase))
        {
            throw ApiRefusal.NotAcceptable();
        }
    }

    private static ApiAnswer Decide(Func<ApiAnswer> decide, HttpContext http)
    {
        try
        {
            return decide();
        }
        catch (ApiRefusal refusal)
        {
            return ApiAnswer.Of(refusal);
        }
        catch (Exception problem) when (!http.RequestAborted.IsCancellationRequested)
        {
            return ApiAnswer.Of(ApiRefusal.Internal(problem.Message));
        }
    }

    private static async Task<(byte[] Body, bool TooLarge)> BodyAsync(HttpContext http)
    {
        var buffer = new MemoryStream();
        var block = new byte[16 * 1024];
        int count;
        while ((count = await http.Request.Body.ReadAsync(block, http.RequestAborted)) > 0)
        {
            if (buffer.Length + count > BodyLimit)
            {
                return ([], true);
            }

            buffer.Write(block, 0, count);
        }

        return (buffer.ToArray(), false);
    }

    private static string? Shown(HttpContext http, byte[] body)
    {
        if (body.Length == 0 || http.Request.Path.Value!.Contains("/secrets", StringComparison.Ordinal))
        {
            return null;
        }

        try
        {
            return new UTF8Encoding(false, true).GetString(body);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
