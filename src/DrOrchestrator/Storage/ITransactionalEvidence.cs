using DrOrchestrator.Evidence;

namespace DrOrchestrator.Storage;

/// <summary>
/// Evidence inside a transaction of the caller, so that a journal entry and its evidence are both durable or both absent. What these methods return is true only
/// once the scope has committed; a scope that fails leaves no gap in the sequence.
/// </summary>
public interface ITransactionalEvidence
{
    /// <summary>Appends one record in the caller's transaction; returns its sequence number.</summary>
    /// <exception cref="EvidenceLogBrokenException">The log cannot be continued; let it end the transaction.</exception>
    /// <exception cref="ArgumentException">The draft breaks a rule of the format.</exception>
    long AppendWithin(WriteScope scope, EvidenceDraft draft);

    /// <summary>The log's name, <c>dro/ID/evidence</c>; its ID is random and never comes again, also when a data folder is lost and begun anew.</summary>
    string OriginWithin(WriteScope scope);

    /// <summary>As <see cref="IEvidenceLog.KeepObjectAsync"/>, in the caller's transaction.</summary>
    string KeepObjectWithin(WriteScope scope, ReadOnlyMemory<byte> content, string mediaType);
}
