using System.Security.Cryptography;
using System.Text.Json.Nodes;
using DrOrchestrator.Verifier.Json;
using DrOrchestrator.Verifier.Zip;

namespace DrOrchestrator.Verifier.Log;

/// <summary>Reads payloads.jsonl: exactly the payloads the scope demands, each opening the hash in its header.</summary>
internal sealed class PayloadsReading(RecordIndex index, long scopeRun)
{
    private const int SaltLength = 16;
    private const int LargestPayload = 1 << 20;
    private const int LongestLine = LargestPayload + 128;

    private readonly SortedDictionary<long, Figures> _figures = [];
    private byte[] _salted = new byte[4096];
    private long _next;

    public long Count { get; private set; }

    /// <summary>Hashes of the objects the payloads name.</summary>
    public HashSet<string> Objects { get; } = new(StringComparer.Ordinal);

    /// <summary>Payload of record 0.</summary>
    public JsonNode? Creation { get; private set; }

    public IReadOnlyList<RunFigures> Runs() => _figures
        .Select(run => new RunFigures(run.Key, run.Value.Closed is not null, Outcome(run.Value.Closed), run.Value.Opened, run.Value.Measured, run.Value.Closed))
        .ToList();

    public void Read(EntryReader entry)
    {
        while (entry.TryReadLine(LongestLine, out var line))
        {
            Take(entry, line);
        }

        SkipTo(index.Count);
        if (_next < index.Count)
        {
            throw Missing(entry, "the end of the entry");
        }
    }

    private void Take(EntryReader entry, ReadOnlySpan<byte> line)
    {
        var scan = new JsonScan(line, Objects);
        if (!scan.Literal("{\"payload\":"u8) || !scan.Require(scan.IsNext('{'), "a JSON object") || !Payload(ref scan, line, out var payload)
            || !scan.Literal(",\"salt\":"u8) || !scan.String(out var salt)
            || !scan.Require(salt.Length == 2 * SaltLength && !salt.ContainsAnyExcept(ByteSets.Hex), "32 lower-case hex digits")
            || !scan.Literal(",\"seq\":"u8) || !HeaderLine.Number(ref scan, out var sequence) || !scan.Literal("}"u8) || !scan.Require(scan.AtEnd, "the end of the line"))
        {
            throw new PackFlawException(entry.Name, $"line {entry.Lines}, column {scan.Position + 1}", scan.Found, scan.Expected);
        }

        SkipTo(sequence);
        if (_next < index.Count && _next < sequence)
        {
            throw Missing(entry, $"the payload of record {sequence}");
        }

        if (sequence < _next || sequence >= index.Count || !index.InScope(sequence, scopeRun))
        {
            var expected = sequence < _next ? "records in ascending order, each once"
                : sequence >= index.Count ? $"only records of this pack, which end at {index.Count - 1}"
                : $"only records in scope, and record {sequence} is not";
            throw new PackFlawException(entry.Name, Place(entry, sequence), $"the payload of record {sequence}", expected);
        }

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        Hash(salt, payload, hash);
        if (!hash.SequenceEqual(index.PayloadHashOf(sequence)))
        {
            throw new PackFlawException(
                entry.Name,
                Place(entry, sequence),
                $"a payload with the hash {Convert.ToHexStringLower(hash)}",
                $"{Convert.ToHexStringLower(index.PayloadHashOf(sequence))} as in its header");
        }

        Keep(sequence, payload);
        _next++;
        Count++;
    }

    private static string Place(EntryReader entry, long sequence) => $"line {entry.Lines} (record {sequence})";

    private static bool Payload(ref JsonScan scan, ReadOnlySpan<byte> line, out ReadOnlySpan<byte> payload)
    {
        var start = scan.Position;
        var right = scan.Value();
        payload = line[start..scan.Position];
        return right && scan.Require(payload.Length <= LargestPayload, $"a payload of at most {LargestPayload} bytes");
    }

    /// <summary>Moves to the next record in scope, at most to <paramref name="limit"/>.</summary>
    private void SkipTo(long limit)
    {
        while (_next < index.Count && _next < limit && !index.InScope(_next, scopeRun))
        {
            _next++;
        }
    }

    private PackFlawException Missing(EntryReader entry, string found) =>
        new(entry.Name, $"line {entry.Lines + (found.StartsWith("the end", StringComparison.Ordinal) ? 1 : 0)}", found, $"the payload of record {_next}, which is in scope");

    private void Hash(ReadOnlySpan<byte> salt, ReadOnlySpan<byte> payload, Span<byte> hash)
    {
        if (_salted.Length < SaltLength + payload.Length)
        {
            _salted = new byte[SaltLength + payload.Length];
        }

        Convert.FromHexString(salt, _salted, out _, out _);
        payload.CopyTo(_salted.AsSpan(SaltLength));
        SHA256.HashData(_salted.AsSpan(0, SaltLength + payload.Length), hash);
    }

    private void Keep(long sequence, ReadOnlySpan<byte> payload)
    {
        if (sequence == 0)
        {
            Creation = JsonNode.Parse(payload);
        }

        var kind = index.KindOf(sequence);
        if (kind is RecordKind.RunOpened or RecordKind.RunMeasured or RecordKind.RunClosed)
        {
            var run = index.RunOf(sequence);
            var figures = _figures.TryGetValue(run, out var known) ? known : _figures[run] = new Figures();
            figures.Add(kind, JsonNode.Parse(payload)!);
        }
    }

    private static string? Outcome(JsonNode? closed) => closed?["outcome"] is JsonValue value && value.TryGetValue<string>(out var outcome) ? outcome : null;

    private sealed class Figures
    {
        public JsonNode? Opened { get; private set; }

        public List<JsonNode> Measured { get; } = [];

        public JsonNode? Closed { get; private set; }

        public void Add(RecordKind kind, JsonNode payload)
        {
            switch (kind)
            {
                case RecordKind.RunOpened:
                    Opened = payload;
                    break;
                case RecordKind.RunMeasured:
                    Measured.Add(payload);
                    break;
                default:
                    Closed = payload;
                    break;
            }
        }
    }
}
