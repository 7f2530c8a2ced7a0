using System.Globalization;
using DrOrchestrator.Drills.Steps.Cnpg;
using DrOrchestrator.Estates;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Drills.Gates;

/// <summary>A workload that a plan starts at a site, or needs there.</summary>
/// <param name="Target"><c>deployment/NAME</c>, <c>statefulset/NAME</c>, or <c>clusters/NAME</c> of CloudNativePG.</param>
/// <param name="Given">How many the plan has of it, the largest number; null where it leaves that alone.</param>
/// <param name="IsToldLater">A step gives it a number that only another step will tell.</param>
internal sealed record ReliedWorkload(string Site, string Namespace, string Target, int? Given, bool IsToldLater)
{
    /// <summary>What a <c>k8s.apply</c> step makes it of; null where no step does.</summary>
    public StartedDocument? Manifest { get; init; }

    public bool IsCnpg => Target.StartsWith(CnpgCluster.Plural + "/", StringComparison.Ordinal);

    /// <summary><c>ledger/deployment/ledger-api</c>.</summary>
    public override string ToString() => $"{Namespace}/{Target}";
}

/// <summary>
/// Which workloads a plan starts (<c>k8s.scale</c>, <c>k8s.unfence</c>, the manifests of <c>k8s.apply</c>) or relies on: what it waits for, promotes or has follow, what its <c>targets-exist</c> gates name, and the StatefulSets of
/// databases whose hosts are asked by Jobs. What it only stops at a site is not among them. Pure.
/// </summary>
internal static class ReliedWorkloads
{
    private const string Reference = "${";

    /// <exception cref="FormatException">A document of a manifest is not what its kind is.</exception>
    public static IReadOnlyList<ReliedWorkload> Of(Plan plan, Estate estate) =>
    [
        .. plan.AllSteps.Where(step => step.Site is not null).SelectMany(OfStep)
            .Concat(plan.Gates.Where(gate => gate.Kind == "targets-exist").SelectMany(gate => gate.Parameters.Texts("workloads").Select(name => new ReliedWorkload(gate.Parameters.Text("site"), gate.Parameters.Text("namespace"), name, null, false))))
            .Concat(OfManifests(plan))
            .Concat(OfDatabases(plan, estate))
            .Where(one => !IsLate(one.Namespace) && !IsLate(one.Target))
            .GroupBy(one => (one.Site, one.Namespace, one.Target))
            .Select(group => group.First() with { Given = group.Max(one => one.Given), IsToldLater = group.Any(one => one.IsToldLater), Manifest = group.Select(one => one.Manifest).LastOrDefault(one => one is not null) })
            .Where(one => one.Given is not 0 || one.IsToldLater),
    ];

    /// <summary>Steps of which only the run will know what they start, or where.</summary>
    /// <exception cref="FormatException">A document of a manifest is not what its kind is.</exception>
    public static IReadOnlyList<PlanStep> ToldLater(Plan plan) =>
        [.. plan.AllSteps.Where(step => step.Site is not null && OfStep(step).Concat(OfManifests(plan with { Steps = [step], WayBack = [] })).Any(one => one.Given is not 0 && (IsLate(one.Namespace) || IsLate(one.Target))))];

    private static IEnumerable<ReliedWorkload> OfManifests(Plan plan) => plan.AllSteps.Select(step => step.Site).OfType<string>().Distinct(StringComparer.Ordinal).SelectMany(site => StartedDocument.Of(plan, site)
        .Where(one => one.Workload is not null)
        .Select(one => new ReliedWorkload(site, one.Namespace, one.Target, one.SaysReplicas ? one.Replicas : null, false) { Manifest = one }));

    private static IEnumerable<ReliedWorkload> OfStep(PlanStep step)
    {
        var parameters = step.Parameters;
        ReliedWorkload One(string target, int? given = null, bool later = false) => new(step.Site!, parameters.Text("namespace"), target, given, later);
        return step.Kind switch
        {
            "k8s.scale" => [Counted(parameters.Text("workload"), parameters.Text("replicas"))],
            "k8s.unfence" or "k8s.unfence-earlier" => (parameters.Object("workloads") ?? []).Select(entry => Counted(entry.Key, entry.Value?.ToString() ?? "")),
            "k8s.fence" => parameters.Texts("workloads").Select(name => One(name, 0)),
            "k8s.rollout" => [One(parameters.Text("workload"))],
            "cnpg.demote" or "cnpg.follow" => [One($"{CnpgCluster.Plural}/{parameters.Text("cluster")}")],
            "k8s.patch" or "k8s.wait" when parameters.OptionalText("api") is { } api && ServedKind.GroupOf(api) == ServedKind.GroupOf(CnpgCluster.Api)
                && parameters.OptionalText("resource") is { } resource && resource.StartsWith(CnpgCluster.Plural + "/", StringComparison.Ordinal) => [One(resource)],
            _ => [],
        };

        ReliedWorkload Counted(string target, string replicas) =>
            int.TryParse(replicas, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? One(target, number) : One(target, later: true);
    }

    private static IEnumerable<ReliedWorkload> OfDatabases(Plan plan, Estate estate) => !plan.AllSteps.Any(step => step.Kind.StartsWith("postgres.", StringComparison.Ordinal)) ? [] : estate.Databases
        .Where(database => plan.Systems.Contains(database.System, StringComparer.Ordinal))
        .SelectMany(database => database.Host is DatabaseHost.Job job ? [new ReliedWorkload(database.Site, job.Namespace, job.Workload, null, false)] : (ReliedWorkload[])[]);

    private static bool IsLate(string text) => text.Contains(Reference, StringComparison.Ordinal);
}
