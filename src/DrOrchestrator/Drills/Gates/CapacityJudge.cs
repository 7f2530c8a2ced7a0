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
        foreach (var pod in _waiting.Where(pod => !demands.Any(demand => demand.Namespace == pod.Metadata.NamespaceProperty && NodeChoice.Matches(demand.Template.Metadata?.Labels, pod.Metadata.Labels))))
        {
            Place(pod.Spec, PodApart.Of(pod), []);
        }

        var planned = demands.Where(demand => demand.Count > 0).ToDictionary(demand => demand, PodApart.Of);
        var results = demands.OrderByDescending(demand => PodRoom.Of(demand.Spec).Memory).ThenByDescending(demand => PodRoom.Of(demand.Spec).Cpu)
            .ToDictionary(demand => demand, demand => Judge(demand, planned.Where(one => one.Key != demand).Select(one => one.Value)));
        return [.. demands.Select(demand => results[demand])];
    }

    private GateResult Judge(PodDemand demand, IEnumerable<PodApart> planned)
    {
        if (demand.Count == 0)
        {
            return Result(demand, true, "all of its pods run already", "");
        }

        if (PodRoom.Silent(demand.Spec) is { Count: > 0 } silent)
        {
            return Result(demand, false, $"unknown: these containers do not say what they ask: {string.Join(", ", silent)}", "Give each container requests for cpu and memory.");
        }

        var pod = PodApart.Of(demand);
        if (Unweighed(demand, pod) is { } unweighed)
        {
            return Result(demand, false, $"unknown: {unweighed} is not weighed here", "Try the plan in a rehearsal: whether its pods find a node under this rule shows only there.");
        }

        if (_rooms.SelectMany(room => room.Pods).Concat(planned).FirstOrDefault(one => one.MayBeApartFrom(pod)) is { } other)
        {
            return Result(demand, false, $"unknown: the pod anti-affinity of {other.Name} is not weighed here", "Try the plan in a rehearsal: whether its pods find a node under this rule shows only there.");
        }

        var asked = PodRoom.Of(demand.Spec);
        var (placed, spreads) = (new List<string>(), Spreads(demand).ToList());
        for (var i = 0; i < demand.Count && Place(demand.Spec, pod, spreads) is { } node; i++)
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

    private string? Place(V1PodSpec spec, PodApart pod, IReadOnlyList<V1TopologySpreadConstraint> spreads)
    {
        var (asked, closed) = (PodRoom.Of(spec), Closed(pod));
        var room = _rooms.Find(room => room.Free is { } free && free.Holds(asked) && room.Takes(spec) && !closed.Any(one => room.Place(one.Key) == one.Place) && Keeps(spreads, room, spec, pod));
        if (room is null)
        {
            return null;
        }

        room.Free -= asked;
        room.Pods.Add(pod);
        return room.Name;
    }

    /// <summary>Places where the pod may not stand: by its own anti-affinity, or by that of a pod there. A node that does not say where it is, is apart from every other.</summary>
    private HashSet<(string Key, string Place)> Closed(PodApart pod) =>
    [
        .. from room in _rooms
           from one in room.Pods
           from key in pod.ApartFrom(one).Concat(one.ApartFrom(pod))
           where room.Place(key) is not null
           select (key, room.Place(key)!),
    ];

    /// <summary>
    /// As kube-scheduler's PodTopologySpread (v1.36) counts: those that a rule's selector means, in the pod's namespace and not ending, against the emptiest place of the rule, whether that takes any or not. Only nodes that have the keys of all
    /// rules and that the pod's node selector means are places.
    /// </summary>
    private bool Keeps(IReadOnlyList<V1TopologySpreadConstraint> spreads, Room room, V1PodSpec spec, PodApart pod)
    {
        bool HasAll(Room one) => spreads.All(rule => one.Place(rule.TopologyKey) is not null);

        if (!HasAll(room))
        {
            return false;
        }

        var places = _rooms.Where(one => one.IsSelected(spec) && HasAll(one)).ToList();
        return spreads.All(rule =>
        {
            var counts = places.GroupBy(one => one.Place(rule.TopologyKey)!, StringComparer.Ordinal)
                .ToDictionary(group => group.Key, group => group.Sum(one => one.Pods.Count(other => !other.IsEnding && other.Namespace == pod.Namespace && LabelMatch.Of(rule.LabelSelector, other.Labels))), StringComparer.Ordinal);
            return counts[room.Place(rule.TopologyKey)!] + (LabelMatch.Of(rule.LabelSelector, pod.Labels) ? 1 : 0) - counts.Values.Min() <= rule.MaxSkew;
        });
    }

    private string Largest(PodDemand demand) =>
        _rooms.Where(room => room.Free is not null && room.Takes(demand.Spec)).OrderByDescending(room => room.Free!.Value.Memory).ThenByDescending(room => room.Free!.Value.Cpu).FirstOrDefault() is { } room ? $"{room.Free} ({room.Name})" : "nothing: no node is ready and takes them";

    /// <summary>Rules that keep pods apart are weighed; every other one on where pods may stand is named, and its outcome is unknown.</summary>
    private static string? Unweighed(PodDemand demand, PodApart pod) =>
        demand.Spec.Affinity?.NodeAffinity?.RequiredDuringSchedulingIgnoredDuringExecution is not null ? "its node affinity"
            : demand.Spec.Affinity?.PodAffinity?.RequiredDuringSchedulingIgnoredDuringExecution is { Count: > 0 } ? "its pod affinity"
            : Spreads(demand).Any(rule => rule is not { MinDomains: null, NodeAffinityPolicy: null or "Honor", NodeTaintsPolicy: null or "Ignore", MatchLabelKeys: null or { Count: 0 } }) ? "its topology spread"
            : !pod.IsWeighedWhole ? "its pod anti-affinity"
            : null;

    private static IEnumerable<V1TopologySpreadConstraint> Spreads(PodDemand demand) => (demand.Spec.TopologySpreadConstraints ?? []).Where(rule => rule.WhenUnsatisfiable == "DoNotSchedule");

    private GateResult Result(PodDemand demand, bool passed, string value, string remedy) => new(
        $"capacity {_site} {demand.Name}", passed, value, "room for all of its pods at once, each on one node", $"nodes and pods in the Kubernetes API of {_site}", TimeSpan.Zero, remedy);

    /// <summary>A node, and what it has left; null where it takes no pods.</summary>
    private sealed class Room(V1Node node, PodRoom? free, IEnumerable<V1Pod> pods)
    {
        public string Name => node.Metadata.Name;

        public PodRoom? Free { get; set; } = free;

        public List<PodApart> Pods { get; } = [.. pods.Select(PodApart.Of)];

        public bool Takes(V1PodSpec spec) => NodeChoice.Takes(node, spec);

        public bool IsSelected(V1PodSpec spec) => spec.NodeSelector is not { Count: > 0 } wanted || NodeChoice.Matches(wanted, node.Metadata.Labels);

        /// <summary>Which host, zone or region it is, by its label alone, a host too; null where it has none.</summary>
        public string? Place(string key) => node.Metadata.Labels is { } labels && labels.TryGetValue(key, out var value) ? value : null;
    }
}
