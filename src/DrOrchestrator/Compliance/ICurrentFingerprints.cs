namespace DrOrchestrator.Compliance;

/// <summary>What plans would run on now; owned by Compliance, filled by the composition.</summary>
public interface ICurrentFingerprints
{
    /// <summary>The parts of a plan as last read; a part that could not be read is absent.</summary>
    IReadOnlyDictionary<string, string> Now(string plan);

    /// <summary>When a part was first seen, after a moment, with another value than <paramref name="was"/>; null when it never was.</summary>
    DateTimeOffset? FirstOther(string plan, string part, string was, DateTimeOffset after);
}
