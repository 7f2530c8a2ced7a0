using System.Text.Json.Nodes;

namespace DrOrchestrator.Evidence;

/// <summary>A record on its way into the log. The log gives it sequence number, time and salt.</summary>
/// <param name="Kind">Dotted lower-case word: <c>run.opened</c>, <c>step.outcome</c>, <c>timeline.changed</c>.</param>
/// <param name="Actor">Person id from the token, or <c>system</c>.</param>
/// <param name="Run">Run number, or null.</param>
/// <param name="System">System name, or null.</param>
/// <param name="Payload">Stored as canonical JSON (RFC 8785); integers beyond 2^53 as strings; no secrets.</param>
public sealed record EvidenceDraft(string Kind, string Actor, long? Run, string? System, JsonObject Payload);

/// <summary>A record as it stands in the log.</summary>
/// <param name="Sequence">Gapless, from 0.</param>
/// <param name="PayloadHash">Lower-case hex SHA-256 of salt and canonical payload.</param>
public sealed record EvidenceRecord(long Sequence, DateTimeOffset Time, string Kind, string Actor, long? Run, string? System, string PayloadHash, JsonObject Payload);

/// <summary>The append-only log. A method that returns has made its record durable.</summary>
public interface IEvidenceLog
{
    /// <summary>Appends one record; returns its sequence number.</summary>
    Task<long> AppendAsync(EvidenceDraft draft, CancellationToken cancellationToken);

    /// <summary>Keeps raw bytes by their hash (outputs, lists, reports) before any clean-up; returns the lower-case hex SHA-256 to put into a payload under <c>object</c>.</summary>
    Task<string> KeepObjectAsync(ReadOnlyMemory<byte> content, string mediaType, CancellationToken cancellationToken);

    /// <summary>Signs a checkpoint over everything appended so far.</summary>
    Task CheckpointAsync(CancellationToken cancellationToken);

    /// <summary>Reads records, oldest first; all runs when <paramref name="run"/> is null.</summary>
    Task<IReadOnlyList<EvidenceRecord>> ReadAsync(long? run, long fromSequence, int limit, CancellationToken cancellationToken);
}
