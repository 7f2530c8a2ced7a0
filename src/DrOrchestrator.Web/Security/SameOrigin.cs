using Microsoft.AspNetCore.Http;

namespace DrOrchestrator.Web.Security;

/// <summary>Whether a request that changes something comes from our own pages: the second lock beside the SameSite cookie.</summary>
internal static class SameOrigin
{
    public static bool Allows(HttpRequest request)
    {
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
        {
            return true;
        }

        var origin = request.Headers.Origin.ToString();
        return origin == $"{request.Scheme}://{request.Host}";
    }
}
