using System.Globalization;
using DrOrchestrator.Estates;
using DrOrchestrator.Time;
using DrOrchestrator.Web.Api;
using DrOrchestrator.Words;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace DrOrchestrator.Web.Security;

/// <summary>Stands before every endpoint: who is it, may they, and does the request come from our own pages where a cookie vouches for it.</summary>
internal sealed class AccessMiddleware(RequestDelegate next, People people, Sessions sessions, SignInGate gate)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var access = context.GetEndpoint()?.Metadata.GetMetadata<Access>() ?? Access.AnyRole;
        if (access.IsOpen)
        {
            await next(context);
            return;
        }

        var (person, refusal) = Identify(context);
        refusal ??= person is null ? NotSignedIn(context) : !access.Allows(person) ? RoleMissing(person, access) : null;
        if (refusal is not null)
        {
            await refusal.ExecuteAsync(context);
            return;
        }

        context.Features.Set(person);
        await next(context);
    }

    private (Person? Person, IResult? Refusal) Identify(HttpContext context)
    {
        var header = context.Request.Headers.Authorization.ToString();
        if (header.Length > 0)
        {
            return gate.SignIn(context, header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? header["Bearer ".Length..].Trim() : "");
        }

        if (context.Request.Cookies[Sessions.Cookie] is not { } session || sessions.TokenOf(session) is not { } token)
        {
            return (null, null);
        }

        return SameOrigin.Allows(context.Request)
            ? (people.OfHash(token), null)
            : (null, Problem.Forbidden("cross-site", "This request carries a sign-in of the pages and does not come from them. Programs send a bearer token instead."));
    }

    private static IResult NotSignedIn(HttpContext context)
    {
        if (HttpMethods.IsGet(context.Request.Method) && context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal))
        {
            return TypedResults.LocalRedirect("/sign-in?to=" + Uri.EscapeDataString(context.Request.Path + context.Request.QueryString));
        }

        context.Response.Headers.WWWAuthenticate = "Bearer";
        return Problem.Unauthorized("not-signed-in", "Send a token: Authorization: Bearer ... The local operator's is in operator.token of the data folder.");
    }

    private static Problem RoleMissing(Person person, Access access) =>
        Problem.Forbidden(
            "role-missing",
            access.Roles.Count == 0
                ? $"{person.Id} has no role at all; the estate's people: section gives roles."
                : $"{person.Id} is {List(person.Roles)}; this needs {List(access.Roles, " or ")}{(access.Roles.Any(person.Roles.Contains) ? " in production, where that role does not hold" : "")}.");

    private static string List(IEnumerable<PersonRole> roles, string between = ", ") =>
        string.Join(between, roles.Select(role => role.Word()));
}

/// <summary>Turns a token into a person, and counts the tokens that are nobody's.</summary>
internal sealed class SignInGate(People people, SignInThrottle throttle, ProcessClock clock, ILogger<SignInGate> logger)
{
    public (Person? Person, IResult? Refusal) SignIn(HttpContext context, string token)
    {
        if (people.OfToken(token) is { } person)
        {
            return (person, null);
        }

        var address = context.Connection.RemoteIpAddress ?? System.Net.IPAddress.None;
        var failure = throttle.Note(address);
        if (!failure.IsThrottled)
        {
            logger.SignInFailed(address.ToString(), context.Request.Path);
            context.Response.Headers.WWWAuthenticate = "Bearer";
            return (null, Problem.Unauthorized("unknown-token", "No person has that token, or it has expired or was revoked. An admin makes a new one (dro token create); the local operator's is in operator.token of the data folder."));
        }

        if (failure.IsFirstThrottled)
        {
            logger.SignInsThrottled(address.ToString(), SignInThrottle.Limit, clock.Now + failure.Left);
        }

        var seconds = Math.Max(1, (int)Math.Ceiling(failure.Left.TotalSeconds));
        context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        return (null, Problem.Of(StatusCodes.Status429TooManyRequests, "too-many-sign-ins", $"Too many failed sign-ins from {address}. Try again in {seconds} s with the right token."));
    }
}
