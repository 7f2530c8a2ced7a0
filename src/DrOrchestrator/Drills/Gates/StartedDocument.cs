using System.Text.Json;
using System.Text.Json.Nodes;
using DrOrchestrator.Drills.Steps.Objects;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.Plans;
using k8s;
using k8s.Models;

namespace DrOrchestrator.Drills.Gates;

/// <summary>A document of a plan's manifests from which pods are started: what they are stands in it, and not yet at the cluster.</summary>
/// <param name="Target"><c>deployment/ledger-api</c>, <c>jobs/load (batch/v1)</c>.</param>
/// <param name="Replicas">How many pods run at once; 0 for what starts none by itself now, as a CronJob.</param>
/// <param name="Selector">By which its pods are known; empty for what is started anew each time.</param>
internal sealed record StartedDocument(string Namespace, string Target, V1PodTemplateSpec Template, int Replicas, IDictionary<string, string> Selector)
{
    /// <summary>Whether <c>spec.replicas</c> stands in it: otherwise what is there keeps its number, and what is not gets one.</summary>
    public bool SaysReplicas { get; init; }

    /// <summary>Null for what is no Deployment and no StatefulSet.</summary>
    public WorkloadName? Workload => Target.Split('/') is [WorkloadName.Deployment or WorkloadName.StatefulSet, var name] ? new WorkloadName(Target.Split('/')[0], name) : null;

    /// <summary>All that the plan applies at a site and that starts pods. A DaemonSet counts as one pod.</summary>
    /// <exception cref="FormatException">A document is not what its kind is.</exception>
    public static IReadOnlyList<StartedDocument> Of(Plan plan, string site) => [.. AppliedDocuments.Of(plan).Where(applied => applied.Site == site).Select(Of).OfType<StartedDocument>()];

    private static StartedDocument? Of(AppliedDocument applied)
    {
        var (document, spec) = (applied.Document, applied.Document.Value["spec"]);
        var found = (ServedKind.GroupOf(document.Api), document.Kind) switch
        {
            ("apps", "Deployment" or "StatefulSet" or "ReplicaSet") => (spec?["template"], Count(spec?["replicas"]), IsRepeated: true),
            ("apps", "DaemonSet") => (spec?["template"], 1, IsRepeated: true),
            ("batch", "Job") => (spec?["template"], Count(spec?["parallelism"]), IsRepeated: false),
            ("batch", "CronJob") => (spec?["jobTemplate"]?["spec"]?["template"], 0, IsRepeated: false),
            ("", "Pod") => (document.Value, 1, IsRepeated: false),
            _ => ((JsonNode? Template, int Replicas, bool IsRepeated)?)null,
        };
        if (found is not { } started)
        {
            return null;
        }

        try
        {
            var template = KubernetesJson.Deserialize<V1PodTemplateSpec>(started.Template?.ToJsonString() ?? "null");
            var selector = started.IsRepeated && spec?["selector"]?["matchLabels"] is JsonObject labels ? labels.ToDictionary(label => label.Key, label => label.Value?.ToString() ?? "") : [];
            return template?.Spec?.Containers is { Count: > 0 } containers && containers.All(container => !string.IsNullOrEmpty(container.Image))
                ? new StartedDocument(applied.Namespace, ManifestRules.TargetName(document), template, started.Replicas, selector) { SaysReplicas = spec?["replicas"] is not null }
                : throw new FormatException($"the manifest of {document} names no containers with images");
        }
        catch (JsonException)
        {
            throw new FormatException($"the manifest of {document} is not what its kind is");
        }
    }

    /// <summary>One where nothing is said, as Kubernetes has it.</summary>
    private static int Count(JsonNode? node) => node is JsonValue value && value.TryGetValue<long>(out var number) ? (int)Math.Clamp(number, 0, int.MaxValue) : 1;
}
