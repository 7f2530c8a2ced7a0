using System.ComponentModel.DataAnnotations;

namespace DrOrchestrator.Evidence;

/// <summary>Settings of the evidence log.</summary>
public sealed class EvidenceOptions
{
    /// <summary>Configuration section.</summary>
    public const string Section = "Evidence";

    /// <summary>How often a checkpoint is signed while the log grows: 100 ms to 1 h, default 5 s. What is newer than the newest checkpoint could be cut off unseen.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan CheckpointEvery { get; set; } = TimeSpan.FromSeconds(5);
}
