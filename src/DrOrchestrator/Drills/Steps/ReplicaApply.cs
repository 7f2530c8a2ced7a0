using System.Globalization;
using DrOrchestrator.Drills.Carrying;
using DrOrchestrator.Kubernetes;
using k8s;

namespace DrOrchestrator.Drills.Steps;

/// <summary>Replicas to be set on one workload.</summary>
/// <param name="Generation">Generation the intent was made for; null when any will do (undo).</param>
internal sealed record ReplicaChange(string Namespace, WorkloadName Workload, string Uid, long? Generation, int Replicas, EffectMark Mark, string Owner)
{
    /// <summary>How the mark begins that must be there; null when any will do. What carries another one, or none, is not what this would take back.</summary>
    public string? Over { get; init; }
}

/// <summary>What became of it.</summary>
internal enum ReplicaApplyState
{
    /// <summary>It stands, with our mark.</summary>
    Stands,

    /// <summary>It was not made and will not be.</summary>
    Refused,

    /// <summary>It does not carry the mark that this would take back: nothing was sent.</summary>
    NotOurs,

    /// <summary>No answer until the deadline.</summary>
    Unclear,
}

/// <summary>As <see cref="ReplicaApplyState"/>, with the reason unless it stands.</summary>
internal sealed record ReplicaApplyResult(ReplicaApplyState State, string Reason);

/// <summary>Sets replicas once, by its mark (<see cref="MarkedWrite"/>).</summary>
internal static class ReplicaApply
{
    public static Task<ReplicaApplyResult> RunAsync(Func<IKubernetes> connect, ReplicaChange change, SendPermit permit, StepDeadline deadline, CancellationToken cancellationToken) => MarkedWrite.RunAsync(
        async () =>
        {
            var client = connect();
            var seen = await client.ReadWorkloadAsync(change.Namespace, change.Workload, cancellationToken).ConfigureAwait(false);
            return End(change, seen) is { } end ? end : new MarkedLook<ReplicaApplyResult>(null, async () =>
            {
                await client.ApplyReplicasAsync(change.Namespace, seen, change.Replicas, change.Mark.Annotations, change.Owner, cancellationToken).ConfigureAwait(false);
                return new ReplicaApplyResult(ReplicaApplyState.Stands, "");
            });
        },
        failure => Refused(failure.IsNotFound ? $"{change.Workload} does not exist any more" : $"{change.Workload} cannot be changed: {failure.Reason}"),
        trouble => new ReplicaApplyResult(ReplicaApplyState.Unclear, $"whether {change.Workload} was changed is not known: {trouble}"),
        permit,
        deadline,
        cancellationToken);

    /// <summary>Null where it may be sent.</summary>
    private static ReplicaApplyResult? End(ReplicaChange change, Workload seen)
    {
        if (seen.Uid != change.Uid)
        {
            return Refused($"{change.Workload} was replaced since it was prepared (uid {change.Uid} -> {seen.Uid})");
        }

        if (seen.Annotation(Annotations.Marker) == change.Mark.Marker)
        {
            return new ReplicaApplyResult(ReplicaApplyState.Stands, "");
        }

        if (change.Over is { } ours && seen.Annotation(Annotations.Marker)?.StartsWith(ours, StringComparison.Ordinal) is not true)
        {
            return new ReplicaApplyResult(
                ReplicaApplyState.NotOurs, string.Create(CultureInfo.InvariantCulture, $"{change.Workload} was left as it is ({seen.Replicas} replicas): it carries no mark of this run, so what stands there is not of its doing"));
        }

        return change.Generation is { } generation && generation != seen.Generation
            ? Refused(string.Create(
                CultureInfo.InvariantCulture,
                $"{change.Workload} was changed since it was prepared (generation {generation} -> {seen.Generation}, it asks for {seen.Replicas} replicas now)"))
            : null;
    }

    private static ReplicaApplyResult Refused(string reason) => new(ReplicaApplyState.Refused, reason);
}
