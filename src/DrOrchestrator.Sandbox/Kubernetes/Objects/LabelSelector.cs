using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace DrOrchestrator.Sandbox.Kubernetes.Objects;

/// <summary>Which labels are wanted: the query form (<c>a=b,c in (d,e),!f</c>) and the object form (<c>matchLabels</c>, <c>matchExpressions</c>).</summary>
internal sealed partial class LabelSelector
{
    public static readonly LabelSelector Everything = new([]);

    private readonly List<(string Label, string Operator, string[] Values)> _terms;

    private LabelSelector(List<(string Label, string Operator, string[] Values)> terms) => _terms = terms;

    public static LabelSelector Parse(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return Everything;
        }

        var terms = new List<(string, string, string[])>();
        foreach (var term in SplitTerms(text))
        {
            terms.Add(ParseTerm(term.Trim()));
        }

        return new LabelSelector(terms);
    }

    public static LabelSelector Of(JsonNode? selector)
    {
        var terms = new List<(string, string, string[])>();
        foreach (var (label, value) in selector.TextMap("matchLabels"))
        {
            terms.Add((label, "in", [value]));
        }

        foreach (var expression in selector.Items("matchExpressions"))
        {
            var how = expression.Text("operator") switch
            {
                "In" => "in",
                "NotIn" => "notin",
                "Exists" => "exists",
                "DoesNotExist" => "!",
                var other => throw ApiRefusal.BadRequest($"\"{other}\" is not a valid label selector operator"),
            };
            terms.Add((expression.Text("key") ?? "", how, [.. expression.Texts("values")]));
        }

        return new LabelSelector(terms);
    }

    /// <summary>The form without operators that Services use.</summary>
    public static LabelSelector OfMap(JsonNode? map) => new([.. map.TextMap().Select(pair => (pair.Key, "in", new[] { pair.Value }))]);

    public bool Matches(IReadOnlyDictionary<string, string> labels) => _terms.TrueForAll(term =>
    {
        var present = labels.TryGetValue(term.Label, out var value);
        return term.Operator switch
        {
            "in" => present && term.Values.Contains(value),
            "notin" => !present || !term.Values.Contains(value),
            "exists" => present,
            _ => !present,
        };
    });

    private static (string, string, string[]) ParseTerm(string term)
    {
        if (Equality().Match(term) is { Success: true } equality)
        {
            return (equality.Groups[1].Value, equality.Groups[2].Value == "!=" ? "notin" : "in", [equality.Groups[3].Value]);
        }

        if (Membership().Match(term) is { Success: true } membership)
        {
            return (membership.Groups[1].Value, membership.Groups[2].Value, membership.Groups[3].Value.Split(',', StringSplitOptions.TrimEntries));
        }

        if (Existence().Match(term) is { Success: true } existence)
        {
            return (existence.Groups[2].Value, existence.Groups[1].Value.Length > 0 ? "!" : "exists", []);
        }

        throw ApiRefusal.BadRequest($"unable to parse requirement: '{term}' is no label selector term");
    }

    // Commas inside parentheses belong to the term.
    private static IEnumerable<string> SplitTerms(string text)
    {
        var depth = 0;
        var start = 0;
        for (var at = 0; at < text.Length; at++)
        {
            depth += text[at] switch { '(' => 1, ')' => -1, _ => 0 };
            if (text[at] == ',' && depth == 0)
            {
                yield return text[start..at];
                start = at + 1;
            }
        }

        yield return text[start..];
    }

    [GeneratedRegex(@"^([A-Za-z0-9][A-Za-z0-9_./-]*)\s*(=|==|!=)\s*([A-Za-z0-9_.-]*)$")]
    private static partial Regex Equality();

    [GeneratedRegex(@"^([A-Za-z0-9][A-Za-z0-9_./-]*)\s+(in|notin)\s*\(([A-Za-z0-9_., -]*)\)$")]
    private static partial Regex Membership();

    [GeneratedRegex(@"^(!?)\s*([A-Za-z0-9][A-Za-z0-9_./-]*)$")]
    private static partial Regex Existence();
}
