using System.Globalization;
using k8s.Models;

namespace DrOrchestrator.Drills.Gates;

/// <summary>What was read of one kind of object, or why it was not.</summary>
/// <param name="Found">Null where it could not be read.</param>
/// <param name="Unread">The reason; empty where it could.</param>
/// <param name="Remedy">What to do about it.</param>
internal sealed record Sighting<T>(IReadOnlyList<T>? Found, string Unread, string Remedy);

/// <summary>A workload as it is declared and as it runs.</summary>
/// <param name="Declared">How many: what the plan gives it, otherwise what its own spec asks for.</param>
/// <param name="Template">What its pods are made of.</param>
/// <param name="Pods">Of the workload, whatever their state.</param>
/// <param name="Budgets">Of its namespace.</param>
/// <param name="KeepsBudgets">For CloudNativePG: whether its operator is told to make budgets; null for other workloads.</param>
internal sealed record SeenWorkload(ReliedWorkload Of, int Declared, V1PodTemplateSpec Template, Sighting<V1Pod> Pods, Sighting<V1Node> Nodes, Sighting<V1PodDisruptionBudget> Budgets, bool? KeepsBudgets)
{
    /// <summary>The plan starts more of it than are asked for now, or starts it anew: what runs now says nothing of how that will stand.</summary>
    public bool IsToBeStarted { get; init; }

    /// <summary>Whatever else runs in its namespace or is started there: a disruption budget counts all that it covers.</summary>
    public IReadOnlyList<OtherPods> Others { get; init; } = [];
}

/// <summary>A pod, or the pods of a workload, by labels.</summary>
internal sealed record OtherPods(string Name, IDictionary<string, string>? Labels);

/// <summary>
/// Decides whether one pod, one node, one zone or one drain ends a workload (a part of 7.2 b and 7.3 d). What runs is judged by where it stands; what is yet to be started by what its template enforces: a
/// rule that the scheduler merely prefers assures nothing. What nobody can tell is unknown and does not pass. Pure.
/// </summary>
/// <param name="accepted">Findings that may stay, by <c>NAMESPACE/WORKLOAD FINDING</c>, each with the reason. One replica is the only finding on replicas that may, and what rests on something that could not be read never does.</param>
internal sealed class SinglePointsJudge(IReadOnlyDictionary<string, string> accepted)
{
    public const string Kind = "single-points-of-failure";
    public const string Limit = "no single pod, node, zone or drain (part of 7.2 b and 7.3 d; disks and data are not looked at)";
    private const string HostKey = "kubernetes.io/hostname";
    private const string ZoneKey = "topology.kubernetes.io/zone";

    /// <summary>What a result may be about.</summary>
    public static IReadOnlyList<string> Findings { get; } = ["replicas", "nodes", "zones", "disruption-budget"];

    /// <summary>One result for each finding; where one pod is all there is, that says it all.</summary>
    public IReadOnlyList<GateResult> Judge(SeenWorkload seen)
    {
        var ready = (seen.Pods.Found ?? []).Where(IsReady).ToList();
        var replicas = Replicas(seen, ready);
        return seen.Declared <= 1 ? [Result(seen, "replicas", replicas)] :
        [
            Result(seen, "replicas", replicas),
            Result(seen, "nodes", Nodes(seen, ready)),
            Result(seen, "zones", Zones(seen, ready)),
            Result(seen, "disruption-budget", Budget(seen)),
        ];
    }

    internal static string Check(ReliedWorkload of) => $"{Kind} {of.Site} {of}";

    internal static string Source(string site) => $"workloads, pods, nodes and disruption budgets in the Kubernetes API of {site}";

    private static Verdict Replicas(SeenWorkload seen, List<V1Pod> ready)
    {
        if (seen.Declared == 0)
        {
            return new Verdict(false, "it has no replica, and the plan starts none", "Have the plan start it, or leave it out of the plan.", MayStay: false);
        }

        if (seen.Pods.Found is null)
        {
            return Unknown(seen.Pods);
        }

        if (seen.Declared == 1)
        {
            return !seen.IsToBeStarted && ready.Count == 0
                ? new Verdict(false, "one replica asked for, and it is not ready now", "Find out why it is not ready before anything relies on it.", MayStay: false)
                : new Verdict(false, "one replica: nothing serves while it is away", "Run two or more, or accept it in the plan with what stands in for it, such as the standby at the other site.");
        }

        var asked = string.Create(CultureInfo.InvariantCulture, $"{seen.Declared} replicas");

        // Of what is yet to be started, how many are to run is all there is to judge.
        return !seen.IsToBeStarted && ready.Count < 2
            ? new Verdict(false, string.Create(CultureInfo.InvariantCulture, $"{asked} asked for, {ready.Count} ready now"), "Find out why the others are not ready before anything relies on them.", MayStay: false)
            : new Verdict(true, string.Create(CultureInfo.InvariantCulture, $"{asked}, {ready.Count} ready now"), "");
    }

