using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;
using DrOrchestrator.Estates.Yaml;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Estates.Loading;

/// <summary>Keys that several kinds of probes have: <c>ip</c>, <c>tls</c>, <c>proxy</c>, patterns.</summary>
internal static class ConnectionKeys
{
    private static readonly TimeSpan PatternLimit = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestValidity = TimeSpan.FromDays(3650);

    /// <summary><c>ip: any | 4 | 6</c>; any when absent.</summary>
    public static IpChoice Ip(this StrictMap map) => map.WordOf("ip", ["any", "4", "6"], otherwise: "any") switch
    {
        "4" => IpChoice.Four,
        "6" => IpChoice.Six,
        _ => IpChoice.Any,
    };

    /// <summary><c>tls:</c> as a mapping; null when absent or wrong.</summary>
    public static TlsSettings? Tls(this StrictMap with, EstateScope scope) =>
        with.Map("tls", required: false, "settings of TLS") is { } map ? ReadTls(map, scope) : null;

    /// <summary><c>tls:</c> as a mapping, or true or false.</summary>
    public static TlsSettings? TlsOrFlag(this StrictMap with, EstateScope scope) =>
        with.Peek("tls") is YamlMapping ? with.Tls(scope) : with.Flag("tls") ? TlsSettings.Usual : null;

    /// <summary><c>proxy: { url, user, password }</c>; null when absent or wrong.</summary>
    public static HttpProxySettings? Proxy(this StrictMap with, EstateScope scope)
    {
        if (with.Map("proxy", required: false, "a proxy") is not { } map)
        {
            return null;
        }

        var url = map.Url("url");
        if (url.Scheme != Uri.UriSchemeHttp)
        {
            map.Problems.Add(map.PlaceOf("url"), "a proxy that is spoken to over https", "an http:// address", "Name the proxy's plain port.");
        }

        var user = map.OptionalText("user");
        var password = map.Secret("password", scope);
        if ((user is null) != (password is null) && map.Has("user") != map.Has("password"))
        {
            map.Problems.Add(map.Place, $"a proxy with {(user is null ? "'password' and no 'user'" : "'user' and no 'password'")}", "both or none", "Add the other one, or remove both.");
        }

        map.Close();
        return new HttpProxySettings(url, user, password);
    }

    /// <summary>A pattern with a time limit, in linear time where it has no look-around and no back reference; null when absent or wrong.</summary>
    public static Regex? Pattern(this StrictMap map, string key) =>
        map.Parse<Regex?>(key, "a regular expression", TryParsePattern, null, required: false);

    /// <summary>A text that names a host: a name or an address, without scheme, port and path.</summary>
    public static string Host(this StrictMap map, string key) => map.Parse<string>(key, "the name or address of a host, without port", TryParseHost, "");

    public static bool TryParseHost(string text, [MaybeNullWhen(false)] out string host)
    {
        host = Uri.CheckHostName(text) != UriHostNameType.Unknown ? text : null;
        return host is not null;
    }

    private static TlsSettings ReadTls(StrictMap map, EstateScope scope)
    {
        var expires = map.OptionalDuration("expires-in-more-than", TimeSpan.Zero, LongestValidity);
        var authority = scope.ExistingFile(map, "ca");
        var certificate = scope.ExistingFile(map, "certificate");
        var key = scope.ExistingFile(map, "key");
        var password = map.Secret("key-password", scope);
        var name = map.Has("server-name") ? map.Host("server-name") : map.OptionalText("server-name");
        if (!map.Has("certificate") && (map.Has("key") || map.Has("key-password")))
        {
            map.Problems.Add(map.Place, "a key without 'certificate'", "a PEM file with our certificate", "Add 'certificate:', or remove 'key' and 'key-password'.");
        }

        map.Close();
        return new TlsSettings(expires, authority, certificate, key, password, name);
    }

    private static bool TryParsePattern(string text, out Regex? pattern)
    {
        pattern = null;
        try
        {
            pattern = new Regex(text, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking, PatternLimit);
        }
        catch (NotSupportedException)
        {
            pattern = new Regex(text, RegexOptions.CultureInvariant, PatternLimit);
        }
        catch (ArgumentException)
        {
            return false;
        }

        return true;
    }
}
