using DrOrchestrator.Kubernetes;
using k8s;
using k8s.Models;

namespace DrOrchestrator.Drills.Steps.Pods;

/// <summary>How far a Job is, by its conditions. Pure.</summary>
internal static class JobState
{
    public static bool IsComplete(V1Job job) => Has(job, "Complete");

    public static bool IsFailed(V1Job job) => Has(job, "Failed");

    public static bool IsFinished(V1Job job) => IsComplete(job) || IsFailed(job);

    private static bool Has(V1Job job, string condition) => job.Status?.Conditions?.Any(c => c.Type == condition && c.Status == "True") == true;
}

/// <summary>What a finished Job left behind.</summary>
/// <param name="ExitCode">Of its container; null when no pod of it can be found.</param>
/// <param name="Log">The last <see cref="LongestLog"/> bytes of it.</param>
internal sealed record JobRemains(int? ExitCode, byte[] Log)
{
    public const int LongestLog = 1024 * 1024;

    /// <summary>A log that is longer is not read to its end.</summary>
    public const int MostRead = 16 * LongestLog;

    /// <summary>Whether the log began before what is here, in the middle of its first line.</summary>
    public bool BeginsWithin { get; init; }

    /// <summary>Whether the log went on behind what was read, maybe in the middle of its last line.</summary>
    public bool EndsWithin { get; init; }

    /// <summary>Whether there was more of it.</summary>
    public bool IsCut => BeginsWithin || EndsWithin;

    /// <summary>Addresses of the node that its pod was on.</summary>
    public IReadOnlyList<string> NodeAddresses { get; init; } = [];

    /// <summary>Reads it from the newest pod the Job owns.</summary>
    public static async Task<JobRemains> ReadAsync(IKubernetes client, V1Job job, CancellationToken cancellationToken)
    {
        var ns = job.Metadata.NamespaceProperty;
        var pods = await client.AllPodsAsync(ns, null, cancellationToken).ConfigureAwait(false);
        var pod = pods.Where(p => p.Metadata.OwnerReferences?.Any(o => o.Uid == job.Metadata.Uid) == true)
            .MaxBy(p => p.Metadata.CreationTimestamp);
        if (pod is null)
        {
            return new JobRemains(null, []);
        }

        var exit = pod.Status?.ContainerStatuses?.FirstOrDefault()?.State?.Terminated?.ExitCode;
        using var stream = await client.CoreV1.ReadNamespacedPodLogAsync(pod.Metadata.Name, ns, cancellationToken: cancellationToken).ConfigureAwait(false);
        return await TailAsync(stream, cancellationToken).ConfigureAwait(false) with
        {
            ExitCode = exit,
            NodeAddresses = [.. (pod.Status?.HostIPs ?? []).Select(host => host.Ip).Append(pod.Status?.HostIP).OfType<string>().Distinct()],
        };
    }

    /// <summary>The end of a log, or of as much of it as is read.</summary>
    internal static async Task<JobRemains> TailAsync(Stream stream, CancellationToken cancellationToken)
    {
        var tail = new MemoryStream();
        var buffer = new byte[64 * 1024];
        var (total, within) = (0, false);
        int read;
        while ((read = await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
        {
            if (total >= MostRead)
            {
                within = true;
                break;
            }

            total += read;
            tail.Write(buffer, 0, read);
            if (tail.Length > 2 * LongestLog)
            {
                var kept = tail.ToArray()[^LongestLog..];
                tail.SetLength(0);
                tail.Write(kept);
            }
        }

        var all = tail.ToArray();
        return new JobRemains(null, all.Length > LongestLog ? all[^LongestLog..] : all) { BeginsWithin = total > LongestLog, EndsWithin = within };
    }
}
