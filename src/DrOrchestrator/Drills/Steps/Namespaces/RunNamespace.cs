using System.Globalization;
using System.Text.Json.Nodes;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.Words;

namespace DrOrchestrator.Drills.Steps.Namespaces;

/// <summary>What a namespace of a run is called, and by what it is known as one. Pure.</summary>
internal static class RunNamespace
{
    /// <summary>A DNS label (RFC 1123).</summary>
    public const int LongestName = 63;

    /// <summary><c>dro-LOG-RUN-STEP</c>: the same for every attempt, so that after a crash, and by every next attempt, it is found.</summary>
    public static string NameOf(StepContext context, string step) => $"{context.RunMark}-{step}";

    /// <summary>Where the API serves it.</summary>
    public static string PathOf(string name) => $"api/v1/namespaces/{Uri.EscapeDataString(name)}";

    /// <summary>As the step makes it.</summary>
    public static JsonObject Make(StepContext context, JsonObject intent) =>
        new() { ["apiVersion"] = "v1", ["kind"] = "Namespace", ["metadata"] = Metadata(intent.Text("namespace"), EffectMark.Of(context), Labels(context, intent)) };

    /// <summary>The first of its labels, as <c>NAME=VALUE</c>, that the namespace does not carry as it was asked for; null where it carries all of them.</summary>
    public static string? MissesLabel(JsonObject seen, StepContext context, JsonObject intent) =>
        Labels(context, intent).Where(label => seen["metadata"]?["labels"]?[label.Key]?.ToString() != label.Value!.ToString()).Select(label => $"{label.Key}={label.Value}").FirstOrDefault();

    private static JsonObject Labels(StepContext context, JsonObject intent) =>
        new()
        {
            [RunLabels.ManagedBy] = RunLabels.Us,
            [RunLabels.Log] = RunLabels.Value(LogOf(context)),
            [RunLabels.Run] = context.Run.ToString(CultureInfo.InvariantCulture),
            [RunLabels.Step] = RunLabels.Value(context.Step.Name),
            [RunLabels.Plan] = RunLabels.Value(context.Plan.Name),
            [RunLabels.Mode] = context.Mode.Word(),
            [RunLabels.Systems] = RunLabels.Value(string.Join('.', context.Plan.Systems)),
            [RunLabels.Expires] = intent.Text("expires"),
            [RunLabels.PodSecurity] = intent.Text("podSecurity"),
        };

    /// <summary>Metadata with the marks of the run.</summary>
    public static JsonObject Metadata(string name, EffectMark mark, JsonObject? labels = null)
    {
        var metadata = new JsonObject { ["name"] = name, ["annotations"] = new JsonObject(mark.Annotations.Select(entry => KeyValuePair.Create(entry.Key, (JsonNode?)JsonValue.Create(entry.Value)))) };
        if (labels is not null)
        {
            metadata["labels"] = labels;
        }

        return metadata;
    }

    /// <summary>Whether an attempt of that step of this run has made it.</summary>
    public static bool IsOf(JsonObject seen, StepContext context, string step) =>
        seen["metadata"]?["annotations"]?[Annotations.Marker]?.ToString().StartsWith($"{NameOf(context, step)}-", StringComparison.Ordinal) is true;

    public static string Uid(JsonObject seen) => seen["metadata"]!["uid"]!.ToString();

    public static bool IsEnding(JsonObject seen) => seen["metadata"]?["deletionTimestamp"] is not null;

    /// <summary>Id of the evidence log, from the run's mark.</summary>
    private static string LogOf(StepContext context)
    {
        var end = $"-{context.Run.ToString(CultureInfo.InvariantCulture)}";
        return context.RunMark.StartsWith("dro-", StringComparison.Ordinal) && context.RunMark.Length > "dro-".Length + end.Length ? context.RunMark["dro-".Length..^end.Length] : "";
    }
}
