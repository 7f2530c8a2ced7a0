namespace DrOrchestrator.Compliance;

/// <summary>What closed runs say of the systems; owned by Compliance, filled by the composition from the drill journal.</summary>
public interface IDemonstratedRecords
{
    /// <summary>All closed runs, newest first, one of several systems once for each of them; one reading serves every system.</summary>
    Task<IReadOnlyList<DemonstratedRecord>> ReadAsync(CancellationToken cancellationToken);
}

/// <summary>One closed run and its figures.</summary>
/// <param name="Strength"><c>sandbox</c> records satisfy no clause.</param>
/// <param name="RtoSeconds">Upper bound (verdict rule 6); null where none was measured.</param>
/// <param name="NotProtectedSeconds">Seconds before the interruption in which nothing arrived at the standby.</param>
/// <param name="UnknownSeconds">Seconds before the interruption in which the exposure was not known.</param>
public sealed record DemonstratedRecord(
    long Run,
    DateTimeOffset ClosedAt,
    string Kind,
    string Strength,
    double? RtoSeconds,
    long? Lost,
    double? LostSeconds,
    double? WorstExposureSeconds,
    long NotProtectedSeconds,
    long UnknownSeconds)
{
    /// <summary>The plan it ran by.</summary>
    public string Plan { get; init; } = "";

    /// <summary>The system it speaks for; a run of several has a record for each.</summary>
    public IReadOnlyList<string> Systems { get; init; } = [];

    /// <summary><c>tabletop</c>, <c>rehearsal</c>, <c>live</c> or <c>real</c>.</summary>
    public string Mode { get; init; } = "live";

    /// <summary>How it ended; only <c>passed</c> shows a capability.</summary>
    public string Outcome { get; init; } = "passed";

    /// <summary>The site it promoted; null where it promoted none.</summary>
    public string? Standby { get; init; }

    /// <summary>The declared side served again at its end.</summary>
    public bool FailedBack { get; init; }

    /// <summary>A person of a business department verified it (业务验证).</summary>
    public bool BusinessVerified { get; init; }

    /// <summary>A rule of the engine was set aside (break-glass, a gate overridden) and the review of that is not closed.</summary>
    public bool ReviewOpen { get; init; }

    /// <summary>For a real incident: its summary report is on record.</summary>
    public bool Reported { get; init; }

    /// <summary>When <see cref="Fingerprint"/> was recorded, or a moment before: changes count from then on. Null where nobody knows.</summary>
    public DateTimeOffset? FingerprintAt { get; init; }

    /// <summary>What it ran on: parts by name (<see cref="Staleness"/>); empty where none was recorded.</summary>
    public IReadOnlyDictionary<string, string> Fingerprint { get; init; } = new Dictionary<string, string>();
}
