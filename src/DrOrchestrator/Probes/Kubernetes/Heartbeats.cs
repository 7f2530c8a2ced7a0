using k8s.Models;

namespace DrOrchestrator.Probes.Kubernetes;

/// <summary>
/// How long ago each node was heard. Two clocks that are not ours stand behind a lease (the node's and the API's), so that its age is the smaller of what the API's own
/// date says and of how long we ourselves have seen it stand still: a wrong clock at a node makes no dead node of it.
/// </summary>
internal sealed class Heartbeats
{
    private readonly Dictionary<string, (DateTime Renewed, long SeenAt)> _seen = [];

    /// <param name="leases">As read now.</param>
    /// <param name="serverTime">The date the API put on its answer, or null.</param>
    public IReadOnlyDictionary<string, TimeSpan> Ages(IEnumerable<V1Lease> leases, DateTimeOffset? serverTime, TimeProvider time)
    {
        var ages = new Dictionary<string, TimeSpan>();
        foreach (var lease in leases)
        {
            if (lease.Spec?.RenewTime is not { } renewed)
            {
                continue;
            }

            var isFirst = !_seen.TryGetValue(lease.Metadata.Name, out var seen);
            if (isFirst || seen.Renewed != renewed)
            {
                seen = _seen[lease.Metadata.Name] = (renewed, time.GetTimestamp());
            }

            var stoodStill = time.GetElapsedTime(seen.SeenAt);
            var byServer = serverTime is { } now ? now.UtcDateTime - renewed.ToUniversalTime() : (TimeSpan?)null;

            // At the first look nothing has been seen to stand still yet.
            ages[lease.Metadata.Name] = isFirst ? byServer ?? TimeSpan.Zero : byServer is { } age && age < stoodStill ? age : stoodStill;
        }

        return ages;
    }
}
