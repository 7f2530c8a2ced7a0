using DrOrchestrator.Calendars;
using DrOrchestrator.Web.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace DrOrchestrator.Web.Api;

/// <summary>For load balancers: one word each, to anybody.</summary>
internal static class HealthEndpoints
{
    public static void MapHealthEndpoints(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/healthz", () => TypedResults.Text("ok")).Open();
        endpoints.MapGet("/readyz", Ready).Open();
    }

    /// <summary>The pages show live states also while the database is away; that alone takes no server out of service.</summary>
    private static ContentHttpResult Ready(IEngineStates engines) =>
        engines.Read().All(engine => engine.State == EngineCondition.Running || engine.Name == "database")
            ? TypedResults.Text("ready")
            : TypedResults.Text("not ready", statusCode: StatusCodes.Status503ServiceUnavailable);
}
