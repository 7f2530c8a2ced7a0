using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Results;
using DrOrchestrator.Estates;
using DrOrchestrator.Storage;
using DrOrchestrator.Web.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;

namespace DrOrchestrator.Web.Api;

internal static class DrillEndpoints
{
    public static void MapDrillEndpoints(this IEndpointRouteBuilder api)
    {
        api.MapPost("/drills", Start).NeedsInARun(PersonRole.Operator);
        api.MapGet("/drills", List);
        api.MapGet("/drills/{id:long}", Show);
        api.MapGet("/drills/{id:long}/events", Watch);
        api.MapGet("/drills/{id:long}/progress", Progress);
        api.MapGet("/drills/{id:long}/diff/{other:long}", Diff);
    }

    public static Problem NoSuchRun(long id) => Problem.NotFound("no-such-run", $"There is no run {id}.");

    private static async Task<Results<Created<RunView>, Problem>> Start(StartDrill body, HttpContext context, IDrills drills, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(body.Reason))
        {
            return Problem.Unprocessable("reason-missing", "reason is empty; say why the run is made, it goes on record.");
        }

        switch (await drills.StartAsync(new StartRequest(body.Plan, body.Mode, body.Reason, context.Caller()) { Closes = body.Closes }, cancellationToken))
        {
            case StartResult.Started started:
                return started.IsQueued ? await ShowStartedAsync(started.Run, drills, cancellationToken) : NotQueued(started.Run);
            case StartResult.Refused refused:
                return refused.Code switch
                {
                    "system-locked" or "not-closable" => Problem.Conflict(refused.Code, refused.Detail),
                    "not-allowed" => Problem.Forbidden(refused.Code, refused.Detail),
                    _ => Problem.Unprocessable(refused.Code, refused.Detail),
                };
            case var other:
                throw new InvalidOperationException($"{other.GetType()} is no result of a start.");
        }
    }

    private static Problem NotQueued(long id) => Problem.Of(
        StatusCodes.Status503ServiceUnavailable, "started-not-queued", $"Run {id} is on record; the queue of the workers did not take it. It is carried once the queue is back: do not start it again.");

    /// <summary>Where the database went away behind the start, nobody may hear that nothing was written.</summary>
    private static async Task<Results<Created<RunView>, Problem>> ShowStartedAsync(long id, IDrills drills, CancellationToken cancellationToken)
    {
        try
        {
            var run = await drills.ShowAsync(id, cancellationToken) ?? throw new InvalidOperationException($"Run {id} was started and cannot be shown.");
            return TypedResults.Created($"/api/v1/drills/{id}", run);
        }
        catch (Exception failure) when (DatabaseFailures.IsAway(failure))
        {
            return Problem.Of(
                StatusCodes.Status503ServiceUnavailable, "started-database-away", $"Run {id} is on record; the database went away then. It is carried once the database is back: do not start it again.");
        }
    }

    private static async Task<Ok<IReadOnlyList<RunView>>> List(IDrills drills, CancellationToken cancellationToken) =>
        TypedResults.Ok(await drills.ListAsync(cancellationToken));

    private static async Task<Results<Ok<RunView>, Problem>> Show(long id, IDrills drills, CancellationToken cancellationToken) =>
        await drills.ShowAsync(id, cancellationToken) is { } run ? TypedResults.Ok(run) : NoSuchRun(id);

    private static async Task<Results<Ok<RunProgress>, Problem>> Progress(long id, DrillProgress progress, CancellationToken cancellationToken) =>
        await progress.ReadAsync(id, cancellationToken) is { } found ? TypedResults.Ok(found) : NoSuchRun(id);

    private static async Task<Results<Ok<RunDiff>, Problem>> Diff(long id, long other, IDrills drills, IRunDiffs diffs, CancellationToken cancellationToken) =>
        await diffs.OfAsync(id, other, cancellationToken) is { } diff ? TypedResults.Ok(diff)
        : NoSuchRun(await drills.ShowAsync(id, cancellationToken) is null ? id : other);

    private static async Task<Results<DrillEventStream, Problem>> Watch(
        long id,
        HttpContext context,
        IDrills drills,
        TimeProvider time,
        IHostApplicationLifetime lifetime,
        CancellationToken cancellationToken,
        long after = -1)
    {
        if (await drills.ShowAsync(id, cancellationToken) is null)
        {
            return NoSuchRun(id);
        }

        // A browser that reconnects says how far it was; that is newer than the address it was given.
        if (long.TryParse(context.Request.Headers["Last-Event-ID"], out var last))
        {
            after = Math.Max(after, last);
        }

        return new DrillEventStream(token => drills.WatchAsync(id, after, token), time, lifetime.ApplicationStopping);
    }
}
