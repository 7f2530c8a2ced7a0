namespace DrOrchestrator.Evidence;

/// <summary>The log as raw bytes, for packs. Reads come in short batches, so that a slow reader holds no transaction open.</summary>
public interface IEvidenceArchive
{
    /// <summary>The newest signed checkpoint.</summary>
    /// <exception cref="InvalidOperationException">Nothing has been signed yet.</exception>
    Task<SealedLog> NewestCheckpointAsync(CancellationToken cancellationToken);

    /// <summary>Header bytes of records [from, to), in order; a reader asks for a few thousand at a time.</summary>
    Task<IReadOnlyList<byte[]>> ReadHeadersAsync(long from, long to, CancellationToken cancellationToken);

    /// <summary>Payloads of records [from, to), in order: all when <paramref name="run"/> is null, otherwise those of the run and those without a run.</summary>
    Task<IReadOnlyList<StoredPayload>> ReadPayloadsAsync(long from, long to, long? run, CancellationToken cancellationToken);

    /// <summary>The bytes kept under a hash, or null.</summary>
    Task<byte[]?> ReadObjectAsync(string hash, CancellationToken cancellationToken);
}

/// <summary>A log up to a signed checkpoint.</summary>
/// <param name="Checkpoint">The signed note.</param>
/// <param name="VerifierKey">C2SP verifier key line.</param>
/// <param name="KeyFingerprint">The key's name for people, <c>SHA256:...</c>.</param>
public sealed record SealedLog(string Origin, long Size, string Checkpoint, string VerifierKey, string KeyFingerprint);

/// <summary>A payload with what opens its hash.</summary>
public sealed record StoredPayload(long Sequence, string Kind, long? Run, byte[] Salt, byte[] Payload);
