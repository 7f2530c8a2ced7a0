using System.Globalization;
using k8s.Models;

namespace DrOrchestrator.Drills.Gates;

/// <summary>An amount of what pods ask of a node.</summary>
/// <param name="Cpu">Cores.</param>
/// <param name="Memory">Bytes.</param>
/// <param name="Pods">How many.</param>
internal readonly record struct PodRoom(decimal Cpu, decimal Memory, int Pods)
{
    private const string CpuKey = "cpu";
    private const string MemoryKey = "memory";

    public static PodRoom operator +(PodRoom one, PodRoom other) => new(one.Cpu + other.Cpu, one.Memory + other.Memory, one.Pods + other.Pods);

    public static PodRoom operator -(PodRoom one, PodRoom other) => new(one.Cpu - other.Cpu, one.Memory - other.Memory, one.Pods - other.Pods);

    public bool Holds(PodRoom asked) => asked.Cpu <= Cpu && asked.Memory <= Memory && asked.Pods <= Pods;

    /// <summary>What a node offers to pods; null where its kubelet has not said so.</summary>
    public static PodRoom? Of(V1Node node) => node.Status?.Allocatable is { } offered && offered.TryGetValue(CpuKey, out var cpu) && offered.TryGetValue(MemoryKey, out var memory) && offered.TryGetValue("pods", out var pods)
        ? new PodRoom(cpu.ToDecimal(), memory.ToDecimal(), (int)pods.ToDecimal())
        : null;

    /// <summary>
    /// What a pod asks, as the scheduler counts it: its containers and sidecars together, or the largest of the containers that run before them, whichever is more, and its overhead.
    /// What asks for nothing counts as nothing.
    /// </summary>
    public static PodRoom Of(V1PodSpec spec)
    {
        var overhead = Read(spec.Overhead);
        var sidecars = default(PodRoom);
        var highest = default(PodRoom);
        foreach (var first in spec.InitContainers ?? [])
        {
            var asked = Asked(first);
            if (first.RestartPolicy == "Always")
            {
                sidecars += asked;
            }

            highest = Larger(highest, first.RestartPolicy == "Always" ? sidecars : sidecars + asked);
        }

        var together = (spec.Containers ?? []).Aggregate(sidecars, (sum, container) => sum + Asked(container));
        return (Larger(highest, together) + overhead) with { Pods = 1 };
    }

    /// <summary>Containers that do not say what they ask: what they will take nobody knows.</summary>
    public static IReadOnlyList<string> Silent(V1PodSpec spec) =>
        [.. (spec.Containers ?? []).Where(container => !Says(container, CpuKey) || !Says(container, MemoryKey)).Select(container => container.Name)];

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Cpu:0.###} CPU and {Memory / (1024 * 1024):0.#} MiB");

    private static bool Says(V1Container container, string key) => container.Resources is { } resources && (resources.Requests?.ContainsKey(key) == true || resources.Limits?.ContainsKey(key) == true);

    /// <summary>Where only a limit is given, Kubernetes takes it for the request.</summary>
    private static PodRoom Asked(V1Container container)
    {
        var (limits, requests) = (container.Resources?.Limits, container.Resources?.Requests);
        return new PodRoom(Amount(requests, CpuKey) ?? Amount(limits, CpuKey) ?? 0, Amount(requests, MemoryKey) ?? Amount(limits, MemoryKey) ?? 0, 0);
    }

    private static PodRoom Read(IDictionary<string, ResourceQuantity>? amounts) => new(Amount(amounts, CpuKey) ?? 0, Amount(amounts, MemoryKey) ?? 0, 0);

    private static decimal? Amount(IDictionary<string, ResourceQuantity>? amounts, string key) => amounts is not null && amounts.TryGetValue(key, out var amount) ? amount.ToDecimal() : null;

    private static PodRoom Larger(PodRoom one, PodRoom other) => new(Math.Max(one.Cpu, other.Cpu), Math.Max(one.Memory, other.Memory), 0);
}
