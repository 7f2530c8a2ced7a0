using System.Globalization;
using DrOrchestrator.Estates;
using k8s.Models;

namespace DrOrchestrator.Drills.Steps.Postgres;

/// <summary>
/// The Job that does a verb of <c>postgres-host.sh</c> on the volume of a server. It brings the script along, so that it is always this release's, whatever the image; a look mounts
/// the volume read-only. Pure.
/// </summary>
internal static class HostJobManifest
{
    public const string MountPath = "/dro-volume";

    private const string Volume = "data";
    private const string Shell = "/bin/sh";
    private const string PasswordKey = "password";
    public const string ScriptName = "postgres-host.sh";

    /// <summary>Long after anybody waits for a look; for looks whose asker died before it could clear up.</summary>
    private const int LooksAreKeptSeconds = 300;

    /// <summary>What the script leaves half done it goes on with when it is asked again: nothing is gained by letting it run on.</summary>
    private const int GraceSeconds = 5;

    private static readonly Lazy<string> Script = new(ReadScript);

    /// <summary>This release's script.</summary>
    public static string ScriptText => Script.Value;

    /// <param name="lasts">How long it may take, waiting for its volume included: a request of ours must not act when nobody expects it any more.</param>
    public static V1Job Make(string name, DatabaseHost.Job job, string verb, IReadOnlyList<string> words, IReadOnlyDictionary<string, string> annotations, TimeSpan lasts)
    {
        var isLook = HostJobs.IsLook(verb);
        var marks = new Dictionary<string, string>(annotations) { [Kubernetes.Annotations.HostVerb] = verb };
        return new V1Job
        {
            ApiVersion = "batch/v1",
            Kind = "Job",
            Metadata = new V1ObjectMeta { Name = name, NamespaceProperty = job.Namespace, Annotations = marks },
            Spec = new V1JobSpec
            {
                BackoffLimit = 0,
                Completions = 1,
                Parallelism = 1,
                ActiveDeadlineSeconds = Math.Max(1, (long)Math.Ceiling(lasts.TotalSeconds)),
                TtlSecondsAfterFinished = isLook ? LooksAreKeptSeconds : null,
                Template = new V1PodTemplateSpec
                {
                    Metadata = new V1ObjectMeta { Annotations = new Dictionary<string, string>(marks) },
                    Spec = Pod(job, isLook, Command(job, verb, words)),
                },
            },
        };
    }

    private static V1PodSpec Pod(DatabaseHost.Job job, bool isLook, IList<string> command) => new()
    {
        RestartPolicy = "Never",
        TerminationGracePeriodSeconds = GraceSeconds,
        AutomountServiceAccountToken = false,
        EnableServiceLinks = false,
        SecurityContext = job.RunAs is { } account
            ? new V1PodSecurityContext { RunAsUser = account, RunAsGroup = account, RunAsNonRoot = true, SeccompProfile = new V1SeccompProfile { Type = "RuntimeDefault" } }
            : null,
        Containers =
        [
            new V1Container
            {
                Name = "host",
                Image = job.Image,
                Command = command,
                Env = job.PasswordSecret is { } secret && !isLook
                    ? [new V1EnvVar { Name = "PGPASSWORD", ValueFrom = new V1EnvVarSource { SecretKeyRef = new V1SecretKeySelector { Name = secret, Key = PasswordKey } } }]
                    : null,
                SecurityContext = job.RunAs is null ? null : new V1SecurityContext { AllowPrivilegeEscalation = false, Capabilities = new V1Capabilities { Drop = ["ALL"] } },
                VolumeMounts = [new V1VolumeMount { Name = Volume, MountPath = MountPath, ReadOnlyProperty = isLook ? true : null }],
            },
        ],
        Volumes = [new V1Volume { Name = Volume, PersistentVolumeClaim = new V1PersistentVolumeClaimVolumeSource { ClaimName = job.Claim } }],
    };

    private static List<string> Command(DatabaseHost.Job job, string verb, IReadOnlyList<string> words) =>
    [
        Shell,
        "-c",
        Script.Value,
        ScriptName,
        "--volume",
        "--data",
        string.Create(CultureInfo.InvariantCulture, $"{MountPath}/{job.Data}"),
        .. job.Programs is { } programs ? ["--bin", programs] : Array.Empty<string>(),
        verb,
        .. words,
    ];

    private static string ReadScript()
    {
        using var stream = typeof(HostJobManifest).Assembly.GetManifestResourceStream("DrOrchestrator.postgres-host.sh") ?? throw new InvalidOperationException("the script is not packed");
        using var reader = new StreamReader(stream);

        // The cluster fills in $(NAME) in commands where the container has such a variable, which it has not, and takes two dollars for one: the script has none, which a test holds.
        return reader.ReadToEnd();
    }
}
