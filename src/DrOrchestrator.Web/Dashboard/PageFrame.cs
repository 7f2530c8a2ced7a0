using DrOrchestrator.Calendars;
using DrOrchestrator.Estates;
using DrOrchestrator.Web.Security;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace DrOrchestrator.Web.Dashboard;

/// <summary>What every page has around it.</summary>
/// <param name="Title">Of the tab and the heading.</param>
/// <param name="Live">Refreshes itself: by a script that swaps the main part, or by the browser where scripts are off.</param>
/// <param name="HasForm">Somebody may be writing here: nothing reloads the whole page under their hands.</param>
/// <param name="Events">Address of server-sent events that say when to refresh; null to look every few seconds.</param>
internal sealed record PageFrame(string Title, bool Live = false, string? Events = null, bool HasForm = false);

/// <summary>Answers with a page.</summary>
internal sealed class PageResult(Html page, int status = StatusCodes.Status200OK) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.StatusCode = status;
        httpContext.Response.ContentType = "text/html; charset=utf-8";
        return httpContext.Response.WriteAsync(page.Markup, httpContext.RequestAborted);
    }
}

/// <summary>Puts pages together.</summary>
internal sealed class PageWriter(EstateHolder estates, IEngineStates engines)
{
    public Html Write(HttpContext context, Language language, PageFrame frame, Html main)
    {
        var estate = estates.Current;
        var nonce = context.Features.GetRequiredFeature<PageNonce>().Value;
        var caller = context.Features.Get<Person>();
        var refresh = frame is { Live: true, HasForm: false } ? Html.Of($"<noscript><meta http-equiv=\"refresh\" content=\"5\"></noscript>") : Html.Empty;
        var script = frame.Live
            ? Html.Of($"<script nonce=\"{nonce}\" data-events=\"{frame.Events}\">{new Html(PageAssets.Script)}</script>")
            : Html.Empty;
        return Html.Of(
            $"""
             <!doctype html>
             <html lang="{language.Tag()}">
             <head>
             <meta charset="utf-8">
             <meta name="viewport" content="width=device-width, initial-scale=1">
             <meta name="color-scheme" content="light">
             <title>{frame.Title} · {estate.Name}</title>
             <link rel="icon" href="data:,">
             <style nonce="{nonce}">{new Html(PageAssets.Style)}</style>
             {refresh}
             </head>
             <body>
             <header><a class="brand" href="/">DrOrchestrator</a><span class="estate">{Marks.Name(estate.Name)}</span>{Navigation(caller, language)}<span class="space"></span>{LanguageLinks(context, language)}{WhoIs(caller, language)}</header>
             {(estate.IsSandbox ? Html.Of($"<p class=\"banner lab\">{Glossary.LabBanner.In(language)}</p>") : Html.Empty)}
             <main id="main">
             {EngineBanners(language, caller)}
             <h1>{frame.Title}</h1>
             {main}
             </main>
             <footer>{Glossary.UtcNote.In(language)}</footer>
             {script}
             </body>
             </html>
             """);
    }

    private static Html Navigation(Person? caller, Language language) => caller is null
        ? Html.Empty
        : Html.Of($"<nav><a href=\"/\">{Glossary.Systems.In(language)}</a><a href=\"/drills\">{Glossary.Drills.In(language)}</a><a href=\"/calendar\">{CalendarGlossary.Calendar.In(language)}</a><a href=\"/jobs\">{Glossary.Workers.In(language)}</a></nav>");

    private static Html LanguageLinks(HttpContext context, Language language)
    {
        var path = context.Request.Path.ToString();
        return language == Language.Chinese
            ? Html.Of($"<a class=\"quiet\" href=\"{path}?lang=en\" lang=\"en\">English</a>")
            : Html.Of($"<a class=\"quiet\" href=\"{path}?lang=zh-CN\" lang=\"zh-CN\">中文</a>");
    }

    private static Html WhoIs(Person? caller, Language language) => caller is null
        ? Html.Empty
        : Html.Of($"<form method=\"post\" action=\"/sign-out\"><span class=\"who\">{caller.Name.Word(language)}</span><button class=\"quiet\">{Glossary.SignOut.In(language)}</button></form>");

    private Html EngineBanners(Language language, Person? caller) => caller is null
        ? Html.Empty
        : Html.Join(engines.Read()
            .Where(engine => engine.State is EngineCondition.Stopped or EngineCondition.Unknown)
            .Select(engine => Html.Of(
                $"<p class=\"banner bad\"><strong>{(engine.State == EngineCondition.Stopped ? Glossary.EngineStopped : Glossary.EngineUnknown).In(language)}{Glossary.Colon.In(language)}{engine.Name.Word(language)}{Glossary.Stop.In(language)}</strong>{EngineWords.WhatNoLongerHappens(engine, language)}</p>")));
}
