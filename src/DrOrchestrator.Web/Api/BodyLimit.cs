using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;

namespace DrOrchestrator.Web.Api;

/// <summary>The largest body of an endpoint that takes more than the others, in bytes; routing puts it in force before a byte is read.</summary>
internal sealed record BodyLimit(long? MaxRequestBodySize) : IRequestSizeLimitMetadata
{
    /// <summary>What holds for a request.</summary>
    public static long Of(HttpContext context) => context.GetEndpoint()?.Metadata.GetMetadata<IRequestSizeLimitMetadata>()?.MaxRequestBodySize ?? ServerBuilder.BodyLimit;
}

internal static class BodyLimitExtensions
{
    /// <summary>May bring a file.</summary>
    public static TBuilder MayBringAFile<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new BodyLimit(ServerBuilder.AnswerBodyLimit));
}
