using System.Globalization;
using k8s.Models;

namespace DrOrchestrator.Drills.Gates;

/// <summary>Pods of one workload that are still to be given a node.</summary>
/// <param name="Name"><c>ledger/deployment/ledger-api</c>.</param>
/// <param name="Count">0 where all of them run already.</param>
internal sealed record PodDemand(string Name, V1PodTemplateSpec Template, int Count)
{
    public V1PodSpec Spec => Template.Spec;
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
            .. nodes.Where(NodeChoice.IsOpen)
                .Select(node => (Node: node, Offered: PodRoom.Of(node)))
                .Where(one => one.Offered is not null)
                .Select(one => new Room(one.Node, taken[one.Node.Metadata.Name].Aggregate(one.Offered!.Value, (free, pod) => free - PodRoom.Of(pod.Spec)), [.. taken[one.Node.Metadata.Name]])),
        ];
    }

    /// <summary>One result per workload; the largest pods are given a place first, and before all of them those of others that wait for one already.</summary>
    public IReadOnlyList<GateResult> Judge(IReadOnlyList<PodDemand> demands)
    {
        var own = demands.Select(demand => demand.Template.Metadata?.Labels).ToList();
        foreach (var pod in _waiting.Where(pod => !own.Any(labels => NodeChoice.Matches(labels, pod.Metadata.Labels))))
        {
            Place(pod.Spec, pod.Metadata.Labels, spread: false);
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

        var (spread, unweighed) = Rules(demand);
        if (unweighed is not null)
        {
            return Result(demand, false, $"unknown: its {unweighed} is not weighed here", "Try the plan in a rehearsal: whether its pods find a node under this rule shows only there.");
        }

        var asked = PodRoom.Of(demand.Spec);
        var placed = new List<string>();
        for (var i = 0; i < demand.Count && Place(demand.Spec, demand.Template.Metadata?.Labels, spread) is { } node; i++)
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

    private string? Place(V1PodSpec spec, IDictionary<string, string>? labels, bool spread)
    {
        var asked = PodRoom.Of(spec);
        var room = _rooms.Find(room => room.Takes(spec) && room.Free.Holds(asked) && !(spread && room.Labels.Any(others => NodeChoice.Matches(labels, others))));
        if (room is null)
        {
            return null;
        }

        room.Free -= asked;
        room.Labels.Add(labels);
        return room.Name;
    }

    private string Largest(PodDemand demand) =>
        _rooms.Where(room => room.Takes(demand.Spec)).OrderByDescending(room => room.Free.Memory).ThenByDescending(room => room.Free.Cpu).FirstOrDefault() is { } room ? $"{room.Free} ({room.Name})" : "nothing: no node is ready and takes them";

    /// <summary>One pod per node is weighed; every other rule on where pods may stand is named, and its outcome is unknown.</summary>
    private static (bool Spread, string? Unweighed) Rules(PodDemand demand)
    {
        var affinity = demand.Spec.Affinity;
        var apart = affinity?.PodAntiAffinity?.RequiredDuringSchedulingIgnoredDuringExecution ?? [];
        var unweighed = affinity?.NodeAffinity?.RequiredDuringSchedulingIgnoredDuringExecution is not null ? "node affinity"
            : affinity?.PodAffinity?.RequiredDuringSchedulingIgnoredDuringExecution is { Count: > 0 } ? "pod affinity"
            : demand.Spec.TopologySpreadConstraints?.Any(constraint => constraint.WhenUnsatisfiable == "DoNotSchedule") == true ? "topology spread"
            : apart.Any(term => term.TopologyKey != HostKey || term.LabelSelector?.MatchExpressions is { Count: > 0 } || !NodeChoice.Matches(term.LabelSelector?.MatchLabels, demand.Template.Metadata?.Labels)) ? "pod anti-affinity"
            : null;
        return (apart.Count > 0, unweighed);
    }

    private GateResult Result(PodDemand demand, bool passed, string value, string remedy) => new(
        $"capacity {_site} {demand.Name}", passed, value, "room for all of its pods at once, each on one node", $"nodes and pods in the Kubernetes API of {_site}", TimeSpan.Zero, remedy);

    /// <summary>A node that takes pods, and what it has left.</summary>
    private sealed class Room(V1Node node, PodRoom free, IEnumerable<V1Pod> pods)
    {
        public string Name => node.Metadata.Name;

        public PodRoom Free { get; set; } = free;

        public List<IDictionary<string, string>?> Labels { get; } = [.. pods.Select(pod => pod.Metadata.Labels)];

        public bool Takes(V1PodSpec spec) => NodeChoice.Takes(node, spec);
    }
}
