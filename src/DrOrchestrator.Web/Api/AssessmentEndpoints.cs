using DrOrchestrator.Compliance;
using DrOrchestrator.Estates;
using DrOrchestrator.Web.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace DrOrchestrator.Web.Api;

/// <summary>Body of <c>POST /systems/{name}/assessments</c>: what somebody concludes of the image and manifest changes that wait (verdict rule 10).</summary>
/// <param name="Unaffected">The recovery works as before; false: a drill is needed.</param>
/// <param name="Part">One part of the fingerprint; null for all that wait.</param>
public sealed record AssessChange(bool Unaffected, string Reason, string? Part = null);

internal static class AssessmentEndpoints
{
    public static void MapAssessmentEndpoints(this IEndpointRouteBuilder api)
    {
        api.MapGet("/systems/{name}/assessments", List);
        api.MapPost("/systems/{name}/assessments", Assess).Needs(PersonRole.Operator, PersonRole.Approver);
        api.MapPost("/assessments/{id:long}/confirm", Confirm).Needs(PersonRole.Approver);
    }

    private static async Task<Results<Ok<IReadOnlyList<ChangeAssessment>>, Problem>> List(
        string name, EstateHolder estates, IAssessments assessments, CancellationToken cancellationToken) =>
        estates.Current.FindSystem(name) is null
            ? StatusEndpoints.NoSuchSystem(name, estates.Current)
            : TypedResults.Ok<IReadOnlyList<ChangeAssessment>>([.. (await assessments.ReadAsync(cancellationToken)).Where(one => one.System == name)]);

    private static async Task<Results<Ok<IReadOnlyList<ChangeAssessment>>, Problem>> Assess(
        string name, AssessChange body, HttpContext context, EstateHolder estates, ISystemStatuses statuses, IAssessments assessments, CancellationToken cancellationToken)
    {
        if (estates.Current.FindSystem(name) is null)
        {
            return StatusEndpoints.NoSuchSystem(name, estates.Current);
        }

        if (string.IsNullOrWhiteSpace(body.Reason) || body.Reason.Length > 2000)
        {
            return Problem.Unprocessable("reason-missing", "reason is empty or longer than 2000 characters; say what was looked at and why, it goes on record.");
        }

        var status = (await statuses.ReadAsync(cancellationToken)).First(system => system.Name == name);
        var waiting = status.Recovery.Demonstrated.SelectMany(record => record.Age.Changes)
            .Where(change => change is { Significant: false, Is: not null } && (body.Part is null || change.Part == body.Part))
            .DistinctBy(change => (change.Part, change.Is))
            .ToList();
        if (waiting.Count == 0)
        {
            return Problem.Unprocessable("nothing-to-assess", $"No image or manifest of '{name}' differs from what its passed runs ran on{(body.Part is null ? "" : $" in the part '{body.Part}'")}.");
        }

        var made = new List<ChangeAssessment>();
        foreach (var change in waiting)
        {
            made.Add(await assessments.AssessAsync(name, change.Part, change.Is!, body.Unaffected, body.Reason, context.Caller().Id, cancellationToken));
        }

        return TypedResults.Ok<IReadOnlyList<ChangeAssessment>>(made);
    }

    private static async Task<Results<Ok<ChangeAssessment>, Problem>> Confirm(long id, HttpContext context, IAssessments assessments, CancellationToken cancellationToken)
    {
        var result = await assessments.ConfirmAsync(id, context.Caller().Id, cancellationToken);
        return result switch
        {
            { Code: "confirmed", Assessment: { } confirmed } => TypedResults.Ok(confirmed),
            { Code: "own-assessment" } => Problem.Forbidden(result.Code, $"{context.Caller().Id} made assessment {id}; a second person confirms it."),
            { Code: "already-confirmed" } => Problem.Conflict(result.Code, $"Assessment {id} was confirmed by {result.Assessment!.ConfirmedBy}."),
            _ => Problem.NotFound(result.Code, $"There is no assessment {id}."),
        };
    }
}
