using System.Globalization;
using System.Text.Json;
using DrOrchestrator.Drills;
using Microsoft.AspNetCore.Http;

namespace DrOrchestrator.Web.Api;

/// <summary>
/// Events of a run as server-sent events: <c>id</c> is the sequence to resume after, comments keep the line alive, and the stream ends when the run is closed.
/// </summary>
internal sealed class DrillEventStream(Func<CancellationToken, IAsyncEnumerable<RunEvent>> watch, TimeProvider time, CancellationToken stopping) : IResult
{
    public static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(10);

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(httpContext.RequestAborted, stopping);
        var response = httpContext.Response;
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-store";
        response.Headers["X-Accel-Buffering"] = "no";
        await response.WriteAsync(": events of a run\n\n", ended.Token);
        await response.Body.FlushAsync(ended.Token);

        var events = watch(ended.Token).GetAsyncEnumerator(ended.Token);
        var next = Task.FromResult(false);
        try
        {
            next = events.MoveNextAsync().AsTask();
            while (await NextOrHeartbeatAsync(next, response, ended.Token))
            {
                await WriteAsync(response, events.Current, ended.Token);
                next = events.MoveNextAsync().AsTask();
            }
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // The reader has gone or the server stops; the reader resumes with the id it has.
        }
        finally
        {
            // An enumerator may only be disposed when it is not moving.
            await ended.CancelAsync();
            await next.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            await events.DisposeAsync();
        }
    }

    private async Task<bool> NextOrHeartbeatAsync(Task<bool> next, HttpResponse response, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await next.WaitAsync(Heartbeat, time, cancellationToken);
            }
            catch (TimeoutException) when (!next.IsCompleted)
            {
                await response.WriteAsync(": still open\n\n", cancellationToken);
                await response.Body.FlushAsync(cancellationToken);
            }
        }
    }

    private static async Task WriteAsync(HttpResponse response, RunEvent happened, CancellationToken cancellationToken)
    {
        var json = JsonSerializer.Serialize(happened, ApiJson.Default.RunEvent);
        await response.WriteAsync(string.Create(CultureInfo.InvariantCulture, $"id: {happened.Sequence}\ndata: {json}\n\n"), cancellationToken);
        await response.Body.FlushAsync(cancellationToken);
    }
}
