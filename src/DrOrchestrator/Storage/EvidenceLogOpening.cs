using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Dapper;
using DrOrchestrator.Evidence;
using DrOrchestrator.Time;

namespace DrOrchestrator.Storage;

/// <summary>How a log is begun, and how it is gone on with after a start: nothing is believed that the newest checkpoint does not confirm.</summary>
internal static class EvidenceLogOpening
{
    /// <summary>The head of the stored log, or null when nothing was ever stored.</summary>
    /// <param name="inMemory">What this process knows of the log already, or null at its start.</param>
    /// <exception cref="EvidenceLogBrokenException">The log cannot be continued.</exception>
    public static LogHead? Open(WriteScope scope, EvidenceKeyFile keyFile, LogHead? inMemory)
    {
        var first = scope.Connection.QuerySingleOrDefault<byte[]>("SELECT payload FROM evidence_record ORDER BY seq LIMIT 1", transaction: scope.Transaction);
        var checkpoint = scope.Connection.QuerySingleOrDefault<string>("SELECT text FROM evidence_checkpoint ORDER BY size DESC LIMIT 1", transaction: scope.Transaction);
        if (first is null && checkpoint is null && inMemory is null)
        {
            return null;
        }

        if (first is null)
        {
            throw new EvidenceLogBrokenException("The evidence log is empty, but was not before. Nothing is appended any more. Restore the database from before the loss.");
        }

        var key = keyFile.Read()
            ?? throw new EvidenceLogBrokenException($"The key file {keyFile.Path} is missing, but the evidence log has records signed with it. Restore the file; nothing is appended without it.");
        var created = JsonNode.Parse(first)!;
        var origin = (string?)created["origin"] ?? "";
        if ((string?)created["publicKey"] != Convert.ToBase64String(key.PublicKey))
        {
            throw new EvidenceLogBrokenException(
                $"The key file {keyFile.Path} holds the key {key.Fingerprint}; the evidence log was begun with {(string?)created["fingerprint"]}. Restore the file that belongs to this log; nothing is appended with another key.");
        }

        return Head(scope, origin, key, LogRebuild.Run(Leaves(scope, 0), Anchors(checkpoint, origin, key, inMemory)));
    }

    /// <summary>The head after what another process has appended behind the one in memory.</summary>
    /// <exception cref="EvidenceLogBrokenException">A newer checkpoint says otherwise.</exception>
    public static LogHead CatchUp(WriteScope scope, LogHead inMemory)
    {
        var checkpoint = scope.Connection.QuerySingleOrDefault<string>(
            "SELECT text FROM evidence_checkpoint WHERE size > @size ORDER BY size DESC LIMIT 1", new { size = inMemory.Tree.Size }, scope.Transaction);
        var anchors = Anchors(checkpoint, inMemory.Origin, inMemory.Key, null);
        return Head(scope, inMemory.Origin, inMemory.Key, LogRebuild.Continue(inMemory.Tree, Leaves(scope, inMemory.Tree.Size), anchors));
    }

    /// <summary>The head of a log that begins now. A key file left by a start that got no further is used.</summary>
    public static LogHead Create(EvidenceKeyFile keyFile, ProcessClock clock) =>
        new($"dro/{RandomNumberGenerator.GetHexString(8, lowercase: true)}/evidence", keyFile.Read() ?? keyFile.Create(), CompactRange.Empty, clock.Now, 0);

    /// <summary>Record 0: says by which key the log is to be verified.</summary>
    public static EvidenceDraft CreationRecord(LogHead head) => new(
        EvidenceKinds.LogCreated,
        "system",
        null,
        null,
        new JsonObject { ["origin"] = head.Origin, ["publicKey"] = Convert.ToBase64String(head.Key.PublicKey), ["fingerprint"] = head.Key.Fingerprint });

    private static List<LogAnchor> Anchors(string? checkpoint, string origin, EvidenceKey key, LogHead? inMemory)
    {
        var anchors = new List<LogAnchor>();
        if (checkpoint is not null)
        {
            var signed = Checkpoint.Open(checkpoint, origin, key)
                ?? throw new EvidenceLogBrokenException("The newest checkpoint of the evidence log does not carry this log's signature: it was changed. Nothing is appended any more. Restore the database.");
            anchors.Add(new LogAnchor(signed.Size, signed.Root, "its newest checkpoint"));
        }

        if (inMemory is not null)
        {
            anchors.Add(new LogAnchor(inMemory.Tree.Size, inMemory.Tree.Root(), "what this server has appended"));
        }

        return anchors;
    }

    private static LogHead Head(WriteScope scope, string origin, EvidenceKey key, CompactRange tree)
    {
        var newest = scope.Connection.QuerySingle<byte[]>("SELECT header FROM evidence_record ORDER BY seq DESC LIMIT 1", transaction: scope.Transaction);
        var runs = scope.Connection.QuerySingle<long>("SELECT COALESCE(MAX(run), 0) FROM evidence_record WHERE kind = 'run.opened'", transaction: scope.Transaction);
        return new LogHead(origin, key, tree, StoredHeader.Parse(newest).Time, runs);
    }

    private static IEnumerable<(long Sequence, byte[] LeafHash)> Leaves(WriteScope scope, long from) => scope.Connection.Query<(long, byte[])>(
        "SELECT seq, leaf_hash FROM evidence_record WHERE seq >= @from ORDER BY seq", new { from }, scope.Transaction, buffered: false);
}
