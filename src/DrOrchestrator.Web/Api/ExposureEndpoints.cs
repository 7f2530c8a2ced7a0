using DrOrchestrator.Estates;
using DrOrchestrator.RecoveryPoints;
using DrOrchestrator.Time;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace DrOrchestrator.Web.Api;

/// <summary>Answer of <c>GET /systems/{name}/exposure</c>.</summary>
/// <param name="Limit">The RPO in force that the window is held against; null where the system has no tier with limits.</param>
public sealed record ExposureDocument(string System, DateTimeOffset From, DateTimeOffset To, TimeSpan Step, TimeSpan? Limit, IReadOnlyList<StandbyExposure> Standbys);

/// <summary>Exposure towards one standby over a window.</summary>
/// <param name="Now">Every recovery point towards it, the one that history keeps first.</param>
/// <param name="Window">Worst, share over the limit, coverage.</param>
/// <param name="Series">For a graph.</param>
/// <param name="Synchrony">Stretches of synchrony; what lies between them is unknown.</param>
public sealed record StandbyExposure(
    string Standby, IReadOnlyList<Exposure> Now, ExposureWindow Window, IReadOnlyList<ExposureBucket> Series, IReadOnlyList<SynchronyInterval> Synchrony);

internal static class ExposureEndpoints
{
    private const int MostPoints = 3000;

    private static readonly Dictionary<string, TimeSpan> Steps = new(StringComparer.Ordinal)
    {
        ["minute"] = TimeSpan.FromMinutes(1),
        ["hour"] = TimeSpan.FromHours(1),
        ["day"] = TimeSpan.FromDays(1),
    };

    public static void MapExposureEndpoints(this IEndpointRouteBuilder api) => api.MapGet("/systems/{name}/exposure", ReadExposure);

    private static Results<Ok<ExposureDocument>, Problem> ReadExposure(
        string name,
        EstateHolder estates,
        IExposures exposures,
        IExposureWindows windows,
        ProcessClock clock,
        DateTimeOffset? from = null,
        DateTimeOffset? to = null,
        string? step = null)
    {
        if (estates.Current.FindSystem(name) is not { } system)
        {
            return StatusEndpoints.NoSuchSystem(name, estates.Current);
        }

        var end = to is { } told && told < clock.Now ? told : clock.Now;
        var begin = from ?? end.AddDays(-1);
        if (begin >= end)
        {
            return Problem.Unprocessable("out-of-range", $"from={begin.ToRfc3339()} is not before to={end.ToRfc3339()}.");
        }

        var word = step ?? (end - begin <= TimeSpan.FromHours(6) ? "minute" : end - begin <= TimeSpan.FromDays(31) ? "hour" : "day");
        if (!Steps.TryGetValue(word, out var length))
        {
            return Problem.Unprocessable("out-of-range", $"step={word}; allowed: {string.Join(", ", Steps.Keys)}.");
        }

        if ((end - begin) / length > MostPoints)
        {
            return Problem.Unprocessable("out-of-range", $"step={word} makes more than {MostPoints} points; ask for a shorter window or a longer step.");
        }

        var limit = system.Classify().Limits?.RpoCeiling;
        return TypedResults.Ok(new ExposureDocument(
            name,
            begin,
            end,
            length,
            limit,
            [
                .. system.Standbys.Prepend(system.Serving).Distinct()
                    .Select(site => (Site: site, Now: exposures.All(name, site)))
                    .Where(towards => towards.Now.Count > 0)
                    .Select(towards => new StandbyExposure(
                        towards.Site,
                        towards.Now,
                        windows.Window(name, towards.Site, begin, end, limit ?? TimeSpan.MaxValue),
                        windows.Series(name, towards.Site, begin, end, length),
                        windows.Synchrony(name, towards.Site, begin, end))),
            ]));
    }
}
