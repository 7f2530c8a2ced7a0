using System.Globalization;
using System.Text.Json.Nodes;
using DrOrchestrator.Drills.Steps.Cnpg;
using DrOrchestrator.Drills.Steps.Objects;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Drills.Gates;

/// <summary>An object of a cluster that a plan's steps change.</summary>
/// <param name="Target">As the plan names it: <c>deployment/ledger-api</c>, <c>configmaps/ledger-settings</c>.</param>
/// <param name="Fields">What is set of it, each from the root down.</param>
/// <param name="Replicas">Every number of replicas it is given; null where another step will tell it. Empty for what is only patched.</param>
internal sealed record SetObject(string Site, ObjectAddress Address, string Target, IReadOnlyList<string[]> Fields, IReadOnlyList<int?> Replicas)
{
    /// <summary>A step of the plan makes it where it is not there.</summary>
    public bool MayBeMissing { get; init; }

    /// <summary><c>ledger/deployment/ledger-api</c>.</summary>
    public override string ToString() => $"{Address.Namespace}/{Target}";
}

/// <summary>Which fields of which objects a plan's steps set, of the switch and of the way back. Pure.</summary>
internal static class SetObjects
{
    private const string Prefix = "k8s.";
    private const string Reference = "${";

    /// <summary>Kinds that set no field of what is there already.</summary>
    private static readonly string[] Harmless = ["k8s.job", "k8s.exec", "k8s.wait", "k8s.rollout", "k8s.namespace", "k8s.namespace-remove"];

    private static readonly string[] ReplicasField = ["spec", "replicas"];

    private static readonly Dictionary<string, Func<Plan, PlanStep, IEnumerable<SetObject>>> Kinds = new(StringComparer.Ordinal)
    {
        ["k8s.scale"] = (_, step) => [Workload(step, step.Parameters.Text("workload"), step.Parameters.Text("replicas"))],
        ["k8s.fence"] = (_, step) => step.Parameters.Texts("workloads").Select(name => Workload(step, name, "0")),
        ["k8s.unfence"] = (_, step) => Lifted(step),
        ["k8s.unfence-earlier"] = (_, step) => Lifted(step),
        ["k8s.patch"] = (_, step) => [Patched(step)],
        ["k8s.apply"] = Applied,
        ["cnpg.demote"] = (_, step) => [Demoted(step)],
    };

    /// <summary>Each object once.</summary>
    /// <exception cref="FormatException">A name in the plan is none.</exception>
    public static IReadOnlyList<SetObject> Of(Plan plan) =>
    [
        .. plan.AllSteps.Where(step => step.Site is not null && Kinds.ContainsKey(step.Kind) && !IsLate(step)).SelectMany(step => Kinds[step.Kind](plan, step))
            .GroupBy(one => (one.Site, one.Address))
            .Select(group => group.First() with
            {
                Fields = [.. group.SelectMany(one => one.Fields).DistinctBy(path => string.Join('\n', path))],
                Replicas = [.. group.SelectMany(one => one.Replicas).Distinct()],
                MayBeMissing = group.Any(one => one.MayBeMissing),
            }),
    ];

    /// <summary>Steps of which only the run will know what they set, or nobody does here.</summary>
    public static IReadOnlyList<PlanStep> UnknownOf(Plan plan) =>
        [.. plan.AllSteps.Where(step => step.Kind.StartsWith(Prefix, StringComparison.Ordinal) && !Harmless.Contains(step.Kind) && (!Kinds.ContainsKey(step.Kind) || IsLate(step)))];

    /// <summary>Its object is named by another step's output.</summary>
    private static bool IsLate(PlanStep step) =>
        ((string[])["namespace", "workload", "resource"]).Any(name => step.Parameters.OptionalText(name)?.Contains(Reference, StringComparison.Ordinal) == true)
        || step.Parameters.Texts("workloads").Any(name => name.Contains(Reference, StringComparison.Ordinal));

