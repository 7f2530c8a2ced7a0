namespace DrOrchestrator.Evidence;

/// <summary>Whose payloads a pack holds. Headers of all records are in every pack.</summary>
/// <param name="Run">One run and the general records (see <see cref="EvidenceKinds.IsGeneral"/>), or null for everything.</param>
public sealed record AuditPackScope(long? Run)
{
    /// <summary>Every payload.</summary>
    public static AuditPackScope Everything { get; } = new((long?)null);

    /// <summary>One run.</summary>
    public static AuditPackScope OfRun(long run) => new(run);

    /// <summary>Whether a record's payload belongs into the pack.</summary>
    internal bool Includes(StoredPayload record) => Run is null || record.Run == Run || (record.Run is null && EvidenceKinds.IsGeneral(record.Kind));
}

/// <summary>What was written.</summary>
/// <param name="Records">Headers in the pack; the size of its checkpoint.</param>
/// <param name="Payloads">Payloads in the pack.</param>
/// <param name="Objects">Objects in the pack.</param>
/// <param name="Bytes">Length of the ZIP.</param>
public sealed record AuditPackInfo(AuditPackScope Scope, long Records, long Payloads, int Objects, long Bytes, string Origin, string KeyFingerprint);

/// <summary>A pack that cannot be made as asked; nothing was written to the output. The message is for people.</summary>
public sealed class AuditPackRefusedException(string reason) : Exception(reason);
