using DrOrchestrator.Estates.Yaml;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Estates.Loading;

/// <summary>Reads <c>with:</c> of a <c>kubernetes</c> probe.</summary>
internal static class KubernetesProbeReader
{
    private const string Workloads = "deployment/NAME, statefulset/NAME or daemonset/NAME";
    private static readonly string[] Kinds = ["deployment", "statefulset", "daemonset"];

    public static KubernetesProbeSettings Read(StrictMap with, EstateScope scope) => new(with.WordOf("check", ["workload-ready", "nodes"]) switch
    {
        "nodes" => Nodes(with),
        "workload-ready" => Workload(with),
        _ => Neither(with),
    });

    private static KubernetesCheck.WorkloadReady Workload(StrictMap with)
    {
        var (kind, name) = with.Parse<(string, string)>("workload", Workloads, TryWorkload, ("", ""));
        return new KubernetesCheck.WorkloadReady(with.Text("namespace"), kind, name, with.OptionalInteger("at-least", 0, 10_000));
    }

    private static KubernetesCheck.Nodes Nodes(StrictMap with) => new(
        with.OptionalText("selector") ?? "",
        with.OptionalInteger("at-least", 0, 10_000),
        with.OptionalDuration("heartbeat-within", TimeSpan.FromSeconds(5), TimeSpan.FromHours(1)) ?? TimeSpan.FromSeconds(40));

    /// <summary>The keys of both are known, so that a wrong word for the check is one problem.</summary>
    private static KubernetesCheck Neither(StrictMap with)
    {
        foreach (var key in (string[])["workload", "namespace", "selector", "at-least", "heartbeat-within"])
        {
            with.Node(key);
        }

        return new KubernetesCheck.Nodes("", null, TimeSpan.FromSeconds(40));
    }

    private static bool TryWorkload(string text, out (string Kind, string Name) workload)
    {
        workload = text.Split('/') is [var kind, { Length: > 0 } name] && Kinds.Contains(kind) ? (kind, name) : default;
        return workload.Kind is not null;
    }
}
