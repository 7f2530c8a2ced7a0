using System.Buffers.Text;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;

namespace DrOrchestrator.Web.Security;

/// <summary>A nonce for the one style sheet and script of a page.</summary>
internal sealed record PageNonce(string Value);

/// <summary>Nothing from elsewhere, nothing inline without this response's nonce, never in a frame, never cached.</summary>
internal sealed class SecurityHeaders(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context)
    {
        var nonce = new PageNonce(Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16)));
        context.Features.Set(nonce);
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy =
            $"default-src 'none'; style-src 'nonce-{nonce.Value}'; script-src 'nonce-{nonce.Value}'; connect-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "same-origin";
        headers.CacheControl = "no-store";
        return next(context);
    }
}
