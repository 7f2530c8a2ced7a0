using System.Text;
using k8s.Models;

namespace DrOrchestrator.Drills.Steps.Namespaces;

/// <summary>
/// A pod that tries to reach production. It proves something only where it could reach anything at all: so it reaches its control, an allowed place, before and after it tries. And it is the
/// policy that keeps it, not a firewall on the way, only where it misses too what every pod of the cluster reaches: what is forbidden. Pure.
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
        for f in $DRO_FORBIDDEN; do look forbidden "$f"; done
        sleep 3
        for t in $DRO_TARGETS; do look target "$t"; done
        for f in $DRO_FORBIDDEN; do look forbidden "$f"; done
        look control "$DRO_CONTROL"
        echo end
        """;

    /// <summary>The Job of the try, under the strictest pod security.</summary>
    public static V1Job Job(string name, string ns, string image, IReadOnlyList<string> command, string control, IEnumerable<string> targets, IEnumerable<string> forbidden, EffectMark mark, TimeSpan longest) => new()
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
                            Env =
                            [
                                new V1EnvVar { Name = "DRO_CONTROL", Value = control },
                                new V1EnvVar { Name = "DRO_TARGETS", Value = string.Join(' ', targets) },
                                new V1EnvVar { Name = "DRO_FORBIDDEN", Value = string.Join(' ', forbidden) },
                            ],
                            SecurityContext = new V1SecurityContext { AllowPrivilegeEscalation = false, Capabilities = new V1Capabilities { Drop = ["ALL"] } },
                        },
                    ],
                },
            },
        },
    };

    /// <summary>Why the log does not prove it; null where it does.</summary>
    /// <param name="node">Addresses of the pod's own node, which most networks let it reach whatever a policy says: that it does says nothing of the policy.</param>
    public static string? Against(byte[] log, string control, IReadOnlyList<string> targets, IReadOnlyList<string> forbidden, IReadOnlyList<string> node)
    {
        var lines = Encoding.UTF8.GetString(log).Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).ToList();
        var reached = targets.Where(target => lines.Contains(Line("target", target, "reached"))).ToList();
        if (reached.Count > 0)
        {
            return $"a pod of it reached production at {string.Join(", ", reached)}: the network does not enforce what the policy says";
        }

        var onNode = forbidden.Where(place => node.Contains(HostPort.Parse(place)!.Host)).ToList();
        var passed = forbidden.Where(place => lines.Contains(Line("forbidden", place, "reached"))).ToList();
        if (passed.Except(onNode).ToList() is { Count: > 0 } open)
        {
            return $"a pod of it reached {string.Join(", ", open)}, which 'allow-egress' does not list: the network enforces no policy, and it is something else that keeps pods from production";
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

        bool IsMissed(string word, string place) => lines.FindIndex(first, line => line == Line(word, place, "missed")) is var at && at >= 0 && at < last;
        if ((targets.FirstOrDefault(target => !IsMissed("target", target)) ?? forbidden.Except(passed).FirstOrDefault(place => !IsMissed("forbidden", place))) is { } untold)
        {
            return $"the pod says nothing of {untold} between two times at which it reached {control}: it proves nothing";
        }

        return passed.Count == forbidden.Count
            ? $"all that is forbidden to the pod ({string.Join(", ", forbidden)}) is on its own node, which most networks let it reach whatever a policy says: name a place elsewhere under 'forbidden'"
            : null;
    }

    private static string Line(params string[] words) => string.Join(' ', words);
}
