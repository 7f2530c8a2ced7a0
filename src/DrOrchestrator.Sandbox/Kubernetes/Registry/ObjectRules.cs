using System.Text.Json.Nodes;
using DrOrchestrator.Sandbox.Kubernetes.Objects;

namespace DrOrchestrator.Sandbox.Kubernetes.Registry;

/// <summary>What an object may say. Fields the site would have to act on and does not are refused rather than ignored.</summary>
internal static class ObjectRules
{
    private static readonly Dictionary<ResourceKind, string[]> ChangeableSpec = new()
    {
        [ResourceKind.StatefulSets] =
            ["replicas", "ordinals", "template", "updateStrategy", "revisionHistoryLimit", "persistentVolumeClaimRetentionPolicy", "minReadySeconds"],
        [ResourceKind.Pods] = ["containers", "tolerations", "activeDeadlineSeconds", "terminationGracePeriodSeconds"],
        [ResourceKind.Jobs] = ["backoffLimit", "activeDeadlineSeconds", "ttlSecondsAfterFinished", "suspend"],
        [ResourceKind.Claims] = ["resources", "volumeName"],
    };

    private static readonly Dictionary<string, string[]> NotServed = new(StringComparer.Ordinal)
    {
        ["pod"] = ["initContainers", "ephemeralContainers", "activeDeadlineSeconds", "schedulingGates", "nodeSelector", "affinity"],
        ["container"] = ["livenessProbe", "startupProbe", "lifecycle", "envFrom", "workingDir", "resizePolicy", "restartPolicy"],
        ["StatefulSet"] = ["minReadySeconds", "ordinals", "persistentVolumeClaimRetentionPolicy"],
        ["Deployment"] = ["minReadySeconds"],
        ["ReplicaSet"] = ["minReadySeconds"],
        ["Job"] = ["suspend", "completionMode", "podFailurePolicy", "successPolicy", "manualSelector", "backoffLimitPerIndex", "maxFailedIndexes"],
    };

    public static void Check(ObjectKey key, JsonObject content)
    {
        CheckMetadata(key, content);
        if (content.Map("spec") is not { } spec)
        {
            return;
        }

        Refuse(key.Kind.Kind, spec, "spec");
        if (key.Kind == ResourceKind.Pods)
        {
            CheckPodSpec(key, spec, "spec");
        }
        else if (spec.Map("template") is { } template)
        {
            CheckWorkload(key, spec, template);
        }
    }

    /// <summary>What of an object's specification may not change once it exists.</summary>
    public static void CheckChange(ObjectKey key, JsonObject before, JsonObject after)
    {
        if (ChangeableSpec.TryGetValue(key.Kind, out var changeable))
        {
            var names = (before.Map("spec") ?? []).Concat(after.Map("spec") ?? []).Select(field => field.Key).Distinct();
            foreach (var name in names.Where(name => !changeable.Contains(name)))
            {
                RefuseChange(key, before, after, name);
            }
        }
        else if (key.Kind == ResourceKind.Deployments || key.Kind == ResourceKind.ReplicaSets)
        {
            RefuseChange(key, before, after, "selector");
        }
    }

    public static int Replicas(ObjectKey key, JsonNode? value, string field)
    {
        if (value.Number() is not { } replicas || replicas < 0)
        {
            throw ApiRefusal.Invalid(key, field, $"Invalid value: {value?.ToJsonString() ?? "null"}: must be greater than or equal to 0");
        }

        return replicas;
    }

    private static void CheckMetadata(ObjectKey key, JsonObject content)
    {
        foreach (var map in new[] { "labels", "annotations" })
        {
            if (content.At("metadata", map) is { } node && (node is not JsonObject texts || texts.Any(pair => pair.Value.Text() is null)))
            {
                throw ApiRefusal.BadRequest($"{key.Kind.Kind} in version \"{key.Kind.Version}\" cannot be handled: metadata.{map} must be a map of text to text");
            }
        }
    }

    private static void CheckWorkload(ObjectKey key, JsonObject spec, JsonObject template)
    {
        if (key.Kind == ResourceKind.Jobs)
        {
            if (spec.Number("completions") != 1 || spec.Number("parallelism") != 1)
            {
                throw ApiRefusal.NotServed("jobs with completions or parallelism other than 1");
            }

            if (template.Text("spec", "restartPolicy") != "Never")
            {
                throw ApiRefusal.Invalid(key, "spec.template.spec.restartPolicy", "Unsupported value: this lab serves jobs with \"Never\" only");
            }
        }
        else
        {
            Replicas(key, spec["replicas"], "spec.replicas");
            if (template.Text("spec", "restartPolicy") != "Always")
            {
                throw ApiRefusal.Invalid(key, "spec.template.spec.restartPolicy", "Unsupported value: supported values: \"Always\"");
            }
        }

        var selector = LabelSelector.Of(spec["selector"]);
        if (spec.Map("selector") is not { Count: > 0 } || !selector.Matches(template.TextMap("metadata", "labels")))
        {
            throw ApiRefusal.Invalid(key, "spec.template.metadata.labels", "Invalid value: `selector` does not match template `labels`");
        }

        CheckPodSpec(key, template.Map("spec") ?? [], "spec.template.spec");
    }

    private static void CheckPodSpec(ObjectKey key, JsonObject spec, string path)
    {
        Refuse("pod", spec, path);
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var container in spec.Items("containers"))
        {
            var name = container.Text("name") ?? "";
            if (name.Length == 0 || name.Contains('/', StringComparison.Ordinal) || name.StartsWith('.') || !names.Add(name))
            {
                throw ApiRefusal.Invalid(key, $"{path}.containers.name", $"Invalid value: \"{name}\": every container needs a name of its own");
            }

            Refuse("container", container, $"{path}.containers[{name}]");
            if (container.Map("readinessProbe") is { } probe && probe.Map("httpGet") is null)
            {
                throw ApiRefusal.NotServed($"{path}.containers[{name}].readinessProbe other than httpGet");
            }

            if (container.Items("env").Any(entry => entry.ContainsKey("valueFrom")))
            {
                throw ApiRefusal.NotServed($"{path}.containers[{name}].env.valueFrom");
            }
        }

        if (names.Count == 0)
        {
            throw ApiRefusal.Invalid(key, $"{path}.containers", "Required value");
        }
    }

    private static void Refuse(string part, JsonObject spec, string path)
    {
        foreach (var field in NotServed.GetValueOrDefault(part, []))
        {
            if (spec[field] is { } value && value is not JsonArray { Count: 0 } && value.Number() != 0)
            {
                throw ApiRefusal.NotServed($"{path}.{field}");
            }
        }
    }

    private static void RefuseChange(ObjectKey key, JsonObject before, JsonObject after, string field)
    {
        // A pod goes to a node once.
        var binds = field == "nodeName" && before.Text("spec", "nodeName") is null;
        if (!binds && !JsonNode.DeepEquals(before.At("spec", field), after.At("spec", field)))
        {
            throw ApiRefusal.Invalid(key, $"spec.{field}", "Forbidden: field is immutable");
        }
    }
}
