using DrOrchestrator.Drills;
using DrOrchestrator.Drills.People;
using DrOrchestrator.Evidence;
using DrOrchestrator.Web.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace DrOrchestrator.Web.Api;

internal static class AnswerEndpoints
{
    /// <summary>Characters of a note; outputs of a step that nobody could observe come as one.</summary>
    private const int LongestNote = 16 * 1024;

    public static void MapAnswerEndpoints(this IEndpointRouteBuilder api)
    {
        api.MapGet("/pending", Pending);
        api.MapPost("/drills/{id:long}/answers/{item}", Answer).MayBringAFile();
        api.MapPost("/drills/{id:long}/review", Review);
        api.MapPost("/drills/{id:long}/duties/{fence}", SettleDuty);
        api.MapGet("/drills/{id:long}/attachments/{sha256}", Attachment);
        api.MapGet("/me", Me);
    }

    /// <summary>The status of an answer that was not taken.</summary>
    public static int StatusOf(AnswerResult refusal) => refusal.Code switch
    {
        "no-such-item" => StatusCodes.Status404NotFound,
        "own-run" or "own-step" or "shared-tokens" or "role-missing" => StatusCodes.Status403Forbidden,
        "reason-missing" or "attachment-missing" or "attachment-refused" or "note-too-long" => StatusCodes.Status422UnprocessableEntity,
        _ => StatusCodes.Status409Conflict,
    };

    /// <summary>Null when the note is no longer than may be.</summary>
    public static AnswerResult? JudgeNote(string? note, int most) =>
        note?.Length > most ? new AnswerResult(false, "note-too-long", $"The note has {note.Length} characters; allowed: {most}.") : null;

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

        var file = body.Attachment is { } attached ? Attachments.Of(attached.Name, attached.Content) : null;
        return Said(JudgeNote(body.Note, LongestNote) ?? await drills.AnswerAsync(id, item, context.Caller(), body.Confirmed, body.Note, file, cancellationToken));
    }

    private static async Task<Results<Ok<AnswerResult>, Problem>> Review(long id, ReviewRun body, HttpContext context, IDrills drills, CancellationToken cancellationToken) =>
        await drills.ShowAsync(id, cancellationToken) is null
            ? DrillEndpoints.NoSuchRun(id)
            : Said(JudgeNote(body.Reason, LongestNote) ?? await drills.ReviewAsync(id, context.Caller(), body.Reason, cancellationToken));

    /// <summary>Closes, by word, the duty to fence an old side.</summary>
    private static async Task<Results<Ok<AnswerResult>, Problem>> SettleDuty(long id, string fence, ReviewRun body, HttpContext context, IDrills drills, CancellationToken cancellationToken) =>
        await drills.ShowAsync(id, cancellationToken) is null
            ? DrillEndpoints.NoSuchRun(id)
            : Said(JudgeNote(body.Reason, LongestNote) ?? await drills.SettleDutyAsync(id, fence, context.Caller(), body.Reason, cancellationToken));

    private static Results<Ok<AnswerResult>, Problem> Said(AnswerResult result) =>
        result.Accepted ? TypedResults.Ok(result) : Problem.Of(StatusOf(result), result.Code, result.Detail);

    /// <summary>A file that came with an answer: always to be saved, never to be shown as a page of ours.</summary>
    private static async Task<Results<FileContentHttpResult, Problem>> Attachment(long id, string sha256, IDrills drills, IEvidenceArchive archive, CancellationToken cancellationToken)
    {
        var run = await drills.ShowAsync(id, cancellationToken);
        return run?.Answers.Select(answer => answer.Attachment).FirstOrDefault(file => file?.Sha256 == sha256) is { } kept && await archive.ReadObjectAsync(sha256, cancellationToken) is { } content
            ? TypedResults.File(content, "application/octet-stream", kept.Name)
            : Problem.NotFound("no-such-attachment", $"No answer of run {id} came with a file {sha256}.");
    }

    private static Ok<MeDocument> Me(HttpContext context)
    {
        var person = context.Caller();
        return TypedResults.Ok(new MeDocument(person.Id, person.Name, person.Department, person.Roles, person.Simulated));
    }
}
