using System.Globalization;
using k8s.Models;

namespace DrOrchestrator.Drills.Gates;

/// <summary>Pods of one workload that are still to be given a node.</summary>
/// <param name="Name"><c>ledger/deployment/ledger-api</c>.</param>
/// <param name="Count">0 where all of them run already.</param>
internal sealed record PodDemand(string Name, V1PodTemplateSpec Template, int Count)
{
    public V1PodSpec Spec => Template.Spec;

    public string Namespace => Name.Split('/')[0];
}

/// <summary>
/// Decides whether pods find a place: each on one node, all at once. A place that was found is proof that there is one; that none was found is not always proof that there is none,
/// but a scheduler looks no better. Pure.
/// </summary>
internal sealed class CapacityJudge
{
    private const string HostKey = "kubernetes.io/hostname";

    private readonly string _site;
    private readonly List<Room> _rooms;
    private readonly List<V1Pod> _waiting;

    public CapacityJudge(string site, IEnumerable<V1Node> nodes, IReadOnlyCollection<V1Pod> pods)
    {
        _site = site;
        var living = pods.Where(pod => pod.Status?.Phase is not ("Succeeded" or "Failed")).ToList();
        var taken = living.Where(pod => !string.IsNullOrEmpty(pod.Spec.NodeName)).ToLookup(pod => pod.Spec.NodeName, StringComparer.Ordinal);
        _waiting = [.. living.Where(pod => string.IsNullOrEmpty(pod.Spec.NodeName) && pod.Metadata.DeletionTimestamp is null)];
        _rooms =
        [
            .. nodes.Select(node => (Node: node, Offered: NodeChoice.IsOpen(node) ? PodRoom.Of(node) : null))
                .Select(one => new Room(one.Node, one.Offered is { } offered ? taken[one.Node.Metadata.Name].Aggregate(offered, (free, pod) => free - PodRoom.Of(pod.Spec)) : null, taken[one.Node.Metadata.Name])),
        ];
    }

    /// <summary>One result per workload; the largest pods are given a place first, and before all of them those of others that wait for one already.</summary>
    public IReadOnlyList<GateResult> Judge(IReadOnlyList<PodDemand> demands)
    {
        var own = demands.Select(demand => demand.Template.Metadata?.Labels).ToList();
        foreach (var pod in _waiting.Where(pod => !own.Any(labels => NodeChoice.Matches(labels, pod.Metadata.Labels))))
        {
            Place(pod.Spec, new Placed(pod.Metadata.NamespaceProperty ?? "", pod.Metadata.Labels, false), []);
        }

        var results = demands.OrderByDescending(demand => PodRoom.Of(demand.Spec).Memory).ThenByDescending(demand => PodRoom.Of(demand.Spec).Cpu).ToDictionary(demand => demand, Judge);
        return [.. demands.Select(demand => results[demand])];
    }

    private GateResult Judge(PodDemand demand)
    {
        if (demand.Count == 0)
        {
            return Result(demand, true, "all of its pods run already", "");
        }

        if (PodRoom.Silent(demand.Spec) is { Count: > 0 } silent)
        {
            return Result(demand, false, $"unknown: these containers do not say what they ask: {string.Join(", ", silent)}", "Give each container requests for cpu and memory.");
        }

        if (Unweighed(demand) is { } unweighed)
        {
            return Result(demand, false, $"unknown: its {unweighed} is not weighed here", "Try the plan in a rehearsal: whether its pods find a node under this rule shows only there.");
        }

        var asked = PodRoom.Of(demand.Spec);
        var (placed, rules) = (new List<string>(), ApartRules(demand));
        for (var i = 0; i < demand.Count && Place(demand.Spec, new Placed(demand.Namespace, demand.Template.Metadata?.Labels, false), rules) is { } node; i++)
        {
            placed.Add(node);
        }

        return placed.Count == demand.Count
            ? Result(demand, true, string.Create(CultureInfo.InvariantCulture, $"{demand.Count} of {asked} each fit: {string.Join(", ", placed.Distinct())}"), "")
            : Result(
                demand,
                false,
                string.Create(CultureInfo.InvariantCulture, $"{demand.Count - placed.Count} of {demand.Count} find no node: each asks {asked}, the most that is left on one is {Largest(demand)}"),
                "Add nodes, or end what the site can do without; then read the gate again.");
    }

    private string? Place(V1PodSpec spec, Placed pod, IReadOnlyList<ApartRule> rules)
    {
        var asked = PodRoom.Of(spec);
        var room = _rooms.Find(room => room.Free is { } free && free.Holds(asked) && room.Takes(spec) && rules.All(rule => Keeps(rule, room, spec, pod)));
        if (room is null)
        {
            return null;
        }

        room.Free -= asked;
        room.Pods.Add(pod);
        return room.Name;
    }

