using DrOrchestrator.Credentials;
using DrOrchestrator.Estates;
using DrOrchestrator.Time;
using DrOrchestrator.Web.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace DrOrchestrator.Web.Api;

/// <summary>Body of <c>POST /tokens</c>.</summary>
/// <param name="Person">Id of a person of the estate.</param>
/// <param name="Roles">What it is narrowed to; null for all roles of the person.</param>
/// <param name="Lifetime">Seconds; null for 90 days.</param>
public sealed record CreateToken(string Person, IReadOnlyList<PersonRole>? Roles = null, TimeSpan? Lifetime = null, string? Note = null);

/// <summary>A token, without the token.</summary>
/// <param name="State"><c>active</c>, <c>revoked</c>, <c>expired</c>, <c>no-such-person</c> (the estate has its person no more).</param>
/// <param name="Roles">Null: all that the estate gives the person.</param>
public sealed record TokenDocument(
    long Id,
    string Person,
    string State,
    IReadOnlyList<PersonRole>? Roles,
    string? Note,
    string CreatedBy,
    DateTimeOffset CreatedAt,
    DateTimeOffset ExpiresAt,
    DateTimeOffset? LastUsedAt,
    string? RevokedBy,
    DateTimeOffset? RevokedAt)
{
    /// <summary>As people see it at a moment, under an estate.</summary>
    public static TokenDocument Of(PersonToken token, DateTimeOffset now, Estate estate) => new(
        token.Id,
        token.Person,
        token.StateAt(now, estate),
        token.Roles,
        token.Note,
        token.CreatedBy,
        token.CreatedAt,
        token.ExpiresAt,
        token.LastUsedAt,
        token.RevokedBy,
        token.RevokedAt);
}

/// <summary>Answer of <c>POST /tokens</c>, the only one that ever holds the token itself.</summary>
public sealed record MadeTokenDocument(string Token, TokenDocument Document)
{
    /// <summary>Says nothing of the token.</summary>
    public override string ToString() => $"token {Document.Id} of {Document.Person}";
}

/// <summary>Tokens of people, for admins.</summary>
internal static class TokenEndpoints
{
    public static void MapTokenEndpoints(this IEndpointRouteBuilder api)
    {
        api.MapGet("/tokens", List).Needs(PersonRole.Admin, PersonRole.Auditor);
        api.MapPost("/tokens", Create).Needs(PersonRole.Admin);
        api.MapDelete("/tokens/{id:long}", Revoke).Needs(PersonRole.Admin);
    }

    private static async Task<Ok<IReadOnlyList<TokenDocument>>> List(TokenDesk desk, EstateHolder estates, ProcessClock clock, CancellationToken cancellationToken) =>
        TypedResults.Ok<IReadOnlyList<TokenDocument>>([.. (await desk.ListAsync(cancellationToken)).Select(token => TokenDocument.Of(token, clock.Now, estates.Current))]);

    private static async Task<Results<Created<MadeTokenDocument>, Problem>> Create(
        CreateToken body, HttpContext context, TokenDesk desk, EstateHolder estates, ProcessClock clock, CancellationToken cancellationToken)
    {
        var caller = context.Caller();
        var request = new TokenRequest(body.Person, body.Roles, body.Lifetime ?? TokenRules.UsualLifetime, body.Note);
        return await desk.CreateAsync(request, caller.Id, caller.TokenMakers, TokenDesk.Api, cancellationToken) switch
        {
            TokenResult.Made made => TypedResults.Created($"/api/v1/tokens/{made.Token.Id}", new MadeTokenDocument(made.Secret, TokenDocument.Of(made.Token, clock.Now, estates.Current))),
            TokenResult.Refused { Refusal: var refusal } => Problem.Unprocessable(refusal.Code, refusal.Detail),
            var other => throw new InvalidOperationException($"{other.GetType()} is no result of this."),
        };
    }

    private static async Task<Results<Ok<TokenDocument>, Problem>> Revoke(
        long id, HttpContext context, TokenDesk desk, EstateHolder estates, ProcessClock clock, CancellationToken cancellationToken) =>
        await desk.RevokeAsync(id, context.Caller().Id, TokenDesk.Api, cancellationToken) is { } revoked
            ? TypedResults.Ok(TokenDocument.Of(revoked, clock.Now, estates.Current))
            : Problem.NotFound("no-such-token", $"There is no token {id}.");
}
