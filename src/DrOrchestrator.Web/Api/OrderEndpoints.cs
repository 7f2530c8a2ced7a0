using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Stops;
using DrOrchestrator.Web.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace DrOrchestrator.Web.Api;

/// <summary>Stops runs and lets them go on. Who may is the engine's to say: it depends on the order and on the run; the actor is the token's.</summary>
internal static class OrderEndpoints
{
    public static void MapOrderEndpoints(this IEndpointRouteBuilder api)
    {
        foreach (var order in Enum.GetValues<RunOrder>())
        {
            api.MapPost($"/drills/{{id:long}}/{StopRules.Word(order)}", (long id, OrderRun body, HttpContext context, IDrills drills, CancellationToken cancellationToken) =>
                Say(order, id, body, context, drills, cancellationToken));
        }
    }

    public static int StatusOf(string code) => code switch
    {
        "no-such-run" => StatusCodes.Status404NotFound,
        "role-missing" => StatusCodes.Status403Forbidden,
        "reason-missing" or "note-too-long" => StatusCodes.Status422UnprocessableEntity,
        _ => StatusCodes.Status409Conflict,
    };

    private static async Task<Results<Ok<AnswerResult>, Problem>> Say(RunOrder order, long id, OrderRun body, HttpContext context, IDrills drills, CancellationToken cancellationToken)
    {
        var result = await drills.OrderAsync(id, order, context.Caller(), body.Reason, cancellationToken);
        return result.Accepted ? TypedResults.Ok(result) : Problem.Of(StatusOf(result.Code), result.Code, result.Detail);
    }
}
