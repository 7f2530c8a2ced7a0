using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using DrOrchestrator.Evidence;

namespace DrOrchestrator.Testing.Evidence;

/// <summary>
/// Makes audit packs in memory, without a store: right ones, and wrong ones that are nevertheless signed and well formed, by changing the parts between
/// <see cref="Append"/> and <see cref="ToZip"/>. Everything derived (tree, signature, CRCs) is recomputed from the parts as they then are.
/// </summary>
public sealed class PackBuilder
{
    private readonly EvidenceKey _key;
    private DateTimeOffset _time = new(2026, 11, 22, 8, 0, 0, TimeSpan.Zero);

    /// <summary>Begins a log with its record 0.</summary>
    public PackBuilder(byte keySeed = 7, string origin = "dro/1a2b3c4d/evidence")
    {
        _key = new EvidenceKey(Enumerable.Repeat(keySeed, 32).ToArray());
        Origin = origin;
        Append("log.created", null, new JsonObject { ["origin"] = origin, ["publicKey"] = Convert.ToBase64String(_key.PublicKey), ["fingerprint"] = _key.Fingerprint });
    }

    public string Origin { get; }

    public string KeyFingerprint => _key.Fingerprint;

    /// <summary>Header lines without line feeds.</summary>
    public List<string> Headers { get; } = [];

    /// <summary>Payload lines of every record, without line feeds; <see cref="ToZip"/> takes those in scope.</summary>
    public List<PayloadLine> Payloads { get; } = [];

    /// <summary>Objects by name.</summary>
    public SortedDictionary<string, byte[]> Objects { get; } = new(StringComparer.Ordinal);

    /// <summary>A pack of everything with that many records of the usual size in runs of 100 records.</summary>
    public static byte[] Build(int records, int seed = 1)
    {
        var builder = new PackBuilder();
        var random = new Random(seed);
        for (var i = 1; i < records; i++)
        {
            var run = ((i - 1) / 100) + 1;
            var kind = ((i - 1) % 100) switch { 0 => "run.opened", 99 => "run.closed", _ => "step.outcome" };
            builder.Append(kind, run, new JsonObject { ["outcome"] = "passed", ["step"] = $"step-{random.Next(1000)}", ["milliseconds"] = random.Next(100_000) });
        }

        return builder.ToZip();
    }

    public PackBuilder Append(string kind, long? run, JsonObject payload, string actor = "system")
    {
        var salt = SHA256.HashData(BitConverter.GetBytes(Headers.Count))[..EvidenceLeaf.SaltLength];
        var leaf = EvidenceLeaf.Of(new EvidenceDraft(kind, actor, run, run is null ? null : "core-ledger", payload), Headers.Count, _time, salt);
        _time += TimeSpan.FromMilliseconds(10);
        Payloads.Add(new PayloadLine(
            Headers.Count, kind, run, $"{{\"payload\":{Encoding.UTF8.GetString(leaf.Payload)},\"salt\":\"{Convert.ToHexStringLower(salt)}\",\"seq\":\"{Headers.Count}\"}}"));
        Headers.Add(Encoding.UTF8.GetString(leaf.Header));
        return this;
    }

    /// <summary>Keeps an object and returns its hash for a payload.</summary>
    public string Keep(string content)
    {
        var bytes = Encoding.UTF8.GetBytes(content);
        var hash = Convert.ToHexStringLower(SHA256.HashData(bytes));
        Objects[hash] = bytes;
        return hash;
    }

    /// <summary>The signed checkpoint over the first records; over all when <paramref name="size"/> is null.</summary>
    public string Checkpoint(int? size = null)
    {
        var tree = Headers.Take(size ?? Headers.Count).Aggregate(CompactRange.Empty, (tree, header) => tree.Append(CompactRange.HashLeaf(Encoding.UTF8.GetBytes(header))));
        return new Checkpoint(Origin, tree.Size, tree.Root()).Sign(_key);
    }

    /// <summary>The entries of the pack, to be changed before <see cref="Zip"/>.</summary>
    public List<(string Name, byte[] Content)> Entries(long? run = null)
    {
        var scope = new AuditPackScope(run);
        var size = Headers.Count.ToString(CultureInfo.InvariantCulture);
        var lines = Payloads.Where(line => scope.Includes(new StoredPayload(line.Sequence, line.Kind, line.Run, [], []))).Select(line => line.Text);
        return
        [
            ("checkpoint", Encoding.UTF8.GetBytes(Checkpoint())),
            ("headers.jsonl", Lines(Headers)),
            ("key", Encoding.UTF8.GetBytes(SignedNote.VerifierKey(Origin, _key.PublicKey) + "\n")),
            .. Objects.Select(kept => ($"objects/{kept.Key}", kept.Value)),
            ("pack.json", Encoding.UTF8.GetBytes($"{{\"format\":\"dro-audit-pack\",\"scope\":{{\"run\":{(run is null ? "null" : $"\"{run}\"")}}},\"size\":\"{size}\",\"version\":1}}")),
            ("payloads.jsonl", Lines(lines)),
        ];
    }

    /// <summary>The pack as the writer's ZIP code makes it.</summary>
    public byte[] ToZip(long? run = null) => Zip(Entries(run));

    /// <summary>A canonical ZIP of any entries, in the order given.</summary>
    public static byte[] Zip(IEnumerable<(string Name, byte[] Content)> entries)
    {
        using var output = new MemoryStream();
        new CanonicalZipWriter(output)
            .WriteAsync(entries.Select(entry => new ZipEntry(entry.Name, token => Content(entry.Content, token))).ToList(), CancellationToken.None)
            .GetAwaiter().GetResult();
        return output.ToArray();
    }

    private static byte[] Lines(IEnumerable<string> lines)
    {
        var text = new StringBuilder();
        foreach (var line in lines)
        {
            text.Append(line).Append('\n');
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> Content(byte[] content, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        yield return content;
    }
}

/// <summary>A line of payloads.jsonl with what decides whether it is in scope.</summary>
public sealed record PayloadLine(long Sequence, string Kind, long? Run, string Text);
