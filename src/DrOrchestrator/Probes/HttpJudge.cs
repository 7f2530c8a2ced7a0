using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using DrOrchestrator.Estates;

namespace DrOrchestrator.Probes;

/// <summary>Whether an answer is the expected one, and if not, in which words. Of headers it never repeats a value, of bodies a short excerpt.</summary>
internal static class HttpJudge
{
    private const int LongestJsonText = 60;

    /// <summary>The reason; null where everything is as expected. Takes the probe's value on the way.</summary>
    public static string? Refusal(HttpProbeSettings settings, HttpResponseMessage response, int status, HttpBody body, Look look)
    {
        if (!Holds(settings.ExpectedStatus, status))
        {
            var excerpt = look.Excerpt(body.Text);
            return $"HTTP {status} (expected {string.Join(" or ", settings.ExpectedStatus)}){(excerpt.Length > 0 ? ": " + excerpt : "")}";
        }

        if (settings.BodyContains is { } wanted && Missing(wanted, body, look) is { } missing)
        {
            return $"HTTP {status}, but {missing}";
        }

        return settings.Expect is { } expect && (Body(expect, body, look) ?? Headers(expect.Headers, response) ?? Json(expect.Json, body, look)) is { } wrong
            ? $"HTTP {status}, but {wrong}"
            : null;
    }

    private static bool Holds(IReadOnlyList<StatusRange> ranges, int status)
    {
        for (var i = 0; i < ranges.Count; i++)
        {
            if (ranges[i].Holds(status))
            {
                return true;
            }
        }

        return false;
    }

    private static string? Missing(string wanted, HttpBody body, Look look) =>
        body.Text.Contains(wanted, StringComparison.Ordinal) ? null : $"the body does not contain '{wanted}': {look.Excerpt(body.Text)}";

    private static string? Body(HttpExpectations expect, HttpBody body, Look look)
    {
        if (expect.Contains.Select(wanted => Missing(wanted, body, look)).FirstOrDefault(missing => missing is not null) is { } missing)
        {
            return missing;
        }

        if (expect.DoesNotContain.FirstOrDefault(unwanted => body.Text.Contains(unwanted, StringComparison.Ordinal)) is { } found)
        {
            return $"the body contains '{found}': {look.Excerpt(body.Text)}";
        }

        return expect.Matches is not { } pattern ? null : Matches(pattern, body.Text) switch
        {
            true => null,
            false => $"the body does not match '{pattern}': {look.Excerpt(body.Text)}",
            null => $"the pattern '{pattern}' took too long on the body",
        };
    }

    private static string? Headers(IReadOnlyList<HeaderExpectation> expectations, HttpResponseMessage response)
    {
        foreach (var expected in expectations)
        {
            var values = response.Headers.TryGetValues(expected.Name, out var own) ? own : response.Content.Headers.TryGetValues(expected.Name, out var content) ? content : [];
            var value = string.Join(", ", values);
            var isThere = values.Any();
            if (expected.Absent ? isThere : !isThere)
            {
                return expected.Absent ? $"the header {expected.Name} is there" : $"the header {expected.Name} is missing";
            }

            if ((expected.EqualTo is { } equal && value != equal)
                || (expected.Contains is { } part && !value.Contains(part, StringComparison.Ordinal))
                || (expected.Matches is { } pattern && Matches(pattern, value) is not true))
            {
                return $"the header {expected.Name} is not as expected";
            }
        }

        return null;
    }

    private static string? Json(IReadOnlyList<JsonExpectation> expectations, HttpBody body, Look look)
    {
        if (expectations.Count == 0)
        {
            return null;
        }

        if (body.IsCut)
        {
            return "the body is too long to be read as JSON";
        }

        try
        {
            using var document = JsonDocument.Parse(body.Bytes);
            return expectations.Select(expected => Json(expected, document.RootElement, look)).FirstOrDefault(wrong => wrong is not null);
        }
        catch (JsonException)
        {
            return $"the body is no JSON: {look.Excerpt(body.Text)}";
        }
    }

    private static string? Json(JsonExpectation expected, JsonElement document, Look look)
    {
        JsonElement found;
        string text;
        try
        {
            if (expected.Path.Find(document) is not { } value)
            {
                return expected.Exists ? $"there is nothing at {expected.Path}" : null;
            }

            found = value;
            text = found.ValueKind == JsonValueKind.String ? found.GetString()! : found.GetRawText();
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair as an escape: JSON by its grammar, and yet no text.
            return $"the value at {expected.Path} is not readable as text";
        }

        var shown = look.Excerpt(text, LongestJsonText);
        if (!expected.Exists)
        {
            return $"there is something at {expected.Path}: {shown}";
        }

        if (expected.EqualTo is { } equal && !AreEqual(found, text, equal))
        {
            return $"the value at {expected.Path} is not '{equal}': {shown}";
        }

        if (expected.AtLeast is null && expected.AtMost is null && !expected.IsValue)
        {
            return null;
        }

        if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) || !double.IsFinite(number))
        {
            return $"the value at {expected.Path} is no number: {shown}";
        }

        look.Value = expected.IsValue ? number : look.Value;
        return number < expected.AtLeast ? Outside(expected, number, "less", expected.AtLeast.Value)
            : number > expected.AtMost ? Outside(expected, number, "more", expected.AtMost.Value)
            : null;
    }

    private static string Outside(JsonExpectation expected, double number, string how, double limit) =>
        string.Create(CultureInfo.InvariantCulture, $"the value at {expected.Path} is {number}, {how} than {limit}");

    private static bool AreEqual(JsonElement found, string text, string equal) => found.ValueKind == JsonValueKind.Number
        && double.TryParse(equal, NumberStyles.Float, CultureInfo.InvariantCulture, out var wanted)
            ? found.TryGetDouble(out var number) && number.Equals(wanted)
            : text == equal;

    /// <summary>Null where the pattern's time limit came first.</summary>
    private static bool? Matches(Regex pattern, string text)
    {
        try
        {
            return pattern.IsMatch(text);
        }
        catch (RegexMatchTimeoutException)
        {
            return null;
        }
    }
}