    private static IEnumerable<SetObject> Lifted(PlanStep step) => (step.Parameters.Object("workloads") ?? []).Select(entry => Workload(step, entry.Key, entry.Value?.ToString() ?? ""));

    private static SetObject Workload(PlanStep step, string workload, string replicas)
    {
        var name = WorkloadName.Parse(workload);
        int? count = int.TryParse(replicas, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
        return new SetObject(step.Site!, new ObjectAddress("apps/v1", name.Kind + "s", step.Parameters.Text("namespace"), name.Name), name.ToString(), [ReplicasField], [count]);
    }

    private static SetObject Patched(PlanStep step)
    {
        var (api, resource) = (step.Parameters.Text("api"), step.Parameters.Text("resource"));
        var parts = resource.Split('/');
        var target = (api, parts) is ("apps/v1", ["deployments" or "statefulsets", var name]) ? $"{parts[0][..^1]}/{name}" : resource;
        return new SetObject(step.Site!, new ObjectAddress(api, parts[0], step.Parameters.Text("namespace"), parts[^1]), target, [.. FieldsOf(step.Parameters.Values["patch"])], []);
    }

    private static IEnumerable<SetObject> Applied(Plan plan, PlanStep step) => (AppliedDocuments.ManifestOf(plan, step)?.Documents ?? []).Select(document =>
    {
        var plural = ManifestRules.GuessedPlural(document.Kind);
        var isWorkload = document is { Api: "apps/v1", Kind: "Deployment" or "StatefulSet" };
        int? count = document.Value["spec"]?["replicas"] is JsonValue replicas && replicas.TryGetValue<long>(out var number) ? (int)Math.Min(number, int.MaxValue) : null;
        return new SetObject(
            step.Site!,
            new ObjectAddress(document.Api, plural, step.Parameters.Text("namespace"), document.Name),
            $"{(isWorkload ? plural[..^1] : plural)}/{document.Name}",
            [.. FieldsOf(document.Value).Where(path => path is not (["apiVersion" or "kind" or "status", ..] or ["metadata", not ("labels" or "annotations"), ..]))],
            isWorkload && count is not null ? [count] : []) { MayBeMissing = true };
    });

    private static SetObject Demoted(PlanStep step)
    {
        var cluster = step.Parameters.Text("cluster");
        return new SetObject(
            step.Site!,
            new ObjectAddress(CnpgCluster.Api, CnpgCluster.Plural, step.Parameters.Text("namespace"), cluster),
            $"{CnpgCluster.Plural}/{cluster}",
            [["spec", "replica", "primary"], ["spec", "replica", "source"], ["spec", "replica", "promotionToken"]],
            []);
    }

    private static IEnumerable<string[]> FieldsOf(JsonNode? patch) => patch is JsonArray operations ? operations.OfType<JsonObject>().SelectMany(Pointed) : Leaves(patch as JsonObject ?? [], []);

    /// <summary>What an operation (RFC 6902) changes. Owners know elements of lists by their keys, not by their places: there it is the whole list.</summary>
    private static IEnumerable<string[]> Pointed(JsonObject operation) => (operation["op"]?.ToString() switch
    {
        "test" => [],
        "move" => new[] { operation["from"], operation["path"] },
        _ => [operation["path"]],
    }).Select(pointer => (pointer?.ToString() ?? "").Split('/').Skip(1).Select(part => part.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal))
        .TakeWhile(part => part != "-" && !part.All(char.IsAsciiDigit)).ToArray());

    /// <summary>A list is replaced whole, so it is one field; so is a mapping with nothing in it.</summary>
    private static IEnumerable<string[]> Leaves(JsonObject patch, string[] above) => patch.SelectMany(entry =>
        entry.Value is JsonObject { Count: > 0 } below ? Leaves(below, [.. above, entry.Key]) : [[.. above, entry.Key]]);
}
