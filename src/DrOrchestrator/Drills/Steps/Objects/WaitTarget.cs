using System.Text.RegularExpressions;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Drills.Steps.Objects;

/// <summary>Which object a <c>k8s.wait</c> means.</summary>
/// <param name="Word">Kind as the plan says it.</param>
/// <param name="Known">Null where the cluster has to be asked what the word means.</param>
internal sealed partial record WaitTarget(string Word, string Name, string? Namespace, ServedKind? Known)
{
    /// <summary>Kinds that are the same everywhere.</summary>
    private static readonly Dictionary<string, ServedKind> Common = new(StringComparer.OrdinalIgnoreCase)
    {
        ["pod"] = new("v1", "pods", true),
        ["deployment"] = new("apps/v1", "deployments", true),
        ["statefulset"] = new("apps/v1", "statefulsets", true),
        ["job"] = new("batch/v1", "jobs", true),
        ["node"] = new("v1", "nodes", false),
    };

    /// <summary>The plan says its API.</summary>
    public bool IsNamed => Known is { } kind && !Common.ContainsValue(kind);

    public static WaitTarget Of(StepParameters parameters)
    {
        var (api, ns, parts) = (parameters.OptionalText("api"), parameters.OptionalText("namespace"), parameters.Text("resource").Split('/', 2));
        return new WaitTarget(parts[0], parts[^1], ns, api is null ? Common.GetValueOrDefault(parts[0]) : new ServedKind(api, parts[0], ns is not null));
    }

    /// <summary>What stands against api and resource; null for nothing.</summary>
    public static ParameterProblem? Problem(StepParameters parameters) =>
        !Resource().IsMatch(parameters.Text("resource")) ? new ParameterProblem("resource", $"'{parameters.Text("resource")}' is no resource", "KIND/NAME, or with api PLURAL/NAME", "kubectl api-resources lists kinds and plurals.")
        : parameters.OptionalText("api") is { } api && !ObjectAddress.IsApiVersion(api) ? new ParameterProblem("api", $"'{api}' is no apiVersion", "v1 or GROUP/VERSION", "Write it as the manifest of the object does.")
        : null;

    public override string ToString() => $"{Word}/{Name}";

    [GeneratedRegex(@"^[A-Za-z][A-Za-z0-9.-]*/([a-z0-9]([a-z0-9.:-]*[a-z0-9])?|[a-z0-9.:-]*\$\{[^}]+\}[a-z0-9.:-]*)$")]
    private static partial Regex Resource();
}
