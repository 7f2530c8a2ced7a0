using System.Text.Json.Nodes;
using DrOrchestrator.Sandbox.Kubernetes.Objects;

namespace DrOrchestrator.Sandbox.Kubernetes.Registry;

/// <summary>Fills in what Kubernetes fills in, as far as the site acts on it.</summary>
internal static class ObjectDefaults
{
    public static void Fill(ResourceKind kind, JsonObject content)
    {
        if (kind.HasStatus)
        {
            content.Obtain("spec");
        }

        var spec = content.Map("spec");
        switch (kind.Kind)
        {
            case "StatefulSet":
                Default(spec!, "replicas", 1);
                Default(spec!, "podManagementPolicy", "OrderedReady");
                Default(spec!, "serviceName", "");
                spec!["updateStrategy"] ??= new JsonObject { ["type"] = "RollingUpdate" };
                FillTemplate(spec);
                break;
            case "Deployment":
                Default(spec!, "replicas", 1);
                Default(spec!, "progressDeadlineSeconds", 600);
                Default(spec!, "revisionHistoryLimit", 10);
                FillStrategy(spec!);
                FillTemplate(spec!);
                break;
            case "ReplicaSet":
                Default(spec!, "replicas", 1);
                FillTemplate(spec!);
                break;
            case "Job":
                Default(spec!, "backoffLimit", 6);
                Default(spec!, "completions", 1);
                Default(spec!, "parallelism", 1);
                FillJobSelector(content, spec!);
                FillTemplate(spec!);
                break;
            case "Pod":
                FillPodSpec(spec!);
                break;
            case "Service":
                Default(spec!, "type", "ClusterIP");
                Default(spec!, "clusterIP", "127.0.0.1");
                break;
            case "Secret":
                Default(content, "type", "Opaque");
                break;
        }
    }

    private static void FillStrategy(JsonObject spec)
    {
        var strategy = spec.Obtain("strategy");
        Default(strategy, "type", "RollingUpdate");
        if (strategy.Text("type") == "RollingUpdate")
        {
            var rolling = strategy.Obtain("rollingUpdate");
            Default(rolling, "maxSurge", "25%");
            Default(rolling, "maxUnavailable", "25%");
        }
    }

    // A job without a selector of its own selects its pods by its UID.
    private static void FillJobSelector(JsonObject job, JsonObject spec)
    {
        if (spec.Map("selector") is not null || job.Text("metadata", "uid") is not { } uid)
        {
            return;
        }

        spec["selector"] = new JsonObject { ["matchLabels"] = new JsonObject { ["batch.kubernetes.io/controller-uid"] = uid } };
        var labels = spec.Obtain("template").Obtain("metadata").Obtain("labels");
        var name = job.Text("metadata", "name");
        labels["batch.kubernetes.io/controller-uid"] = uid;
        labels["controller-uid"] = uid;
        labels["batch.kubernetes.io/job-name"] = name;
        labels["job-name"] = name;
    }

    private static void FillTemplate(JsonObject spec) => FillPodSpec(spec.Obtain("template").Obtain("spec"));

    private static void FillPodSpec(JsonObject spec)
    {
        Default(spec, "restartPolicy", "Always");
        Default(spec, "terminationGracePeriodSeconds", 30);
        foreach (var probe in spec.Items("containers").Select(container => container.Map("readinessProbe")).OfType<JsonObject>())
        {
            Default(probe, "periodSeconds", 10);
            Default(probe, "timeoutSeconds", 1);
            Default(probe, "failureThreshold", 3);
            Default(probe, "successThreshold", 1);
        }
    }

    private static void Default(JsonObject map, string name, JsonNode value) => map[name] ??= value;
}
