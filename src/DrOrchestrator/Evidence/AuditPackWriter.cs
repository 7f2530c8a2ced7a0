using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json.Nodes;

namespace DrOrchestrator.Evidence;

/// <summary>Writes audit packs, see docs/evidence-format.md. The log is checkpointed first; the pack ends at that checkpoint, however fast the log grows meanwhile.</summary>
public sealed class AuditPackWriter(IEvidenceLog log, IEvidenceArchive archive)
{
    private const int BatchSize = 2000;

    /// <summary>Streams a pack to <paramref name="output"/>, which need not be seekable.</summary>
    /// <exception cref="AuditPackRefusedException">The run is not in the log, or the pack would be too large; nothing was written.</exception>
    /// <exception cref="EvidenceLogBrokenException">The log cannot be continued and so not be signed.</exception>
    public async Task<AuditPackInfo> WriteAsync(Stream output, AuditPackScope scope, CancellationToken cancellationToken)
    {
        await log.CheckpointAsync(cancellationToken).ConfigureAwait(false);
        var sealedLog = await archive.NewestCheckpointAsync(cancellationToken).ConfigureAwait(false);
        var (payloads, objects, runSeen) = await SurveyAsync(sealedLog.Size, scope, cancellationToken).ConfigureAwait(false);
        if (scope.Run is not null && !runSeen)
        {
            throw new AuditPackRefusedException($"Run {scope.Run} is not in the evidence log.");
        }

        var entries = new List<ZipEntry>
        {
            Fixed("checkpoint", Encoding.UTF8.GetBytes(sealedLog.Checkpoint)),
            new("headers.jsonl", token => HeadersAsync(sealedLog.Size, token)),
            Fixed("key", Encoding.UTF8.GetBytes(sealedLog.VerifierKey + "\n")),
        };
        entries.AddRange(objects.Select(hash => new ZipEntry($"objects/{hash}", token => ObjectAsync(hash, token))));
        entries.Add(Fixed("pack.json", PackJson(sealedLog.Size, scope)));
        entries.Add(new ZipEntry("payloads.jsonl", token => PayloadsAsync(sealedLog.Size, scope, token)));
        var bytes = await new CanonicalZipWriter(output).WriteAsync(entries, cancellationToken).ConfigureAwait(false);
        return new AuditPackInfo(scope, sealedLog.Size, payloads, objects.Count, bytes, sealedLog.Origin, sealedLog.KeyFingerprint);
    }

    private static ZipEntry Fixed(string name, byte[] content) => new(name, _ => One(content));

    private static byte[] PackJson(long size, AuditPackScope scope) => CanonicalJson.Serialize(new JsonObject
    {
        ["format"] = "dro-audit-pack",
        ["scope"] = new JsonObject { ["run"] = scope.Run?.ToString(CultureInfo.InvariantCulture) },
        ["size"] = size.ToString(CultureInfo.InvariantCulture),
        ["version"] = 1,
    });

    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> One(byte[] content)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        yield return content;
    }

    private async Task<(long Payloads, SortedSet<string> Objects, bool RunSeen)> SurveyAsync(long size, AuditPackScope scope, CancellationToken cancellationToken)
    {
        var (count, objects, runSeen) = (0L, new SortedSet<string>(StringComparer.Ordinal), false);
        await foreach (var record in InScopeAsync(size, scope, cancellationToken).ConfigureAwait(false))
        {
            count++;
            runSeen |= record.Run == scope.Run;
            objects.UnionWith(DraftRules.ObjectsOf(JsonNode.Parse(record.Payload)));
        }

        return (count, objects, runSeen);
    }

    private async IAsyncEnumerable<StoredPayload> InScopeAsync(long size, AuditPackScope scope, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (long from = 0; from < size; from += BatchSize)
        {
            var batch = await archive.ReadPayloadsAsync(from, Math.Min(from + BatchSize, size), scope.Run, cancellationToken).ConfigureAwait(false);
            foreach (var record in batch.Where(scope.Includes))
            {
                yield return record;
            }
        }
    }

    private async IAsyncEnumerable<ReadOnlyMemory<byte>> HeadersAsync(long size, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (long from = 0; from < size; from += BatchSize)
        {
            using var lines = new MemoryStream();
            foreach (var header in await archive.ReadHeadersAsync(from, Math.Min(from + BatchSize, size), cancellationToken).ConfigureAwait(false))
            {
                lines.Write(header);
                lines.WriteByte((byte)'\n');
            }

            yield return lines.ToArray();
        }
    }

    private async IAsyncEnumerable<ReadOnlyMemory<byte>> PayloadsAsync(long size, AuditPackScope scope, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var record in InScopeAsync(size, scope, cancellationToken).ConfigureAwait(false))
        {
            // Property names in canonical order; the payload is canonical already and goes in byte for byte.
            byte[] line =
            [
                .. "{\"payload\":"u8, .. record.Payload,
                .. Encoding.ASCII.GetBytes($",\"salt\":\"{Convert.ToHexStringLower(record.Salt)}\",\"seq\":\"{record.Sequence.ToString(CultureInfo.InvariantCulture)}\"}}\n"),
            ];
            yield return line;
        }
    }

    private async IAsyncEnumerable<ReadOnlyMemory<byte>> ObjectAsync(string hash, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return await archive.ReadObjectAsync(hash, cancellationToken).ConfigureAwait(false)
            ?? throw new EvidenceLogBrokenException($"The object {hash} is named by a record but is not in the store any more. Restore the database.");
    }
}
