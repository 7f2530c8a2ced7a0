using DrOrchestrator.Drills;
using DrOrchestrator.Web.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace DrOrchestrator.Web.Api;

internal static class AnswerEndpoints
{
    public static void MapAnswerEndpoints(this IEndpointRouteBuilder api)
    {
        api.MapGet("/pending", Pending);
        api.MapPost("/drills/{id:long}/answers/{item}", Answer);
        api.MapGet("/me", Me);
    }

    private static async Task<Ok<IReadOnlyList<PendingItem>>> Pending(HttpContext context, IDrills drills, CancellationToken cancellationToken) =>
        TypedResults.Ok(await drills.PendingAsync(context.Caller(), cancellationToken));

    /// <summary>Who may answer is the engine's to say: it depends on the item, on who asked for the run and on who wrote the plan.</summary>
    private static async Task<Results<Ok<AnswerResult>, Problem>> Answer(
        long id,
        string item,
        AnswerItem body,
        HttpContext context,
        IDrills drills,
        CancellationToken cancellationToken)
    {
        if (await drills.ShowAsync(id, cancellationToken) is null)
        {
            return DrillEndpoints.NoSuchRun(id);
        }

        var result = await drills.AnswerAsync(id, item, context.Caller(), body.Confirmed, body.Note, cancellationToken);
        return (result.Accepted, result.Code) switch
        {
            (true, _) => TypedResults.Ok(result),
            (_, "no-such-item") => Problem.NotFound(result.Code, result.Detail),
            (_, "own-run" or "role-missing") => Problem.Forbidden(result.Code, result.Detail),
            _ => Problem.Conflict(result.Code, result.Detail),
        };
    }

    private static Ok<MeDocument> Me(HttpContext context)
    {
        var person = context.Caller();
        return TypedResults.Ok(new MeDocument(person.Id, person.Name, person.Department, person.Roles, person.Simulated));
    }
}
