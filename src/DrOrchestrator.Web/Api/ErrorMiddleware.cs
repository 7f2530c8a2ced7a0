using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace DrOrchestrator.Web.Api;

/// <summary>The outermost layer: what a handler could not answer becomes a problem document; our own failures say no more than where to look.</summary>
internal sealed class ErrorMiddleware(RequestDelegate next, ILogger<ErrorMiddleware> logger)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The caller has gone; nobody is left to answer.
        }
        catch (BadHttpRequestException bad) when (!context.Response.HasStarted)
        {
            await Answer(bad).ExecuteAsync(context);
        }
        catch (Exception failure) when (!context.Response.HasStarted)
        {
            logger.RequestFailed(context.Request.Method, context.Request.Path, context.TraceIdentifier, failure);
            var problem = Problem.Of(StatusCodes.Status500InternalServerError, "internal", $"Something failed inside; the log of the server has it under {context.TraceIdentifier}.");
            await problem.ExecuteAsync(context);
        }
    }

    private static Problem Answer(BadHttpRequestException bad) => (bad.StatusCode, bad.InnerException) switch
    {
        (StatusCodes.Status413PayloadTooLarge, _) => Problem.Of(413, "body-too-large", $"The body is over {ServerBuilder.BodyLimit / 1024} KiB."),
        (StatusCodes.Status415UnsupportedMediaType, _) => Problem.Of(415, "not-json", "Send the body as application/json."),
        (_, JsonException json) => Problem.Of(400, "bad-json", Explain(json)),
        var (status, _) => Problem.Of(status, "bad-request", bad.Message),
    };

    private static string Explain(JsonException json)
    {
        var text = json.Message;
        var cut = text.IndexOf(" Path:", StringComparison.Ordinal);
        return $"The body cannot be read at {json.Path ?? "$"} (line {(json.LineNumber ?? 0) + 1}): {(cut < 0 ? text : text[..cut])}";
    }
}
