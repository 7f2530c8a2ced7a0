using k8s.Models;

namespace DrOrchestrator.Drills.Gates;

/// <summary>A label selector against labels, as Kubernetes judges it. Pure.</summary>
internal static class LabelMatch
{
    /// <summary>No selector matches nothing; an empty one everything.</summary>
    public static bool Of(V1LabelSelector? selector, IDictionary<string, string>? labels) =>
        selector is not null
        && (selector.MatchLabels ?? new Dictionary<string, string>()).All(pair => Value(labels, pair.Key) == pair.Value)
        && (selector.MatchExpressions ?? []).All(expression => Holds(expression, Value(labels, expression.Key)));

    private static bool Holds(V1LabelSelectorRequirement expression, string? value) => expression.OperatorProperty switch
    {
        "In" => value is not null && expression.Values.Contains(value),
        "NotIn" => value is null || !expression.Values.Contains(value),
        "Exists" => value is not null,
        _ => value is null,
    };

    private static string? Value(IDictionary<string, string>? labels, string key) => labels is not null && labels.TryGetValue(key, out var value) ? value : null;
}
