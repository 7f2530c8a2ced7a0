using System.Globalization;
using DrOrchestrator.Estates.Yaml;

namespace DrOrchestrator.Estates.Loading;

/// <summary>Reads what an <c>http</c> probe expects of an answer beyond its status.</summary>
internal static class HttpExpectationReader
{
    /// <summary>One text to be contained stays by itself (the common case, judged without more); everything else is an expectation.</summary>
    public static (string? Contains, HttpExpectations? Expect) Read(StrictMap with)
    {
        var contains = Texts(with, "body-contains");
        var excludes = Texts(with, "body-does-not-contain");
        var matches = with.Pattern("body-matches");
        var json = StrictMap.ReadAll(with.Items("json", required: false), "an expectation of 'json'", with.Problems, Json);
        var headers = StrictMap.ReadAll(with.Items("expect-headers", required: false), "an expectation of 'expect-headers'", with.Problems, Header);
        if (json.Count(expectation => expectation.IsValue) > 1)
        {
            with.Problems.Add(with.PlaceOf("json"), "'value: true' more than once", "one number is the probe's value", "Keep one of them.");
        }

        var single = contains.Count == 1 ? contains[0] : null;
        var others = single is null ? contains : [];
        return others.Count + excludes.Count + json.Count + headers.Count == 0 && matches is null
            ? (single, null)
            : (single, new HttpExpectations(others, excludes, matches, json, headers));
    }

    private static IReadOnlyList<string> Texts(StrictMap with, string key) => with.Peek(key) is YamlSequence
        ? [.. with.Scalars(key, required: false).Select(scalar => scalar.Text)]
        : with.OptionalText(key) is { } text ? [text] : [];

    private static JsonExpectation Json(StrictMap map)
    {
        var path = map.Parse<JsonPath?>("path", JsonPath.Allowed, TryPath, null);
        var equal = map.OptionalText("equals");
        var (least, most) = (Number(map, "at-least"), Number(map, "at-most"));
        var exists = !map.Has("exists") || map.Flag("exists");
        map.Node("exists");
        var isValue = map.Flag("value");
        if (!exists && (equal is not null || least is not null || most is not null || isValue))
        {
            map.Problems.Add(map.Place, "'exists: false' beside another condition", "'exists: false' alone", "Remove one of them.");
        }

        if (least > most)
        {
            map.Problems.Add(map.PlaceOf("at-least"), "'at-least' is more than 'at-most'", "", "Correct one of the two.");
        }

        JsonPath.TryParse("$", out var whole);
        return new JsonExpectation(path ?? whole!, equal, least, most, exists, isValue);
    }

    private static HeaderExpectation Header(StrictMap map)
    {
        var name = map.Text("name");
        var equal = map.OptionalText("equals");
        var contains = map.OptionalText("contains");
        var matches = map.Pattern("matches");
        var absent = map.Flag("absent");
        if (absent && (equal is not null || contains is not null || matches is not null))
        {
            map.Problems.Add(map.Place, "'absent: true' beside another condition", "'absent: true' alone", "Remove one of them.");
        }

        return new HeaderExpectation(name, equal, contains, matches, absent);
    }

    private static double? Number(StrictMap map, string key) => map.Parse<double?>(key, "a number", TryNumber, null, required: false);

    private static bool TryNumber(string text, out double? number)
    {
        number = double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value) ? value : null;
        return number is not null;
    }

    private static bool TryPath(string text, out JsonPath? path) => JsonPath.TryParse(text, out path);
}
