using System.Text.Json.Nodes;
using DrOrchestrator.Drills.Carrying;
using DrOrchestrator.Kubernetes;

namespace DrOrchestrator.Drills.Steps.Objects;

/// <summary>What the steps that change objects of any kind read of an object, and the words they have for it. Pure.</summary>
internal static class SeenMarks
{
    /// <summary>As a step meant it: its status moves while it is looked at, so the generation counts where the object has one.</summary>
    public static string Version(JsonObject seen) => Meta(seen, "generation") is { } generation ? $"generation {generation}, mark {Mark(seen, Annotations.Marker) ?? "none"}" : $"version {Meta(seen, "resourceVersion")}";

    public static string? Meta(JsonObject seen, string name) => seen["metadata"]?[name]?.ToString();

    /// <summary>An annotation.</summary>
    public static string? Mark(JsonObject seen, string name) => seen["metadata"]?["annotations"]?[name]?.ToString();

    /// <summary>By its mark: whatever step of the run has changed it last, a later one too.</summary>
    public static bool IsOfRun(JsonObject seen, StepContext context) => Mark(seen, Annotations.Marker)?.StartsWith($"{context.RunMark}-", StringComparison.Ordinal) is true;

    /// <summary>Why it may not be changed now; null where no fence holds it.</summary>
    public static string? Fence(ObjectAddress address, JsonObject seen, string site) =>
        Mark(seen, Annotations.Fence) == Annotations.FenceHeld ? $"{address} at {site} is held by the fence {Mark(seen, Annotations.Marker)}; only k8s.unfence lifts it" : null;

    public static string Conflict(ObjectAddress address, ClusterFailure failure) =>
        $"{address} has fields that others hold, and only with 'force: true' are they taken over: {string.Join(' ', failure.Reason.Split(['\n', '\r'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))}";

    /// <summary>A failure that says nothing of an earlier request.</summary>
    public static MarkedLook<StepOutcome> Hidden(string why) => new(new StepOutcome.Failed(why), null) { Hides = why };

    /// <summary>Taken back as far as it goes: something stays, and is said.</summary>
    /// <param name="isHidden">As with <see cref="Hidden"/>.</param>
    public static MarkedLook<StepOutcome> Left(string what, bool isHidden = false) => new(new StepOutcome.Done(new JsonObject { [Rollback.Left] = what }), null) { Hides = isHidden ? what : null };

    public static string Said(JsonNode? value) => value?.ToJsonString() ?? "none";
}
