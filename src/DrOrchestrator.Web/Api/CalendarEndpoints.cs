using DrOrchestrator.Calendars;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace DrOrchestrator.Web.Api;

internal static class CalendarEndpoints
{
    public static void MapCalendarEndpoints(this IEndpointRouteBuilder api) => api.MapGet("/calendar", Read);

    private static Ok<CalendarStanding> Read(CalendarBoard board) => TypedResults.Ok(board.Read());
}
