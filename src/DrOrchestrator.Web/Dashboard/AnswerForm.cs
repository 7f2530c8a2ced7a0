using DrOrchestrator.Drills;
using DrOrchestrator.Drills.People;
using DrOrchestrator.Web.Api;
using DrOrchestrator.Web.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
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

    private static readonly FormOptions Limits = new() { MultipartBodyLengthLimit = ServerBuilder.AnswerBodyLimit, ValueLengthLimit = 16 * 1024, ValueCountLimit = 16 };

    public static void MapAnswerForm(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapPost("/drills/{id:long}", Answer).MayBringAFile();
        endpoints.MapPost("/drills/{id:long}/review", Review);
    }

    private static async Task<IResult> Answer(long id, HttpContext context, DrillPages pages, IDrills drills, CancellationToken cancellationToken)
    {
        if (await RefusedAsync(id, $"POST /api/v1/drills/{id}/answers/ITEM", context, drills, cancellationToken) is { } refused)
        {
            return refused;
        }

        var form = await context.Request.ReadFormAsync(Limits, cancellationToken);
        var answer = form["answer"].ToString();
        if (answer is not ("confirm" or "refuse"))
        {
            return Problem.Of(StatusCodes.Status400BadRequest, "bad-request", $"The form has the answer '{answer}'; allowed: confirm, refuse.");
        }

        var note = Note(form);
        var file = await FileAsync(form, cancellationToken);
        return await ShowAsync(
            id,
            context,
            pages,
            AnswerEndpoints.JudgeNote(note, LongestNote) ?? await drills.AnswerAsync(id, form["item"].ToString(), context.Caller(), answer == "confirm", note, file, cancellationToken),
            cancellationToken);
    }

    private static async Task<IResult> Review(long id, HttpContext context, DrillPages pages, IDrills drills, CancellationToken cancellationToken)
    {
        if (await RefusedAsync(id, $"POST /api/v1/drills/{id}/review", context, drills, cancellationToken) is { } refused)
        {
            return refused;
        }

        var note = Note(await context.Request.ReadFormAsync(Limits, cancellationToken));
        return await ShowAsync(
            id, context, pages, AnswerEndpoints.JudgeNote(note, LongestNote) ?? await drills.ReviewAsync(id, context.Caller(), note ?? "", cancellationToken), cancellationToken);
    }

    private static async Task<IResult?> RefusedAsync(long id, string programs, HttpContext context, IDrills drills, CancellationToken cancellationToken) =>
        !WaitingItems.IsSession(context) || !SameOrigin.Allows(context.Request) || !context.Request.HasFormContentType
            ? Problem.Forbidden("cross-site", $"Answer with the form of this server's own page, signed in. Programs send {programs}.")
            : await drills.ShowAsync(id, cancellationToken) is null ? DrillEndpoints.NoSuchRun(id)
            : null;

    private static string? Note(IFormCollection form) => form["note"].ToString().Trim() is { Length: > 0 } note ? note : null;

    /// <summary>A browser sends an empty file where none was chosen.</summary>
    private static async Task<RawOutput?> FileAsync(IFormCollection form, CancellationToken cancellationToken)
    {
        if (form.Files["file"] is not { Length: > 0 } file)
        {
            return null;
        }

        using var content = new MemoryStream();
        await file.CopyToAsync(content, cancellationToken);
        return Attachments.Of(file.FileName, content.ToArray());
    }

    private static async Task<IResult> ShowAsync(long id, HttpContext context, DrillPages pages, AnswerResult result, CancellationToken cancellationToken)
    {
        if (!result.Accepted)
        {
            return await pages.ShowAsync(id, context, result, AnswerEndpoints.StatusOf(result), cancellationToken);
        }

        context.Response.Headers.Location = $"/drills/{id}";
        return TypedResults.StatusCode(StatusCodes.Status303SeeOther);
    }
}
