namespace DrOrchestrator.Evidence;

/// <summary>The record kinds that the format itself knows; every other kind belongs to the slice that writes it.</summary>
public static class EvidenceKinds
{
    /// <summary>Record 0: origin, public key and fingerprint of the log.</summary>
    public const string LogCreated = "log.created";

    /// <summary>First record of a run; run numbers are gapless from 1.</summary>
    public const string RunOpened = "run.opened";

    /// <summary>The figures of a run.</summary>
    public const string RunMeasured = "run.measured";

    /// <summary>Closing record of a run, with its outcome.</summary>
    public const string RunClosed = "run.closed";

    /// <summary>Whether a record without a run is in every pack: what the log, the estate and the server did is the setting of every run.</summary>
    public static bool IsGeneral(string kind) =>
        kind.StartsWith("log.", StringComparison.Ordinal) || kind.StartsWith("estate.", StringComparison.Ordinal) || kind.StartsWith("server.", StringComparison.Ordinal);
}
