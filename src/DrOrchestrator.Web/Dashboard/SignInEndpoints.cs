using DrOrchestrator.Web.Api;
using DrOrchestrator.Web.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace DrOrchestrator.Web.Dashboard;

/// <summary>Signing in at the pages with the same token that programs send.</summary>
internal static class SignInEndpoints
{
    public static void MapSignIn(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/sign-in", Form).Open();
        endpoints.MapPost("/sign-in", SignIn).Open();
        endpoints.MapPost("/sign-out", SignOut).Open();
    }

    private static PageResult Form(HttpContext context, PageWriter pages, string? to = null) => Page(context, pages, to, null, StatusCodes.Status200OK);

    private static async Task<IResult> SignIn(HttpContext context, PageWriter pages, SignInGate gate, Sessions sessions, ILogger<Sessions> logger)
    {
        if (!SameOrigin.Allows(context.Request) || !context.Request.HasFormContentType)
        {
            return Problem.Forbidden("cross-site", "Sign in with the form of this server's own page.");
        }

        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var to = form["to"].ToString();
        var token = form["token"].ToString().Trim();
        var (person, refusal) = gate.SignIn(context, token);
        if (person is null)
        {
            var status = (refusal as IStatusCodeHttpResult)?.StatusCode ?? StatusCodes.Status401Unauthorized;
            return Page(context, pages, to, status == StatusCodes.Status429TooManyRequests ? Glossary.TooMany : Glossary.UnknownToken, status);
        }

        logger.SignedIn(person.Id);
        context.Response.Cookies.Append(Sessions.Cookie, sessions.Open(Tokens.Hash(token)), Cookie(context));
        return SeeOther(context, IsLocal(to) ? to : "/");
    }

    private static IResult SignOut(HttpContext context, Sessions sessions)
    {
        if (!SameOrigin.Allows(context.Request))
        {
            return Problem.Forbidden("cross-site", "Sign out with the button of this server's own page.");
        }

        if (context.Request.Cookies[Sessions.Cookie] is { } session)
        {
            sessions.Close(session);
        }

        context.Response.Cookies.Delete(Sessions.Cookie, Cookie(context));
        return SeeOther(context, "/sign-in");
    }

    private static CookieOptions Cookie(HttpContext context) => new()
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Strict,
        Secure = context.Request.IsHttps,
        Path = "/",
        MaxAge = Sessions.Lifetime,
    };

    private static IResult SeeOther(HttpContext context, string to)
    {
        context.Response.Headers.Location = to;
        return TypedResults.StatusCode(StatusCodes.Status303SeeOther);
    }

    /// <summary>Only pages of ours: <c>//other</c> and <c>/\other</c> are addresses elsewhere to a browser.</summary>
    private static bool IsLocal(string to) => to.StartsWith('/') && !(to.Length > 1 && to[1] is '/' or '\\') && !to.Any(char.IsControl);

    private static PageResult Page(HttpContext context, PageWriter pages, string? to, Word? complaint, int status)
    {
        var language = Languages.Choose(context);
        var main = Html.Of(
            $"""
             <section class="card signin"><form method="post" action="/sign-in">
             {(complaint is { } word ? Html.Of($"<p class=\"bad\" role=\"alert\">{word.In(language)}</p>") : Html.Empty)}
             <label for="token">{Glossary.Token.In(language)}</label><input id="token" name="token" type="password" autocomplete="current-password" autofocus required>
             <input type="hidden" name="to" value="{to}">
             <button>{Glossary.SignIn.In(language)}</button></form><p class="small soft">{Glossary.TokenHint.In(language)}{Glossary.Colon.In(language)}<code>operator.token</code></p></section>
             """);
        return new(pages.Write(context, language, new PageFrame(Glossary.SignIn.In(language)), main), status);
    }
}
