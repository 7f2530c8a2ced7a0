using DrOrchestrator.Plans;
using k8s.Models;

namespace DrOrchestrator.Drills.Steps.Pods;

/// <summary>The Job a <c>k8s.job</c> step makes: once, never again by itself, and kept until its log is in evidence.</summary>
internal static class JobManifest
{
    public const string DefaultImage = "dro-sandbox/ledger:1";

    private const string DataVolume = "data";

    public static V1Job Make(string name, string ns, StepParameters parameters, EffectMark mark) => new()
    {
        ApiVersion = "batch/v1",
        Kind = "Job",
        Metadata = new V1ObjectMeta { Name = name, NamespaceProperty = ns, Annotations = new Dictionary<string, string>(mark.Annotations) },
        Spec = new V1JobSpec
        {
            BackoffLimit = 0,
            Completions = 1,
            Parallelism = 1,
            Template = new V1PodTemplateSpec
            {
                Metadata = new V1ObjectMeta { Annotations = new Dictionary<string, string>(mark.Annotations) },
                Spec = Pod(parameters),
            },
        },
    };

    private static V1PodSpec Pod(StepParameters parameters)
    {
        var container = new V1Container
        {
            Name = "job",
            Image = parameters.OptionalText("image") ?? DefaultImage,
            Command = [.. parameters.Texts("command")],
            Env = parameters.Object("env") is { } env ? [.. env.Select(e => new V1EnvVar { Name = e.Key, Value = e.Value?.ToString() ?? "" })] : null,
        };
        var pod = new V1PodSpec { RestartPolicy = "Never", Containers = [container] };
        if (parameters.OptionalText("claim") is { } claim)
        {
            container.VolumeMounts = [new V1VolumeMount { Name = DataVolume, MountPath = "/data" }];
            pod.Volumes = [new V1Volume { Name = DataVolume, PersistentVolumeClaim = new V1PersistentVolumeClaimVolumeSource { ClaimName = claim } }];
        }

        return pod;
    }
}
