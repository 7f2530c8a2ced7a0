using System.Globalization;
using DrOrchestrator.Estates.Yaml;

namespace DrOrchestrator.Estates.Loading;

/// <summary>Reads <c>with:</c> of an <c>http</c> probe.</summary>
internal static class HttpProbeReader
{
    private const int MostRedirects = 10;
    private static readonly string[] Methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    private static readonly string[] Versions = ["1.1", "2"];

    /// <summary>Headers that hold a secret whatever stands in them.</summary>
    private static readonly HashSet<string> SecretNames = new(StringComparer.OrdinalIgnoreCase) { "Authorization", "Proxy-Authorization", "Cookie" };

    public static HttpProbeSettings Read(StrictMap with, EstateScope scope)
    {
        var url = with.Url("url");
        var method = with.WordOf("method", Methods, otherwise: "GET");
        var secrets = new Dictionary<string, SecretReference>(StringComparer.OrdinalIgnoreCase);
        var headers = Headers(with, scope, secrets);
        var body = with.OptionalText("body");
        var expected = with.Scalars("expect-status", required: false).Select(status => Status(status, with.Problems)).ToList();
        var (contains, expect) = HttpExpectationReader.Read(with);
        if (with.Has("tls") && with.Has("url") && url.Scheme == Uri.UriSchemeHttp && !with.Has("redirects"))
        {
            with.Problems.Add(with.PlaceOf("tls"), "'tls' beside an address without TLS", "an https:// address", "Correct 'url', or remove 'tls'.");
        }

        var redirects = with.OptionalInteger("redirects", 0, MostRedirects) ?? 0;
        if (redirects > 0 && with.Peek("tls") is YamlMapping tls && tls.Peek("certificate") is { } certificate)
        {
            CheckCertificate(with, url, certificate.Place);
        }

        return new HttpProbeSettings(url, method, headers, body, expected.Count > 0 ? expected : [200], contains, with.Flag("fresh-connection"))
        {
            SecretHeaders = secrets.Count > 0 ? secrets : null,
            Credentials = Credentials(with, scope, headers, secrets),
            Expect = expect,
            Redirects = redirects,
            Tls = with.Tls(scope),
            Ip = with.Ip(),
            Proxy = with.Proxy(scope),
            IsHttp2 = with.WordOf("version", Versions, otherwise: "1.1") == "2",
        };
    }

    /// <summary>Our certificate is for the declared origin alone. Behind a proxy the handler makes every tunnel's handshake itself and would show it to whom we are redirected to.</summary>
    private static void CheckCertificate(StrictMap with, Uri url, Place place)
    {
        if (with.Has("proxy"))
        {
            with.Problems.Add(place, "'certificate' beside 'proxy' and 'redirects'", "two of the three", "Remove 'redirects', and look at the address that answers.");
        }

        if (with.Has("url") && url.Scheme == Uri.UriSchemeHttp)
        {
            with.Problems.Add(place, "'certificate' beside an address without TLS", "an https:// address", "Correct 'url': the certificate is shown to no other address.");
        }
    }

    private static HttpCredentials? Credentials(StrictMap with, EstateScope scope, Dictionary<string, string> headers, Dictionary<string, SecretReference> secrets)
    {
        var bearer = with.Secret("bearer", scope);
        HttpCredentials? basic = null;
        if (with.Map("basic", required: false, "basic credentials") is { } map)
        {
            var user = map.Text("user");
            basic = map.Secret("password", scope, required: true) is { } password ? new HttpCredentials(user, password) : null;
            map.Close();
        }

        var ways = new[] { with.Has("bearer"), with.Has("basic"), headers.ContainsKey("Authorization") || secrets.ContainsKey("Authorization") };
        if (ways.Count(way => way) > 1)
        {
            with.Problems.Add(with.Place, "credentials in more than one way", "one of 'basic', 'bearer' and the header 'Authorization'", "Keep one of them.");
        }

        return bearer is not null ? new HttpCredentials(null, bearer) : basic;
    }

    private static Dictionary<string, string> Headers(StrictMap with, EstateScope scope, Dictionary<string, SecretReference> secrets)
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        if (with.Map("headers", required: false, "headers") is not { } map)
        {
            return headers;
        }

        foreach (var (key, node) in map.Entries)
        {
            var name = key.Text;
            var secret = node is YamlMapping || SecretNames.Contains(name) ? map.Secret(name, scope) : null;
            var value = node is YamlMapping || SecretNames.Contains(name) ? null : map.OptionalText(name);
            if (name.Length == 0 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'))
            {
                map.Problems.Add(key.Place, $"the header {Problems.Quote(name)}", "letters, digits and hyphens", "Correct the name of the header.");
            }
            else if (value is not null && value.Any(char.IsControl))
            {
                map.Problems.Add(map.PlaceOf(name), $"the header '{name}' has a value of several lines", "one line", "Write the value on one line.");
            }
            else if ((value is not null && (secrets.ContainsKey(name) || !headers.TryAdd(name, value))) || (secret is not null && (headers.ContainsKey(name) || !secrets.TryAdd(name, secret))))
            {
                map.Problems.Add(key.Place, $"the header '{name}' a second time", "", "Keep one of the two.");
            }
        }

        return headers;
    }

    private static StatusRange Status(YamlScalar scalar, Problems problems)
    {
        var dash = scalar.Text.IndexOf('-', StringComparison.Ordinal);
        var (first, last) = dash < 0 ? (scalar.Text, scalar.Text) : (scalar.Text[..dash], scalar.Text[(dash + 1)..]);
        if (TryStatus(first, out var from) && TryStatus(last, out var to) && from <= to)
        {
            return new StatusRange(from, to);
        }

        problems.Add(scalar.Place, $"'expect-status' holds {Problems.Quote(scalar.Text)}", "status codes from 100 to 599, or ranges of them such as 200-299", "Correct the value.");
        return 200;
    }

    private static bool TryStatus(string text, out int status) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out status) && status is >= 100 and <= 599;
}
