using System.Text;
using k8s.Models;

namespace DrOrchestrator.Drills.Steps.Namespaces;

/// <summary>
/// A pod that tries to reach production. It proves something only where it could reach anything at all: so it reaches its control, an allowed place, before and after it tries. What it does
/// not reach then, and the orchestrator does, is kept from it. Pure.
/// </summary>
internal static class EgressProof
{
    /// <summary>
    /// Waits for the control, tries each target twice with some seconds in between (networks may enforce a policy late, and forget it), and reaches the control again. A shell and an
    /// <c>nc</c> that knows <c>-z</c> do; one that knows it not misses the control.
    /// </summary>
    public const string Script = """
        look() { if nc -z -w 3 "${2%:*}" "${2##*:}" >/dev/null 2>&1; then echo "$1 $2 reached"; else echo "$1 $2 missed"; return 1; fi; }
        n=0
        until look control "$DRO_CONTROL" || [ $n -ge 10 ]; do n=$((n+1)); sleep 1; done
        for t in $DRO_TARGETS; do look target "$t"; done
        sleep 3
        for t in $DRO_TARGETS; do look target "$t"; done
        look control "$DRO_CONTROL"
        echo end
        """;

    /// <summary>The Job of the try, under the strictest pod security.</summary>
    public static V1Job Job(string name, string ns, string image, IReadOnlyList<string> command, string control, IEnumerable<string> targets, EffectMark mark, TimeSpan longest) => new()
    {
        ApiVersion = "batch/v1",
        Kind = "Job",
        Metadata = new V1ObjectMeta { Name = name, NamespaceProperty = ns, Annotations = new Dictionary<string, string>(mark.Annotations) },
        Spec = new V1JobSpec
        {
            BackoffLimit = 0,
            ActiveDeadlineSeconds = (long)Math.Ceiling(longest.TotalSeconds),
            Template = new V1PodTemplateSpec
            {
                Metadata = new V1ObjectMeta { Annotations = new Dictionary<string, string>(mark.Annotations) },
                Spec = new V1PodSpec
                {
                    RestartPolicy = "Never",
                    AutomountServiceAccountToken = false,
                    EnableServiceLinks = false,
                    SecurityContext = new V1PodSecurityContext { RunAsNonRoot = true, RunAsUser = 65534, SeccompProfile = new V1SeccompProfile { Type = "RuntimeDefault" } },
                    Containers =
                    [
                        new V1Container
                        {
                            Name = "try",
                            Image = image,
                            Command = command.Count > 0 ? [.. command] : ["sh", "-c", Script],
                            Env = [new V1EnvVar { Name = "DRO_CONTROL", Value = control }, new V1EnvVar { Name = "DRO_TARGETS", Value = string.Join(' ', targets) }],
                            SecurityContext = new V1SecurityContext { AllowPrivilegeEscalation = false, Capabilities = new V1Capabilities { Drop = ["ALL"] } },
                        },
                    ],
                },
            },
        },
    };

    /// <summary>Why the log does not prove it; null where it does.</summary>
    public static string? Against(byte[] log, string control, IReadOnlyList<string> targets)
    {
        var lines = Encoding.UTF8.GetString(log).Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).ToList();
        var reached = targets.Where(target => lines.Contains(Line("target", target, "reached"))).ToList();
        if (reached.Count > 0)
        {
            return $"a pod of it reached production at {string.Join(", ", reached)}: the network does not enforce what the policy says";
        }

        if (!lines.Contains("end"))
        {
            return "the pod that tries to reach production did not come to its end";
        }

        var (first, last) = (lines.IndexOf(Line("control", control, "reached")), lines.LastIndexOf(Line("control", control, "reached")));
        if (first < 0)
        {
            return $"the pod that tries to reach production reached nothing, not even {control}, which it may: it proves nothing";
        }

        return targets.FirstOrDefault(target => lines.FindIndex(first, line => line == Line("target", target, "missed")) is var at && (at < 0 || at > last)) is { } untold
            ? $"the pod says nothing of {untold} between two times at which it reached {control}: it proves nothing"
            : null;
    }

    private static string Line(params string[] words) => string.Join(' ', words);
}
