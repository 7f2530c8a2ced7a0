using System.ComponentModel.DataAnnotations;

namespace DrOrchestrator.Storage.Spooling;

/// <summary>Settings of the spool.</summary>
public sealed class SpoolOptions
{
    /// <summary>Configuration section.</summary>
    public const string Section = "Spool";

    /// <summary>What waits is held in memory too: more than this would not fit beside a server.</summary>
    public const int LargestLimitMiB = 1024;

    /// <summary>
    /// Largest size of the spool's file in MiB: 1 to 1024, default 64. That is about a day of 200 probes, or 40 minutes of 10,000 that look every 10 s. What comes
    /// when it is full is lost, and becomes a recorded gap.
    /// </summary>
    [Range(1, LargestLimitMiB)]
    public int LimitMiB { get; set; } = 64;

    /// <summary>How long one write may take before the database counts as away: 1 to 60 s, default 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan Patience { get; set; } = TimeSpan.FromSeconds(5);
}
