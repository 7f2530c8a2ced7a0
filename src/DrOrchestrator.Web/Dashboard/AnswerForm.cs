using DrOrchestrator.Drills;
using DrOrchestrator.Web.Api;
using DrOrchestrator.Web.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace DrOrchestrator.Web.Dashboard;

/// <summary>
/// Takes the form beside what waits for a person, in the name of whoever is signed in; the engine judges it as it judges every answer. A refusal is shown on the
/// run's own page, in words.
/// </summary>
internal static class AnswerForm
{
    /// <summary>Characters.</summary>
    public const int LongestNote = 2000;

    public static void MapAnswerForm(this IEndpointRouteBuilder endpoints) => endpoints.MapPost("/drills/{id:long}", Answer);

    private static async Task<IResult> Answer(long id, HttpContext context, DrillPages pages, IDrills drills, CancellationToken cancellationToken)
    {
        if (!WaitingItems.IsSession(context) || !SameOrigin.Allows(context.Request) || !context.Request.HasFormContentType)
        {
            return Problem.Forbidden("cross-site", $"Answer with the form of this server's own page, signed in. Programs send POST /api/v1/drills/{id}/answers/ITEM.");
        }

        if (await drills.ShowAsync(id, cancellationToken) is null)
        {
            return DrillEndpoints.NoSuchRun(id);
        }

        var form = await context.Request.ReadFormAsync(cancellationToken);
        var answer = form["answer"].ToString();
        if (answer is not ("confirm" or "refuse"))
        {
            return Problem.Of(StatusCodes.Status400BadRequest, "bad-request", $"The form has the answer '{answer}'; allowed: confirm, refuse.");
        }

        var note = form["note"].ToString().Trim();
        var result = note.Length > LongestNote
            ? new AnswerResult(false, "note-too-long", $"The note has {note.Length} characters; allowed: {LongestNote}.")
            : await drills.AnswerAsync(id, form["item"].ToString(), context.Caller(), answer == "confirm", note.Length == 0 ? null : note, cancellationToken);
        if (!result.Accepted)
        {
            return await pages.ShowAsync(id, context, result, StatusOf(result), cancellationToken);
        }

        context.Response.Headers.Location = $"/drills/{id}";
        return TypedResults.StatusCode(StatusCodes.Status303SeeOther);
    }

    private static int StatusOf(AnswerResult refusal) => refusal.Code switch
    {
        "no-such-item" => StatusCodes.Status404NotFound,
        "own-run" or "role-missing" => StatusCodes.Status403Forbidden,
        "note-too-long" => StatusCodes.Status422UnprocessableEntity,
        _ => StatusCodes.Status409Conflict,
    };
}
