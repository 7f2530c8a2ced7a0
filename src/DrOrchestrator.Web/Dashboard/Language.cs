using Microsoft.AspNetCore.Http;

namespace DrOrchestrator.Web.Dashboard;

/// <summary>The languages of the pages.</summary>
internal enum Language
{
    English,
    Chinese,
}

/// <summary>A word in both languages, as the glossary has it.</summary>
internal readonly record struct Word(string Chinese, string English)
{
    public string In(Language language) => language == Language.Chinese ? Chinese : English;
}

internal static class Languages
{
    public const string Cookie = "dro_lang";

    public static string Tag(this Language language) => language == Language.Chinese ? "zh-CN" : "en";

    /// <summary><c>?lang=</c> first, and kept; then what was kept; then what the browser prefers.</summary>
    public static Language Choose(HttpContext context)
    {
        if (Parse(context.Request.Query["lang"]) is { } asked)
        {
            context.Response.Cookies.Append(
                Cookie,
                asked.Tag(),
                new CookieOptions { MaxAge = TimeSpan.FromDays(365), SameSite = SameSiteMode.Lax, HttpOnly = true, Path = "/" });
            return asked;
        }

        return Parse(context.Request.Cookies[Cookie]) ?? Preferred(context.Request.Headers.AcceptLanguage.ToString());
    }

    private static Language Preferred(string acceptLanguage) => acceptLanguage
        .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
        .Select(Weighted)
        .OrderByDescending(offer => offer.Weight)
        .Select(offer => Parse(offer.Tag))
        .FirstOrDefault(language => language is not null) ?? Language.English;

    private static (string Tag, double Weight) Weighted(string offer)
    {
        var parts = offer.Split(";q=", 2);
        var weight = parts.Length == 1 ? 1 : double.TryParse(parts[1], System.Globalization.CultureInfo.InvariantCulture, out var q) ? q : 0;
        return (parts[0].Trim(), weight);
    }

    private static Language? Parse(string? tag) => tag switch
    {
        { } zh when zh.StartsWith("zh", StringComparison.OrdinalIgnoreCase) => Language.Chinese,
        { } en when en.StartsWith("en", StringComparison.OrdinalIgnoreCase) => Language.English,
        _ => null,
    };
}
