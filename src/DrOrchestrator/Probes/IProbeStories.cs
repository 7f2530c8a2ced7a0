namespace DrOrchestrator.Probes;

/// <summary>Failures in a row with the same reason: "why was it down?".</summary>
/// <param name="First">The first of them, with its notes.</param>
/// <param name="Last">The last of them.</param>
/// <param name="Count">How many, 1 or more.</param>
public sealed record FailureStory(ProbeResult First, ProbeResult Last, int Count);

/// <summary>The stories of the last failures, kept in memory long after newer good results have come.</summary>
public interface IProbeStories
{
    /// <summary>The last failures of a probe, newest first; empty where it never failed in this process's life.</summary>
    IReadOnlyList<FailureStory> Failures(string probe);
}
