using System.Text.Json;
using DrOrchestrator.Storage;
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
            if (context.Response is { HasStarted: false, ContentType: null, StatusCode: >= 400 and var status })
            {
                await Answer(status, context.Request).ExecuteAsync(context);
            }
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The caller has gone; nobody is left to answer.
        }
        catch (BadHttpRequestException bad) when (!context.Response.HasStarted)
        {
            await Answer(bad, context.Request).ExecuteAsync(context);
        }
        catch (Exception failure) when (DatabaseFailures.IsAway(failure) && !context.Response.HasStarted)
        {
            logger.DatabaseAway(context.Request.Method, context.Request.Path, failure.Message);
            await Problem.ForNow("database-away", "The database of the server cannot be reached now; nothing was written. Try again in a moment.").ExecuteAsync(context);
        }
        catch (CommitUnknownException unknown) when (!context.Response.HasStarted)
        {
            logger.DatabaseAway(context.Request.Method, context.Request.Path, unknown.Message);
            await Problem.Of(StatusCodes.Status503ServiceUnavailable, "outcome-unknown", "The database was lost while it wrote this: it may be on record or not. Look before you say it again.").ExecuteAsync(context);
        }
        catch (Exception failure) when (!context.Response.HasStarted)
        {
            logger.RequestFailed(context.Request.Method, context.Request.Path, context.TraceIdentifier, failure);
            var problem = Problem.Of(StatusCodes.Status500InternalServerError, "internal", $"Something failed inside; the log of the server has it under {context.TraceIdentifier}.");
            await problem.ExecuteAsync(context);
        }
    }

    private static Problem Answer(BadHttpRequestException bad, HttpRequest request) => bad.InnerException is JsonException json
        ? Problem.Of(StatusCodes.Status400BadRequest, "bad-json", Explain(json))
        : Answer(bad.StatusCode, request);

    /// <summary>What routing and binding refuse without a word.</summary>
    private static Problem Answer(int status, HttpRequest request) => status switch
    {
        StatusCodes.Status400BadRequest => Problem.Of(status, "bad-request", $"The address {request.Path}{request.QueryString} or the body cannot be read: a value is missing or not of its type."),
        StatusCodes.Status404NotFound => Problem.Of(status, "no-such-page", $"There is nothing at {request.Path}."),
        StatusCodes.Status405MethodNotAllowed => Problem.Of(status, "method-not-allowed", $"{request.Path} does not take {request.Method}."),
        StatusCodes.Status413PayloadTooLarge => Problem.Of(status, "body-too-large", $"The body is over {BodyLimit.Of(request.HttpContext) / 1024} KiB."),
        StatusCodes.Status415UnsupportedMediaType => Problem.Of(status, "not-json", "Send the body as application/json."),
        _ => Problem.Of(status, "refused", $"{request.Method} {request.Path} is refused."),
    };

    private static string Explain(JsonException json)
    {
        var text = json.Message;
        var cut = text.IndexOf(" Path:", StringComparison.Ordinal);
        return $"The body cannot be read at {json.Path ?? "$"} (line {(json.LineNumber ?? 0) + 1}): {(cut < 0 ? text : text[..cut])}";
    }
}