    private static Verdict Nodes(SeenWorkload seen, List<V1Pod> ready)
    {
        if (seen.Pods.Found is null)
        {
            return Unknown(seen.Pods);
        }

        if (Runs(seen, ready))
        {
            var on = ready.Select(pod => pod.Spec.NodeName).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
            return on.Count > 1
                ? new Verdict(true, $"its ready pods stand on {string.Join(", ", on)}", "")
                : new Verdict(false, $"all its ready pods stand on node {on[0]}", Keep("nodes", HostKey));
        }

        if (seen.Nodes.Found is null)
        {
            return Unknown(seen.Nodes);
        }

        var open = Open(seen);
        return open.Count switch
        {
            0 => new Verdict(false, "no node is ready and takes its pods", "Bring nodes back, or add some."),
            1 => new Verdict(false, $"{open[0].Metadata.Name} is the only node that takes its pods", "Add nodes, or let its pods stand on others."),
            _ when Rule(seen, HostKey) is { } host => new Verdict(true, $"its template keeps its pods on different nodes ({host})", ""),

            // What keeps them in different zones keeps them on different nodes.
            _ when Rule(seen, ZoneKey) is { } zone && ZonesOf(open).Count > 1 => new Verdict(true, $"its template keeps its pods on different nodes ({zone})", ""),
            _ => new Verdict(false, "unknown: not all its pods run yet, and its template does not keep them on different nodes", Keep("nodes", HostKey)),
        };
    }

    private static Verdict Zones(SeenWorkload seen, List<V1Pod> ready)
    {
        if (seen.Pods.Found is null || seen.Nodes.Found is null)
        {
            return seen.Pods.Found is null ? Unknown(seen.Pods) : Unknown(seen.Nodes);
        }

        var runs = Runs(seen, ready);
        var nodes = runs ? [.. seen.Nodes.Found.Where(node => ready.Exists(pod => pod.Spec.NodeName == node.Metadata.Name))] : Open(seen);
        var zones = ZonesOf(nodes);
        var silent = nodes.Where(node => Zone(node) is null).Select(node => node.Metadata.Name).Order(StringComparer.Ordinal).ToList();
        if (zones.Count > 1)
        {
            return runs ? new Verdict(true, $"its ready pods stand in zones {string.Join(", ", zones)}", "")
                : Rule(seen, ZoneKey) is { } rule ? new Verdict(true, $"its template keeps its pods in different zones ({rule})", "")
                : new Verdict(false, "unknown: not all its pods run yet, and its template does not keep them in different zones", Keep("zones", ZoneKey));
        }

        if (nodes.Count == 0)
        {
            return runs ? new Verdict(false, "unknown: none of the nodes it stands on is listed", "Ask again: nodes come and go between two reads.", MayStay: false) : new Verdict(false, "no node is ready and takes its pods", "Bring nodes back, or add some.");
        }

        if (silent.Count > 0)
        {
            return new Verdict(
                false,
                $"unknown: these nodes do not say in which zone they are: {string.Join(", ", silent)}",
                $"Label the nodes with {ZoneKey}; where the site is one zone by design, accept it in the plan with the reason.");
        }

        return new Verdict(false, runs ? $"all its ready pods stand in zone {zones[0]}" : $"all nodes that take its pods are in zone {zones[0]}", runs ? Keep("zones", ZoneKey) : "Add nodes in another zone, or accept it in the plan with the reason.");
    }

    private static Verdict Budget(SeenWorkload seen)
    {
        if (seen.Budgets.Found is null)
        {
            return Unknown(seen.Budgets);
        }

        if (seen.KeepsBudgets is { } keeps)
        {
            var own = seen.Budgets.Found.Where(budget => budget.Spec?.Selector?.MatchLabels is { } labels && labels.TryGetValue(CnpgLabel, out var name) && name == seen.Of.Target.Split('/')[1]).Select(budget => budget.Metadata.Name).ToList();
            return !keeps ? new Verdict(false, "its operator is told to keep no disruption budget (enablePDB)", "Leave spec.enablePDB of the cluster at true.")
                : own.Count == 0 ? new Verdict(false, "no disruption budget of its operator is there", "See that the operator of CloudNativePG runs and may make PodDisruptionBudgets.")
                : new Verdict(true, $"its operator keeps the disruption budgets {string.Join(", ", own)}", "");
        }

        var covers = seen.Budgets.Found.Where(budget => LabelMatch.Of(budget.Spec?.Selector, seen.Template.Metadata?.Labels)).ToList();
        if (covers.Count != 1)
        {
            return covers.Count == 0
                ? new Verdict(false, "no disruption budget covers it: a drain may end all its pods at once", "Give it a PodDisruptionBudget with maxUnavailable 1.")
                : new Verdict(false, $"several disruption budgets cover it, so that every eviction is refused: {string.Join(", ", covers.Select(budget => budget.Metadata.Name))}", "Keep one of them.");
        }

        var (budget, pods) = (covers[0].Metadata.Name, seen.Declared);
        if (seen.Pods.Found is null)
        {
            return Unknown(seen.Pods);
        }

        if (seen.Others.Where(other => LabelMatch.Of(covers[0].Spec?.Selector, other.Labels)).Select(other => other.Name).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList() is { Count: > 0 } others)
        {
            return new Verdict(false, $"unknown: disruption budget {budget} covers other pods too, which may be all that it keeps: {string.Join(", ", others)}", "Give each workload a disruption budget of its own.");
        }

        return BudgetCover.Disruptions(covers[0], pods) switch
        {
            null => new Verdict(false, $"unknown: the numbers of disruption budget {budget} cannot be read", "Correct its minAvailable or maxUnavailable.", MayStay: false),
            0 => new Verdict(false, string.Create(CultureInfo.InvariantCulture, $"disruption budget {budget} lets none of {pods} go: no node under it can be drained"), "Set its maxUnavailable to 1."),
            { } all when all == pods => new Verdict(false, string.Create(CultureInfo.InvariantCulture, $"disruption budget {budget} lets all {pods} go at once"), "Set its maxUnavailable to 1."),
            { } some => new Verdict(true, string.Create(CultureInfo.InvariantCulture, $"disruption budget {budget} lets {some} of {pods} go at once"), ""),
        };
    }

