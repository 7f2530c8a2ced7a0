namespace DrOrchestrator.Estates;

/// <summary>What a floor measures.</summary>
public enum LqaKind
{
    /// <summary>latency: a share of the results is good and no slower than a limit (p95 at most 300 ms).</summary>
    Latency,

    /// <summary>success: a share of the results is good.</summary>
    Success,

    /// <summary>throughput: the mean of the number the probe measures.</summary>
    Throughput,
}

/// <summary>A limit of the lowest acceptable quality (LQA, clause 6 c) over a sliding window of results (verdict rule 5).</summary>
/// <param name="AtLeast">Latency and success: the share of results, 0 to 1. Throughput: the mean, in the unit of the probe.</param>
/// <param name="Latency">Latency: the slowest a good result may be; null otherwise.</param>
/// <param name="Over">Length of the window.</param>
/// <param name="IsInterruption">Breaking it is an interruption; else it is degraded service.</param>
public sealed record LqaFloor(LqaKind Kind, double AtLeast, TimeSpan? Latency, TimeSpan Over, bool IsInterruption);
