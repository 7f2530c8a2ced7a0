using System.Globalization;
using DrOrchestrator.Estates.Yaml;

namespace DrOrchestrator.Estates.Loading;

/// <summary>Reads <c>with:</c> of an <c>http</c> probe.</summary>
internal static class HttpProbeReader
{
    private static readonly string[] Methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

    public static HttpProbeSettings Read(StrictMap with, EstateScope scope)
    {
        var url = with.Url("url");
        var method = with.WordOf("method", Methods, otherwise: "GET");
        var headers = Headers(with);
        var body = with.OptionalText("body");
        var expected = with.Scalars("expect-status", required: false).Select(status => Status(status, with.Problems)).ToList();
        var contains = with.OptionalText("body-contains");
        return new HttpProbeSettings(url, method, headers, body, expected.Count > 0 ? expected : [200], contains, with.Flag("fresh-connection"));
    }

    private static Dictionary<string, string> Headers(StrictMap with)
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        if (with.Map("headers", required: false, "headers") is not { } map)
        {
            return headers;
        }

        foreach (var (key, _) in map.Entries)
        {
            var value = map.OptionalText(key.Text);
            if (key.Text.Length == 0 || !key.Text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'))
            {
                map.Problems.Add(key.Place, $"the header {Problems.Quote(key.Text)}", "letters, digits and hyphens", "Correct the name of the header.");
            }
            else if (value is not null && value.Any(char.IsControl))
            {
                map.Problems.Add(map.PlaceOf(key.Text), $"the header '{key.Text}' has a value of several lines", "one line", "Write the value on one line.");
            }
            else if (value is not null && !headers.TryAdd(key.Text, value))
            {
                map.Problems.Add(key.Place, $"the header '{key.Text}' a second time", "", "Keep one of the two.");
            }
        }

        return headers;
    }

    private static int Status(YamlScalar scalar, Problems problems)
    {
        if (int.TryParse(scalar.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var status) && status is >= 100 and <= 599)
        {
            return status;
        }

        problems.Add(scalar.Place, $"'expect-status' holds {Problems.Quote(scalar.Text)}", "status codes from 100 to 599", "Correct the value.");
        return 200;
    }
}
