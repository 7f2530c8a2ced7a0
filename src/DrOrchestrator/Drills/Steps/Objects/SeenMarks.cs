using System.Text.Json.Nodes;
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

    /// <summary>Why it may not be changed now; null where no fence holds it.</summary>
    public static string? Fence(ObjectAddress address, JsonObject seen, string site) =>
        Mark(seen, Annotations.Fence) == Annotations.FenceHeld ? $"{address} at {site} is held by the fence {Mark(seen, Annotations.Marker)}; only k8s.unfence lifts it" : null;

    public static string Conflict(ObjectAddress address, ClusterFailure failure) =>
        $"{address} has fields that others hold, and only with 'force: true' are they taken over: {string.Join(' ', failure.Reason.Split(['\n', '\r'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))}";

    public static string Said(JsonNode? value) => value?.ToJsonString() ?? "none";
}