    /// <summary>
    /// As the scheduler counts: of a spread, pods of its namespace that are not ending, against the emptiest place that its nodes have, whether that takes any or not. A node that does not say where it is takes none of a spread, and is apart from every other.
    /// </summary>
    private bool Keeps(ApartRule rule, Room room, V1PodSpec spec, Placed pod)
    {
        if (room.Place(rule.Key) is not { } here)
        {
            return rule.MaxSkew is null;
        }

        if (rule.MaxSkew is not { } most)
        {
            return !_rooms.Any(other => other.Place(rule.Key) == here && other.Pods.Exists(one => NodeChoice.Matches(pod.Labels, one.Labels)));
        }

        var counts = _rooms.Where(other => other.Place(rule.Key) is not null && other.IsSelected(spec)).GroupBy(other => other.Place(rule.Key)!, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.Sum(other => other.Pods.Count(one => !one.IsEnding && one.Namespace == pod.Namespace && NodeChoice.Matches(rule.Selector, one.Labels))), StringComparer.Ordinal);
        return counts[here] + 1 - counts.Values.Min() <= most;
    }

    private string Largest(PodDemand demand) =>
        _rooms.Where(room => room.Free is not null && room.Takes(demand.Spec)).OrderByDescending(room => room.Free!.Value.Memory).ThenByDescending(room => room.Free!.Value.Cpu).FirstOrDefault() is { } room ? $"{room.Free} ({room.Name})" : "nothing: no node is ready and takes them";

    /// <summary>Rules that keep a workload's own pods apart are weighed; every other one on where pods may stand is named, and its outcome is unknown.</summary>
    private static string? Unweighed(PodDemand demand)
    {
        var (affinity, labels) = (demand.Spec.Affinity, demand.Template.Metadata?.Labels);
        return affinity?.NodeAffinity?.RequiredDuringSchedulingIgnoredDuringExecution is not null ? "node affinity"
            : affinity?.PodAffinity?.RequiredDuringSchedulingIgnoredDuringExecution is { Count: > 0 } ? "pod affinity"
            : Spreads(demand).Any(rule => !IsOwn(rule.LabelSelector, labels) || rule is not { MinDomains: null, NodeAffinityPolicy: null or "Honor", NodeTaintsPolicy: null or "Ignore", MatchLabelKeys: null or { Count: 0 } }) ? "topology spread"
            : Aparts(demand).Any(term => !IsOwn(term.LabelSelector, labels) || term is not { Namespaces: null or { Count: 0 }, NamespaceSelector: null, MatchLabelKeys: null or { Count: 0 }, MismatchLabelKeys: null or { Count: 0 } }) ? "pod anti-affinity"
            : null;
    }

    private static IReadOnlyList<ApartRule> ApartRules(PodDemand demand) =>
    [
        .. Aparts(demand).Select(term => new ApartRule(term.TopologyKey, null, term.LabelSelector.MatchLabels)),
        .. Spreads(demand).Select(rule => new ApartRule(rule.TopologyKey, rule.MaxSkew, rule.LabelSelector.MatchLabels)),
    ];

    private static IEnumerable<V1PodAffinityTerm> Aparts(PodDemand demand) => demand.Spec.Affinity?.PodAntiAffinity?.RequiredDuringSchedulingIgnoredDuringExecution ?? [];

    private static IEnumerable<V1TopologySpreadConstraint> Spreads(PodDemand demand) => (demand.Spec.TopologySpreadConstraints ?? []).Where(rule => rule.WhenUnsatisfiable == "DoNotSchedule");

    /// <summary>By plain labels, and of the workload's own pods.</summary>
    private static bool IsOwn(V1LabelSelector? selector, IDictionary<string, string>? labels) => selector is not { MatchExpressions.Count: > 0 } && NodeChoice.Matches(selector?.MatchLabels, labels);

    private GateResult Result(PodDemand demand, bool passed, string value, string remedy) => new(
        $"capacity {_site} {demand.Name}", passed, value, "room for all of its pods at once, each on one node", $"nodes and pods in the Kubernetes API of {_site}", TimeSpan.Zero, remedy);

    /// <param name="MaxSkew">Of a spread; null where no two may stand in one place.</param>
    private sealed record ApartRule(string Key, int? MaxSkew, IDictionary<string, string> Selector);

    private sealed record Placed(string Namespace, IDictionary<string, string>? Labels, bool IsEnding);

    /// <summary>A node, and what it has left; null where it takes no pods.</summary>
    private sealed class Room(V1Node node, PodRoom? free, IEnumerable<V1Pod> pods)
    {
        public string Name => node.Metadata.Name;

        public PodRoom? Free { get; set; } = free;

        public List<Placed> Pods { get; } = [.. pods.Select(pod => new Placed(pod.Metadata.NamespaceProperty ?? "", pod.Metadata.Labels, pod.Metadata.DeletionTimestamp is not null))];

        public bool Takes(V1PodSpec spec) => NodeChoice.Takes(node, spec);

        public bool IsSelected(V1PodSpec spec) => spec.NodeSelector is not { Count: > 0 } wanted || NodeChoice.Matches(wanted, node.Metadata.Labels);

        /// <summary>Which host, zone or region it is; null where it does not say.</summary>
        public string? Place(string key) => node.Metadata.Labels is { } labels && labels.TryGetValue(key, out var value) ? value : key == HostKey ? Name : null;
    }
}
