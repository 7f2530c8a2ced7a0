using System.Text.Json;
using System.Text.Json.Nodes;

namespace DrOrchestrator.Drills.Steps.Fences;

/// <summary>What a fence is about: the journalled intent of <c>k8s.fence</c>.</summary>
/// <param name="Fence">Name of the fence over all its attempts: <c>dro-LOG-RUN-STEP</c>.</param>
/// <param name="Leases">Heartbeats of the nodes as they were read, for the record.</param>
internal sealed record FenceIntent(
    string Site,
    string Namespace,
    string Marker,
    string Fence,
    IReadOnlyList<FencedWorkload> Workloads,
    IReadOnlyDictionary<string, string> Leases)
{
    public JsonObject ToJson() => JsonSerializer.SerializeToNode(this, FenceRecord.Format)!.AsObject();

    public static FenceIntent From(JsonObject json) => json.Deserialize<FenceIntent>(FenceRecord.Format)!;
}

/// <summary>One workload to be held at 0.</summary>
/// <param name="ReplicasBefore">Before the first attempt.</param>
/// <param name="Pods">Pods whose end must be seen.</param>
/// <param name="Ended">Pods that an earlier fence, still in force, saw end.</param>
/// <param name="Unprovable">What can no longer be proved, in words; usually empty.</param>
internal sealed record FencedWorkload(
    string Workload,
    string Uid,
    string ResourceVersion,
    long Generation,
    int ReplicasBefore,
    string Selector,
    IReadOnlyList<FencedPod> Pods,
    IReadOnlyList<EndedPod> Ended,
    IReadOnlyList<string> Unprovable);

/// <summary>A pod as it was when the fence began.</summary>
/// <param name="Node">Empty when it was not scheduled.</param>
internal sealed record FencedPod(string Name, string Uid, string Node, IReadOnlyList<string> Claims);

/// <summary>
/// How the pods of a workload were seen to end; kept in an annotation of the workload BEFORE the pods are let go, so that the proof outlives this process.
/// </summary>
internal sealed record FenceRecord(string Fence, IReadOnlyList<EndedPod> Ended)
{
    public static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web);

    public string ToText() => JsonSerializer.Serialize(this, Format);

    /// <summary>Null when there is none or it cannot be read; then nothing was seen.</summary>
    public static FenceRecord? From(string? text)
    {
        try
        {
            return text is null ? null : JsonSerializer.Deserialize<FenceRecord>(text, Format);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>A pod whose containers the kubelet reported as terminated.</summary>
/// <param name="LeaseAtEnd">The node's heartbeat as read after that was seen; empty without a node.</param>
/// <param name="LeaseAfter">A later heartbeat of the same node, at which the containers were still ended.</param>
internal sealed record EndedPod(
    string Name,
    string Uid,
    string Node,
    IReadOnlyList<string> Claims,
    IReadOnlyList<EndedContainer> Containers,
    string LeaseAtEnd,
    string LeaseAfter);

/// <summary>A container as the kubelet last reported it.</summary>
internal sealed record EndedContainer(string Name, int ExitCode, string FinishedAt);
