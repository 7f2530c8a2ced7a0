using DrOrchestrator.Plans;
using k8s.Models;

namespace DrOrchestrator.Drills.Steps.Pods;

/// <summary>The Job a <c>k8s.job</c> step makes: once, never again by itself, and kept until its log is in evidence. Pure.</summary>
internal static class JobManifest
{
    /// <summary>Where the claim is mounted.</summary>
    public const string DataPath = "/data";

    /// <summary>Where the empty volume is mounted.</summary>
    public const string ScratchPath = "/scratch";

    private const string DataVolume = "data";
    private const string ScratchVolume = "scratch";

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
                Spec = Pod(parameters, JobSettings.Of(parameters)),
            },
        },
    };

    private static V1PodSpec Pod(StepParameters parameters, JobSettings settings)
    {
        var mounts = new List<(V1Volume Volume, string Path)>();
        if (settings.Claim is { } claim)
        {
            mounts.Add((new V1Volume { Name = DataVolume, PersistentVolumeClaim = new V1PersistentVolumeClaimVolumeSource { ClaimName = claim } }, DataPath));
        }

        if (settings.Scratch is { } size)
        {
            mounts.Add((Scratch(size, settings.ScratchClass), ScratchPath));
        }

        return new V1PodSpec
        {
            RestartPolicy = "Never",
            ImagePullSecrets = settings.Pull.Count > 0 ? [.. settings.Pull.Select(secret => new V1LocalObjectReference { Name = secret })] : null,
            SecurityContext = settings.RunAs is { } account ? Unprivileged(account, settings) : null,
            Containers =
            [
                new V1Container
                {
                    Name = "job",
                    Image = settings.Image,
                    Command = [.. parameters.Texts("command")],
                    Env = parameters.Object("env") is { } env ? [.. env.Select(e => new V1EnvVar { Name = e.Key, Value = e.Value?.ToString() ?? "" })] : null,
                    EnvFrom = settings.EnvFrom.Count > 0 ? [.. settings.EnvFrom.Select(secret => new V1EnvFromSource { SecretRef = new V1SecretEnvSource { Name = secret } })] : null,
                    Resources = Resources(settings.Resources),
                    SecurityContext = settings.RunAs is null ? null : new V1SecurityContext { AllowPrivilegeEscalation = false, Capabilities = new V1Capabilities { Drop = ["ALL"] } },
                    VolumeMounts = mounts.Count > 0 ? [.. mounts.Select(mount => new V1VolumeMount { Name = mount.Volume.Name, MountPath = mount.Path })] : null,
                },
            ],
            Volumes = mounts.Count > 0 ? [.. mounts.Select(mount => mount.Volume)] : null,
        };
    }

    /// <summary>
    /// A generic ephemeral volume, and no emptyDir: a bank's database is larger than what a node has for itself, an emptyDir that outgrows its limit has its pod evicted in the middle of a
    /// restore, and no quota counts it. A claim is bounded by <c>requests.storage</c> of the namespace, lies where a storage class says, and goes with the Job's pod, so with the namespace.
    /// </summary>
    private static V1Volume Scratch(string size, string? storage) => new()
    {
        Name = ScratchVolume,
        Ephemeral = new V1EphemeralVolumeSource
        {
            VolumeClaimTemplate = new V1PersistentVolumeClaimTemplate
            {
                Spec = new V1PersistentVolumeClaimSpec
                {
                    AccessModes = ["ReadWriteOnce"],
                    StorageClassName = storage,
                    Resources = new V1VolumeResourceRequirements { Requests = new Dictionary<string, ResourceQuantity> { ["storage"] = new(size) } },
                },
            },
        },
    };

    /// <summary>All that pod security "restricted" asks for. Only a fresh volume is given to the group; on a claim it would change what is there.</summary>
    private static V1PodSecurityContext Unprivileged(int account, JobSettings settings) => new()
    {
        RunAsUser = account,
        RunAsGroup = account,
        RunAsNonRoot = true,
        FsGroup = settings.Scratch is not null ? account : null,
        SeccompProfile = new V1SeccompProfile { Type = "RuntimeDefault" },
    };

    private static V1ResourceRequirements? Resources(JobResources resources) => resources.Requests.Count + resources.Limits.Count == 0 ? null : new V1ResourceRequirements
    {
        Requests = Amounts(resources.Requests),
        Limits = Amounts(resources.Limits),
    };

    private static Dictionary<string, ResourceQuantity>? Amounts(IReadOnlyDictionary<string, string> amounts) =>
        amounts.Count > 0 ? amounts.ToDictionary(one => one.Key, one => new ResourceQuantity(one.Value)) : null;
}
