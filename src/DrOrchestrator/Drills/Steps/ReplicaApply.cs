using System.Globalization;
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

/// <summary>
/// Sets replicas once, by its mark: looks first, applies on exactly what it saw (uid and resourceVersion), and after a conflict or a lost answer looks again. Two of these
/// with the same mark, one of them of a process that died, therefore exclude each other.
/// </summary>
internal static class ReplicaApply
{
    public static async Task<ReplicaApplyResult> RunAsync(Func<IKubernetes> connect, ReplicaChange change, SendPermit permit, StepDeadline deadline, CancellationToken cancellationToken)
    {
        string? unclear = null;
        var mayStand = false;
        do
        {
            var sending = false;
            try
            {
                var client = connect();
                var seen = await client.ReadWorkloadAsync(change.Namespace, change.Workload, cancellationToken).ConfigureAwait(false);
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

                if (change.Generation is { } generation && generation != seen.Generation)
                {
                    return Refused(string.Create(
                        CultureInfo.InvariantCulture,
                        $"{change.Workload} was changed since it was prepared (generation {generation} -> {seen.Generation}, it asks for {seen.Replicas} replicas now)"));
                }

                // A process that stood still since it looked may have been taken over; by its own clock the attempt is over then, and it sends nothing more.
                if (deadline.HasPassed)
                {
                    unclear ??= "its time was over before it could be sent";
                    break;
                }

                permit.Require();
                sending = true;
                await client.ApplyReplicasAsync(change.Namespace, seen, change.Replicas, change.Mark.Annotations, change.Owner, cancellationToken).ConfigureAwait(false);
                return new ReplicaApplyResult(ReplicaApplyState.Stands, "");
            }
            catch (Exception e) when (ClusterFailure.Of(e, cancellationToken) is { } failure)
            {
                if (failure.IsNotFound)
                {
                    return Refused($"{change.Workload} does not exist any more");
                }

                if (failure.IsFinal && !mayStand)
                {
                    return Refused($"{change.Workload} cannot be changed: {failure.Reason}");
                }

                unclear = failure.Reason;
                if (failure.IsFinal)
                {
                    // Refused now, but an earlier request got no answer and may have been carried out.
                    break;
                }

                mayStand |= sending && failure.IsPassing;
            }
        }
        while (await deadline.WaitAsync(SiteCalls.PollInterval, cancellationToken).ConfigureAwait(false));

        return new ReplicaApplyResult(ReplicaApplyState.Unclear, $"whether {change.Workload} was changed is not known: {unclear}");
    }

    private static ReplicaApplyResult Refused(string reason) => new(ReplicaApplyState.Refused, reason);
}
