using System.Diagnostics.CodeAnalysis;
using DrOrchestrator.Estates.Yaml;

namespace DrOrchestrator.Estates.Loading;

/// <summary>Absolute http and https addresses. Credentials inside one are refused, and the value is not repeated in errors, since it may hold some.</summary>
internal static class WebAddress
{
    private const string Allowed = "an absolute http:// or https:// address without user and password";
    private static readonly Uri Nowhere = new("http://0.0.0.0/");

    public static Uri Url(this StrictMap map, string key) => map.Parse<Uri>(key, Allowed, TryParse, Nowhere, secret: true);

    public static bool TryParse(string text, [MaybeNullWhen(false)] out Uri url) =>
        Uri.TryCreate(text, UriKind.Absolute, out url) && url.Scheme is "http" or "https" && url.UserInfo.Length == 0 && url.Host.Length > 0;
}
