using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace DrOrchestrator.Web.Api;

/// <summary>An error on the wire: <c>application/problem+json</c> with a word programs can switch on.</summary>
/// <param name="Code">Stable; in the documentation of the API.</param>
/// <param name="Detail">For people: what was found, what is allowed, what to do.</param>
public sealed record ProblemDocument(string Type, string Title, int Status, string Code, string Detail);

/// <summary>Answers with a <see cref="ProblemDocument"/>.</summary>
internal sealed record Problem(ProblemDocument Document) : IResult, IStatusCodeHttpResult
{
    /// <summary>When to ask again, where that helps; RFC 9110, 10.2.3.</summary>
    public TimeSpan? RetryAfter { get; init; }

    public int? StatusCode => Document.Status;

    public static Problem Of(int status, string code, string detail) =>
        new(new ProblemDocument("about:blank", Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(status), status, code, detail));

    /// <summary>Refused for what passes by itself.</summary>
    public static Problem ForNow(string code, string detail) => Of(StatusCodes.Status503ServiceUnavailable, code, detail) with { RetryAfter = TimeSpan.FromSeconds(5) };

    public static Problem Unauthorized(string code, string detail) => Of(StatusCodes.Status401Unauthorized, code, detail);

    public static Problem Forbidden(string code, string detail) => Of(StatusCodes.Status403Forbidden, code, detail);

    public static Problem NotFound(string code, string detail) => Of(StatusCodes.Status404NotFound, code, detail);

    public static Problem Conflict(string code, string detail) => Of(StatusCodes.Status409Conflict, code, detail);

    public static Problem Unprocessable(string code, string detail) => Of(StatusCodes.Status422UnprocessableEntity, code, detail);

    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.StatusCode = Document.Status;
        if (RetryAfter is { } delay)
        {
            httpContext.Response.Headers.RetryAfter = ((int)delay.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        }

        return httpContext.Response.WriteAsJsonAsync(Document, ApiJson.Default.ProblemDocument, "application/problem+json", httpContext.RequestAborted);
    }
}
