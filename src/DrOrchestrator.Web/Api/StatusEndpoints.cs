using DrOrchestrator.Compliance;
using DrOrchestrator.Estates;
using DrOrchestrator.Time;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace DrOrchestrator.Web.Api;

internal static class StatusEndpoints
{
    private const int MostHours = 366 * 24;

    public static void MapStatusEndpoints(this IEndpointRouteBuilder api)
    {
        api.MapGet("/status", ReadStatus);
        api.MapGet("/systems/{name}", ReadSystem);
        api.MapGet("/systems/{name}/timeline", ReadTimeline);
    }

    private static async Task<Ok<StatusDocument>> ReadStatus(StatusReader reader, CancellationToken cancellationToken) =>
        TypedResults.Ok(await reader.ReadAsync(cancellationToken));

    private static async Task<Results<Ok<SystemReport>, Problem>> ReadSystem(string name, EstateHolder estates, StatusReader reader, CancellationToken cancellationToken) =>
        (await reader.ReadAsync(cancellationToken)).Systems.FirstOrDefault(system => system.Name == name) is { } report ? TypedResults.Ok(report) : NoSuchSystem(name, estates.Current);

    private static async Task<Results<Ok<TimelineDocument>, Problem>> ReadTimeline(
        string name,
        EstateHolder estates,
        ISystemStatuses statuses,
        ProcessClock clock,
        CancellationToken cancellationToken,
        int hours = 24)
    {
        if (estates.Current.FindSystem(name) is null)
        {
            return NoSuchSystem(name, estates.Current);
        }

        if (hours is < 1 or > MostHours)
        {
            return Problem.Unprocessable("out-of-range", $"hours={hours}; allowed: 1 to {MostHours}.");
        }

        var to = clock.Now;
        var from = to.AddHours(-hours);
        return TypedResults.Ok(new TimelineDocument(name, from, to, await statuses.TimelineAsync(name, from, to, cancellationToken)));
    }

    internal static Problem NoSuchSystem(string name, Estate estate) =>
        Problem.NotFound("no-such-system", $"The estate has no system '{name}'; it has: {string.Join(", ", estate.Systems.Select(system => system.Name))}.");
}
