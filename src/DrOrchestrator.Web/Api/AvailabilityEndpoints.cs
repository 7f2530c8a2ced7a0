using System.Globalization;
using System.Text.Json.Nodes;
using DrOrchestrator.Availability;
using DrOrchestrator.Availability.Statements;
using DrOrchestrator.Compliance;
using DrOrchestrator.Estates;
using DrOrchestrator.Storage.Spooling;
using DrOrchestrator.Time;
using DrOrchestrator.Web.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace DrOrchestrator.Web.Api;

internal static class AvailabilityEndpoints
{
    private const int FirstYear = 2000;

    public static void MapAvailabilityEndpoints(this IEndpointRouteBuilder api)
    {
        api.MapGet("/systems/{name}/availability", Read);
        api.MapGet("/systems/{name}/availability/statement", State);
        api.MapPost("/systems/{name}/availability/statements", Publish).Needs(PersonRole.Operator, PersonRole.Auditor, PersonRole.Admin);
        api.MapGet("/availability/statements/{record:long}", Find);
    }

    private static async Task<Results<Ok<AvailabilityDocument>, Problem>> Read(
        string name, EstateHolder estates, ISystemAvailability availability, ProcessClock clock, CancellationToken cancellationToken)
    {
        var estate = estates.Current;
        if (estate.FindSystem(name) is not { } system)
        {
            return StatusEndpoints.NoSuchSystem(name, estate);
        }

        var windows = AvailabilityWindow.All(clock.Now, estate.TimeZone);
        var readings = await availability.ReadAsync(name, windows, cancellationToken);
        var year = readings.First(reading => reading.Window.Name == "year");
        return TypedResults.Ok(new AvailabilityDocument(
            name,
            estate.TimeZone,
            [.. readings.Select(reading => new WindowDocument(reading.Window.Name, AvailabilityFigures.OfWindow(reading)))],
            system.Classify().Limits is { } limits ? BudgetForecast.Of(year.Downtime, year.Window.WholeTo, limits.YearlyDowntime) : null));
    }

    private static async Task<Results<Ok<JsonObject>, Problem>> State(
        string name,
        EstateHolder estates,
        StatementDesk statements,
        ProcessClock clock,
        CancellationToken cancellationToken,
        int? year = null,
        string? month = null,
        DateTimeOffset? from = null,
        DateTimeOffset? to = null)
    {
        var estate = estates.Current;
        var (window, problem) = WindowOf(new StatementRequest(year, month, from, to), clock.Now, estate.TimeZone);
        return window is null
            ? problem!
            : await statements.MakeAsync(name, window, cancellationToken) is { } statement ? TypedResults.Ok(statement) : StatusEndpoints.NoSuchSystem(name, estate);
    }

    private static async Task<Results<Created<StatementDocument>, Problem>> Publish(
        string name, StatementRequest body, HttpContext context, EstateHolder estates, StatementDesk statements, IWritePath path, ProcessClock clock, CancellationToken cancellationToken)
    {
        var estate = estates.Current;
        var (window, problem) = WindowOf(body, clock.Now, estate.TimeZone);
        if (window is null)
        {
            return problem!;
        }

        if (Unwritten(path.Read()) is { } unwritten)
        {
            return unwritten;
        }

        return await statements.PublishAsync(name, window, context.Caller(), cancellationToken) is { } published
            ? TypedResults.Created($"/api/v1/availability/statements/{published.Record}", new StatementDocument(published.Record, published.Statement))
            : StatusEndpoints.NoSuchSystem(name, estate);
    }

    /// <summary>A statement is for ever: none while what it would rest on is not in the database, or is lost and the gap not yet on record.</summary>
    internal static Problem? Unwritten(WritePathState path) => path switch
    {
        { Losing: { } since } => Problem.ForNow(
            "observations-lost", $"Observations are being lost since {since.ToRfc3339()}: the spool is full or cannot be written. Publish when the database is back and the gap is on record."),
        { AwaySince: { } since } => Problem.ForNow(
            "database-away", $"The database is away since {since.ToRfc3339()}, or is still being given what it missed. Publish when that is done; nothing is lost until then."),
        _ => null,
    };

    private static async Task<Results<Ok<StatementDocument>, Problem>> Find(long record, StatementDesk statements, CancellationToken cancellationToken) =>
        await statements.FindAsync(record, cancellationToken) is { } found
            ? TypedResults.Ok(new StatementDocument(found.Record, found.Statement))
            : Problem.NotFound("no-such-statement", $"Record {record} is no published statement of availability.");

    private static (AvailabilityWindow? Window, Problem? Problem) WindowOf(StatementRequest asked, DateTimeOffset now, string zone)
    {
        switch (asked)
        {
            case { Year: { } year, Month: null, From: null, To: null } when year >= FirstYear && year <= now.Year + 1:
                return Begun(AvailabilityWindow.Year(now, zone, year));
            case { Month: { } text, Year: null, From: null, To: null } when DateOnly.TryParseExact(text + "-01", "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var first)
                && first.Year >= FirstYear && first.Year <= now.Year + 1:
                return Begun(AvailabilityWindow.Month(now, zone, first.Year, first.Month));
            case { From: { } from, To: { } to, Year: null, Month: null } when from < to && from.Year >= FirstYear:
                return Begun(AvailabilityWindow.Custom(now, Whole(from), Whole(to)));
            default:
                return (null, Problem.Unprocessable(
                    "no-window", $"Which window? Give year=2026, or month=2026-03, or from= and to= as RFC 3339 moments with from before to; from the year {FirstYear} on."));
        }

        (AvailabilityWindow?, Problem?) Begun(AvailabilityWindow window) => window.From < now
            ? (window, null)
            : (null, Problem.Unprocessable("not-begun", $"The window begins at {window.From.ToRfc3339()}, which is still to come."));
    }

    private static DateTimeOffset Whole(DateTimeOffset moment) => Micros.FromUnixMicros(moment.ToUnixMicros());
}