    internal const string CnpgLabel = "cnpg.io/cluster";

    /// <summary>The rule of its template by which its pods cannot all stand in one place; null where it has none.</summary>
    private static string? Rule(SeenWorkload seen, string key)
    {
        var (spec, labels) = (seen.Template.Spec, seen.Template.Metadata?.Labels);
        if (spec?.Affinity?.NodeAffinity?.RequiredDuringSchedulingIgnoredDuringExecution is not null)
        {
            // It may leave one node alone, which is not weighed here.
            return null;
        }

        if ((spec?.Affinity?.PodAntiAffinity?.RequiredDuringSchedulingIgnoredDuringExecution ?? []).Any(term => term.TopologyKey == key && LabelMatch.Of(term.LabelSelector, labels)))
        {
            return "podAntiAffinity";
        }

        // All of them in one place, and none in another, would be a skew as large as their number.
        return (spec?.TopologySpreadConstraints ?? []).Any(rule => rule.WhenUnsatisfiable == "DoNotSchedule" && rule.TopologyKey == key && rule.MaxSkew < seen.Declared && LabelMatch.Of(rule.LabelSelector, labels)) ? "topologySpreadConstraints" : null;
    }

    private static string Keep(string what, string key) => $"Spread its pods over {what}: topologySpreadConstraints with topologyKey {key} and whenUnsatisfiable DoNotSchedule.";

    private static List<V1Node> Open(SeenWorkload seen) => [.. seen.Nodes.Found!.Where(node => NodeChoice.IsOpen(node) && NodeChoice.Takes(node, seen.Template.Spec))];

    private static List<string> ZonesOf(IEnumerable<V1Node> nodes) => [.. nodes.Select(Zone).OfType<string>().Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    private static string? Zone(V1Node node) => node.Metadata.Labels is { } labels && labels.TryGetValue(ZoneKey, out var zone) && zone.Length > 0 ? zone : null;

    /// <summary>All of it runs that is asked for, so that where it stands is seen.</summary>
    private static bool Runs(SeenWorkload seen, List<V1Pod> ready) => !seen.IsToBeStarted && ready.Count >= seen.Declared;

    private static bool IsLiving(V1Pod pod) => pod.Metadata.DeletionTimestamp is null && pod.Status?.Phase is not ("Succeeded" or "Failed");

    private static bool IsReady(V1Pod pod) => IsLiving(pod) && !string.IsNullOrEmpty(pod.Spec?.NodeName) && pod.Status?.Conditions?.Any(condition => condition is { Type: "Ready", Status: "True" }) == true;

    private static Verdict Unknown<T>(Sighting<T> sight) => new(false, $"unknown: {sight.Unread}", sight.Remedy, MayStay: false);

    private GateResult Result(SeenWorkload seen, string finding, Verdict verdict) => !verdict.Passed && verdict.MayStay && accepted.GetValueOrDefault($"{seen.Of} {finding}") is { } reason
        ? new GateResult($"{Check(seen.Of)} {finding}", true, $"{verdict.Value}; accepted by the plan: {reason}", Limit, Source(seen.Of.Site), TimeSpan.Zero, "")
        : new GateResult($"{Check(seen.Of)} {finding}", verdict.Passed, verdict.Value, Limit, Source(seen.Of.Site), TimeSpan.Zero, verdict.Remedy);

    /// <param name="MayStay">Whether a plan may accept it.</param>
    private sealed record Verdict(bool Passed, string Value, string Remedy, bool MayStay = true);
}
