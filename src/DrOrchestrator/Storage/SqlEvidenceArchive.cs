using System.Text.Json.Nodes;
using Dapper;
using DrOrchestrator.Evidence;

namespace DrOrchestrator.Storage;

/// <summary>The reading side of the evidence log: committed records only, on connections of its own.</summary>
public sealed class SqlEvidenceArchive(Database database) : IEvidenceArchive
{
    /// <inheritdoc />
    public Task<SealedLog> NewestCheckpointAsync(CancellationToken cancellationToken)
    {
        using var connection = database.Open();
        var (size, text) = connection.QuerySingleOrDefault<(long, string?)>("SELECT size, text FROM evidence_checkpoint ORDER BY size DESC LIMIT 1");
        if (text is null)
        {
            throw new InvalidOperationException("The evidence log has no checkpoint yet; sign one first.");
        }

        var created = JsonNode.Parse(connection.QuerySingle<byte[]>("SELECT payload FROM evidence_record WHERE seq = 0"))!;
        var origin = (string)created["origin"]!;
        var verifierKey = SignedNote.VerifierKey(origin, Convert.FromBase64String((string)created["publicKey"]!));
        return Task.FromResult(new SealedLog(origin, size, text, verifierKey, (string)created["fingerprint"]!));
    }

    /// <inheritdoc />
    public Task<IReadOnlyList<byte[]>> ReadHeadersAsync(long from, long to, CancellationToken cancellationToken)
    {
        using var connection = database.Open();
        return Task.FromResult<IReadOnlyList<byte[]>>(
            connection.Query<byte[]>("SELECT header FROM evidence_record WHERE seq >= @from AND seq < @to ORDER BY seq", new { from, to }).AsList());
    }

    /// <inheritdoc />
    public Task<IReadOnlyList<StoredPayload>> ReadPayloadsAsync(long from, long to, long? run, CancellationToken cancellationToken)
    {
        using var connection = database.Open();
        var rows = connection.Query<(long, string, long?, byte[], byte[])>(
            """
            SELECT seq, kind, run, salt, payload FROM evidence_record
            WHERE seq >= @from AND seq < @to AND (@run IS NULL OR run = @run OR run IS NULL)
            ORDER BY seq
            """,
            new { from, to, run });
        return Task.FromResult<IReadOnlyList<StoredPayload>>(rows.Select(row => new StoredPayload(row.Item1, row.Item2, row.Item3, row.Item4, row.Item5)).ToList());
    }

    /// <inheritdoc />
    public Task<byte[]?> ReadObjectAsync(string hash, CancellationToken cancellationToken)
    {
        using var connection = database.Open();
        return Task.FromResult(connection.QuerySingleOrDefault<byte[]>("SELECT bytes FROM evidence_object WHERE hash = @hash", new { hash }));
    }

    internal Task<IReadOnlyList<EvidenceRecord>> ReadRecordsAsync(long? run, long fromSequence, int limit, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var connection = database.Open();
        var rows = connection.Query<(byte[] Header, byte[] Payload)>(
            "SELECT header, payload FROM evidence_record WHERE seq >= @fromSequence AND (@run IS NULL OR run = @run) ORDER BY seq LIMIT @limit",
            new { fromSequence, run, limit });
        return Task.FromResult<IReadOnlyList<EvidenceRecord>>(rows.Select(row => Record(row.Header, row.Payload)).ToList());
    }

    private static EvidenceRecord Record(byte[] headerBytes, byte[] payload)
    {
        var header = StoredHeader.Parse(headerBytes);
        return new EvidenceRecord(
            header.Sequence, header.Time, header.Kind, header.Actor, header.Run, header.System, header.PayloadHash, JsonNode.Parse(payload)!.AsObject());
    }
}
