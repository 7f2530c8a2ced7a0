using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Dapper;
using DrOrchestrator.Evidence;
using DrOrchestrator.Time;

namespace DrOrchestrator.Storage;

/// <summary>
/// The evidence log in the database. Commit order: leaf built, row inserted, transaction committed, tree in memory advanced. A crash or failure before the commit leaves
/// neither; one after it is met at the next append, which compares memory with the store and goes on from the store when that is ahead.
/// All state is touched under the write gate only, except the reading side, which is <see cref="SqlEvidenceArchive"/>.
/// </summary>
public sealed class SqlEvidenceStore(WriteGate gate, ProcessClock clock, EvidenceKeyFile keyFile, SqlEvidenceArchive archive) : IEvidenceLog, ITransactionalEvidence
{
    private LogHead? _head;
    private Pending? _pending;
    private string? _broken;

    /// <inheritdoc />
    public long AppendWithin(WriteScope scope, EvidenceDraft draft) => Append(Enter(scope), draft);

    /// <inheritdoc />
    public string OriginWithin(WriteScope scope) => Enter(scope).Head.Origin;

    /// <inheritdoc />
    public string KeepObjectWithin(WriteScope scope, ReadOnlyMemory<byte> content, string mediaType)
    {
        Enter(scope);
        var hash = Convert.ToHexStringLower(SHA256.HashData(content.Span));
        scope.Connection.Execute(
            "INSERT INTO evidence_object (hash, media_type, bytes) VALUES (@hash, @mediaType, @bytes) ON CONFLICT (hash) DO NOTHING",
            new { hash, mediaType, bytes = content.ToArray() },
            scope.Transaction);
        return hash;
    }

    /// <inheritdoc />
    public Task<long> AppendAsync(EvidenceDraft draft, CancellationToken cancellationToken) => gate.WriteAsync(scope => AppendWithin(scope, draft), cancellationToken);

    /// <inheritdoc />
    public Task<string> KeepObjectAsync(ReadOnlyMemory<byte> content, string mediaType, CancellationToken cancellationToken) =>
        gate.WriteAsync(scope => KeepObjectWithin(scope, content, mediaType), cancellationToken);

    /// <inheritdoc />
    public Task CheckpointAsync(CancellationToken cancellationToken) => gate.WriteAsync(Checkpoint, cancellationToken);

    /// <inheritdoc />
    public Task<IReadOnlyList<EvidenceRecord>> ReadAsync(long? run, long fromSequence, int limit, CancellationToken cancellationToken) =>
        archive.ReadRecordsAsync(run, fromSequence, limit, cancellationToken);

    private void Checkpoint(WriteScope scope)
    {
        var head = Enter(scope).Head;
        if (head.Tree.Size > scope.Connection.QuerySingle<long>("SELECT COALESCE(MAX(size), 0) FROM evidence_checkpoint", transaction: scope.Transaction))
        {
            var text = new Checkpoint(head.Origin, head.Tree.Size, head.Tree.Root()).Sign(head.Key);
            scope.Connection.Execute("INSERT INTO evidence_checkpoint (size, text) VALUES (@size, @text)", new { size = head.Tree.Size, text }, scope.Transaction);
        }
    }

    /// <summary>What this transaction builds on; the first call of a transaction finds it out.</summary>
    private Pending Enter(WriteScope scope)
    {
        if (_broken is not null)
        {
            throw new EvidenceLogBrokenException(_broken);
        }

        if (ReferenceEquals(_pending?.Scope, scope))
        {
            return _pending;
        }

        try
        {
            var known = Known(scope);
            var pending = new Pending(scope, known ?? EvidenceLogOpening.Create(keyFile, clock));
            if (known is null)
            {
                Append(pending, EvidenceLogOpening.CreationRecord(pending.Head));
            }

            scope.AfterCommit(() => _head = pending.Head);
            return _pending = pending;
        }
        catch (EvidenceLogBrokenException broken)
        {
            _broken = broken.Message;
            throw;
        }
    }

    /// <summary>
    /// The log as the store holds it now. Where the newest record of this process stands where it was put, what lies behind it is another process's, or our own of a commit
    /// we did not hear of; where not, everything is read anew and held against what is on record.
    /// </summary>
    private LogHead? Known(WriteScope scope)
    {
        var (newest, leaf) = scope.Connection.QuerySingleOrDefault<(long?, byte[]?)>("SELECT seq, leaf_hash FROM evidence_record ORDER BY seq DESC LIMIT 1", transaction: scope.Transaction);
        if (_head is not { Tree: { Newest: { } ours, Size: var size } } || newest is not { } last || last < size - 1)
        {
            return EvidenceLogOpening.Open(scope, keyFile, _head);
        }

        var stored = last == size - 1
            ? leaf
            : scope.Connection.QuerySingleOrDefault<byte[]>("SELECT leaf_hash FROM evidence_record WHERE seq = @seq", new { seq = size - 1 }, scope.Transaction);
        return (stored.AsSpan().SequenceEqual(ours), last == size - 1) switch
        {
            (true, true) => _head,
            (true, false) => EvidenceLogOpening.CatchUp(scope, _head),
            _ => EvidenceLogOpening.Open(scope, keyFile, _head),
        };
    }

    private long Append(Pending pending, EvidenceDraft draft)
    {
        var (scope, head) = (pending.Scope, pending.Head);
        var time = clock.Now > head.NewestTime ? clock.Now : head.NewestTime;
        var leaf = EvidenceLeaf.Of(draft, head.Tree.Size, time, RandomNumberGenerator.GetBytes(EvidenceLeaf.SaltLength));
        head.CheckRun(draft);
        RequireObjects(scope, draft.Payload);
        scope.Connection.Execute(
            """
            INSERT INTO evidence_record (seq, header, salt, payload, leaf_hash, kind, run, system)
            VALUES (@seq, @header, @salt, @payload, @hash, @kind, @run, @system)
            """,
            new { seq = head.Tree.Size, header = leaf.Header, salt = leaf.Salt, payload = leaf.Payload, hash = leaf.Hash, kind = draft.Kind, run = draft.Run, system = draft.System },
            scope.Transaction);
        pending.Head = head.Advance(draft, leaf, time);
        return head.Tree.Size;
    }

    private static void RequireObjects(WriteScope scope, JsonObject payload)
    {
        foreach (var hash in DraftRules.ObjectsOf(payload))
        {
            if (scope.Connection.QuerySingle<long>("SELECT COUNT(*) FROM evidence_object WHERE hash = @hash", new { hash }, scope.Transaction) == 0)
            {
                throw new ArgumentException($"The payload names the object {hash}, which is not kept. Keep the object first, then append the record.");
            }
        }
    }

    /// <summary>The head as one open transaction sees it; dropped with the transaction when that fails.</summary>
    private sealed class Pending(WriteScope scope, LogHead head)
    {
        public WriteScope Scope { get; } = scope;

        public LogHead Head { get; set; } = head;
    }
}
