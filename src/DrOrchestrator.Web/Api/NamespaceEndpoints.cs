using DrOrchestrator.Drills.Steps.Namespaces;
using DrOrchestrator.Estates;
using DrOrchestrator.Web.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace DrOrchestrator.Web.Api;

/// <summary>Namespaces that runs made for themselves: those that are there, and the removal of one that a person names.</summary>
internal static class NamespaceEndpoints
{
    public static void MapNamespaceEndpoints(this IEndpointRouteBuilder api)
    {
        api.MapGet("/namespaces", async (LeftNamespaces left, CancellationToken cancellationToken) => TypedResults.Ok(await left.LookAsync(cancellationToken))).Needs(PersonRole.Operator, PersonRole.Approver, PersonRole.Admin);
        api.MapPost("/namespaces/{site}/{name}/remove", Remove).Needs(PersonRole.Operator);
    }

    private static async Task<Results<Ok<NamespaceRemoval>, Problem>> Remove(string site, string name, RemoveNamespace body, HttpContext context, LeftNamespaces left, CancellationToken cancellationToken)
    {
        var result = await left.RemoveAsync(site, name, body.Uid, body.Log, body.Reason, context.Caller(), cancellationToken);
        return result.Accepted ? TypedResults.Ok(result) : Problem.Of(StatusOf(result.Code), result.Code, result.Detail);
    }

    private static int StatusOf(string code) => code switch
    {
        "no-such-namespace" => StatusCodes.Status404NotFound,
        "reason-missing" => StatusCodes.Status422UnprocessableEntity,
        _ => StatusCodes.Status409Conflict,
    };
}

/// <summary>Which namespace is meant, and why it goes.</summary>
/// <param name="Log">Id of the evidence log it belongs to, where that is another one than this server's.</param>
public sealed record RemoveNamespace(string Uid, string Reason, string? Log = null);
