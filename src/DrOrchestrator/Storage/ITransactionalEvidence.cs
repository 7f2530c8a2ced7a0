using DrOrchestrator.Evidence;

namespace DrOrchestrator.Storage;

/// <summary>Evidence that commits together with something else: the journal and the evidence of a step are ONE transaction.</summary>
public interface ITransactionalEvidence
{
    /// <summary>Appends within the caller's transaction; returns the sequence number, which is taken only when the transaction commits.</summary>
    long AppendWithin(WriteScope scope, EvidenceDraft draft);

    /// <summary>Keeps raw bytes within the caller's transaction; returns their lower-case hex SHA-256.</summary>
    string KeepObjectWithin(WriteScope scope, ReadOnlyMemory<byte> content, string mediaType);
}
