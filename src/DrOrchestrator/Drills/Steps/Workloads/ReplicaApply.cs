using System.Globalization;
using DrOrchestrator.Drills.Carrying;
using DrOrchestrator.Drills.Steps.Objects;
using DrOrchestrator.Kubernetes;
using k8s;

namespace DrOrchestrator.Drills.Steps.Workloads;

/// <summary>Replicas to be set on one workload.</summary>
/// <param name="Generation">Generation the intent was made for; null when any will do (undo).</param>
internal sealed record ReplicaChange(string Namespace, WorkloadName Workload, string Uid, long? Generation, int Replicas, EffectMark Mark, string Owner)
{
    /// <summary>How the mark begins that must be there; null when any will do. What carries another one, or none, is not what this would take back.</summary>
    public string? Over { get; init; }

    /// <summary>Whether this is what is to be taken back; null when anything is. Where it is not, no request of this change can act on it any more: each was sent on exactly what it saw.</summary>
    public Func<Workload, bool>? TakesBack { get; init; }

    /// <summary>Whether a mark that is found shows that no request of this change was carried out; every one where null.</summary>
    public Func<string?, bool>? ShowsNothingDone { get; init; }
}

/// <summary>What became of it.</summary>
internal enum ReplicaApplyState
{
    /// <summary>It stands, with our mark.</summary>
    Stands,

    /// <summary>It was not made and will not be.</summary>
    Refused,

    /// <summary>It is not, or does not carry the mark of, what this would take back: it was left as it is.</summary>
    NotOurs,

    /// <summary>No answer until the deadline.</summary>
    Unclear,
}

/// <summary>As <see cref="ReplicaApplyState"/>, with the reason unless it stands.</summary>
internal sealed record ReplicaApplyResult(ReplicaApplyState State, string Reason);

/// <summary>Sets replicas once, by its mark (<see cref="MarkedWrite"/>).</summary>
internal static class ReplicaApply
{
    /// <param name="repeats">A request of the same change may be on its way already.</param>
    public static Task<ReplicaApplyResult> RunAsync(Func<IKubernetes> connect, ReplicaChange change, bool repeats, SendPermit permit, StepDeadline deadline, CancellationToken cancellationToken) => MarkedWrite.RunAsync(
        async () =>
        {
            var client = connect();
            var seen = await client.ReadWorkloadAsync(change.Namespace, change.Workload, cancellationToken).ConfigureAwait(false);
            return End(change, seen) ?? new MarkedLook<ReplicaApplyResult>(null, async () =>
            {
                await client.ApplyReplicasAsync(change.Namespace, seen, change.Replicas, change.Mark.Annotations, change.Owner, cancellationToken).ConfigureAwait(false);
                return new ReplicaApplyResult(ReplicaApplyState.Stands, "");
            });
        },
        failure => Refused(failure.IsNotFound ? $"{change.Workload} does not exist any more" : $"{change.Workload} cannot be changed: {failure.Reason}"),
        trouble => new ReplicaApplyResult(ReplicaApplyState.Unclear, $"whether {change.Workload} was changed is not known: {trouble}"),
        repeats,
        permit,
        deadline,
        cancellationToken);

    /// <summary>Null where it may be sent.</summary>
    private static MarkedLook<ReplicaApplyResult>? End(ReplicaChange change, Workload seen)
    {
        if (seen.Uid == change.Uid && seen.Annotation(Annotations.Marker) == change.Mark.Marker)
        {
            return new ReplicaApplyResult(ReplicaApplyState.Stands, "");
        }

        if (change.TakesBack?.Invoke(seen) is false)
        {
            return NotOurs(change.Workload, seen);
        }

        if (seen.Uid != change.Uid)
        {
            return Hidden(Refused($"{change.Workload} was replaced since it was prepared (uid {change.Uid} -> {seen.Uid})"));
        }

        if (change.Over is { } ours && seen.Annotation(Annotations.Marker)?.StartsWith(ours, StringComparison.Ordinal) is not true)
        {
            return Hidden(NotOurs(change.Workload, seen));
        }

        if (change.Generation is not { } generation || generation == seen.Generation)
        {
            return null;
        }

        var changed = Refused(string.Create(
            CultureInfo.InvariantCulture,
            $"{change.Workload} was changed since it was prepared (generation {generation} -> {seen.Generation}, it asks for {seen.Replicas} replicas now)"));
        return change.ShowsNothingDone?.Invoke(seen.Annotation(Annotations.Marker)) is false ? Hidden(changed) : changed;
    }

    /// <summary>Of a workload that carries no mark of the run.</summary>
    public static ReplicaApplyResult NotOurs(WorkloadName workload, Workload seen) => new(
        ReplicaApplyState.NotOurs, string.Create(CultureInfo.InvariantCulture, $"{workload} was left as it is ({seen.Replicas} replicas): it carries no mark of this run, so what stands there is not of its doing"));

    private static MarkedLook<ReplicaApplyResult> Hidden(ReplicaApplyResult end) => new(end, null) { Hides = end.Reason };

    private static ReplicaApplyResult Refused(string reason) => new(ReplicaApplyState.Refused, reason);
}
