using DrOrchestrator.Verifier.Log;
using DrOrchestrator.Verifier.Zip;

namespace DrOrchestrator.Verifier;

/// <summary>The reading of a pack; what it has found so far stays readable when it fails.</summary>
internal sealed class PackReading(Stream pack)
{
    private const int LongestNote = 1 << 16;

    private readonly CanonicalZipReader _zip = new(new ForwardReader(pack));
    private readonly SortedSet<string> _objects = new(StringComparer.Ordinal);
    private PayloadsReading? _payloads;
    private PackDescription? _description;

    public CheckpointText? Checkpoint { get; private set; }

    public HeadersReading? Headers { get; private set; }

    public VerifierKey? Key { get; private set; }

    /// <summary>The order of the entries is the order of their names, and the order in which each can be judged.</summary>
    public void Read(VerifyOptions options)
    {
        var outsideSize = Outside.SizeOf(options);
        ReadCheckpoint(Open("checkpoint"));
        ReadHeaders(Open("headers.jsonl"), outsideSize);
        ReadKey(Open("key"));
        var description = ReadObjects();
        ReadDescription(description);
        ReadPayloads(Open("payloads.jsonl"));
        if (_zip.HasEntry)
        {
            throw new PackFlawException(_zip.Next("(central directory)")!.Name, "the entry", "one entry more", "the central directory after payloads.jsonl");
        }

        _zip.Finish();
    }

    /// <summary>The verdict with everything read so far.</summary>
    public VerificationReport Report(VerificationClaims claims, PackProblem? problem) => new(
        problem is null,
        claims,
        Checkpoint?.Origin,
        Key?.Fingerprint,
        _description?.ScopeRun is > 0 and var run ? run : null,
        Headers?.Index.Count ?? 0,
        Headers is null ? [] : Enumerable.Range(1, (int)Headers.Index.OpenedRuns).Select(number => (long)number).ToList(),
        _payloads?.Count ?? 0,
        _objects.Count,
        _payloads?.Runs() ?? [],
        problem,
        problem is null ? Limits.Of(claims, Headers!.Index, _description!.ScopeRun, _payloads!.Count) : []);

    private EntryReader Open(string name)
    {
        var entry = _zip.Next(name) ?? throw new PackFlawException(name, "the entry", "the central directory", $"the entry {name}");
        return entry.Name == name ? entry : throw new PackFlawException(name, "its place", $"the entry '{entry.Name}'", $"'{name}'");
    }

    private void ReadCheckpoint(EntryReader entry)
    {
        var checkpoint = CheckpointText.Parse(entry.ReadAll(LongestNote), entry.Name);
        entry.Close();
        Checkpoint = checkpoint.Note.Signatures is [var only] && only.Name == checkpoint.Origin
            ? checkpoint
            : throw new PackFlawException(entry.Name, "its signatures", string.Join(", ", checkpoint.Note.Signatures.Select(signature => signature.Name)), $"one, by {checkpoint.Origin}");
    }

    private void ReadHeaders(EntryReader entry, long outsideSize)
    {
        Headers = new HeadersReading(Checkpoint!, outsideSize);
        Headers.Read(entry);
        entry.Close();
        Headers.CompareWithCheckpoint(entry);
    }

    private void ReadKey(EntryReader entry)
    {
        var key = VerifierKey.Parse(entry.ReadAll(1024), entry.Name);
        entry.Close();
        if (key.Name != Checkpoint!.Origin)
        {
            throw new PackFlawException(entry.Name, "the name", $"'{key.Name}'", $"'{Checkpoint.Origin}', the origin of the checkpoint");
        }

        if (!key.HasSigned(Checkpoint.Note))
        {
            throw new PackFlawException("checkpoint", "its signature", "one that the key of this pack did not make", $"a signature of the key {key.Fingerprint}");
        }

        Key = key;
    }

    /// <summary>Reads the objects; returns the entry after them.</summary>
    private EntryReader ReadObjects()
    {
        const string Expected = "pack.json";
        const string Folder = "objects/";
        while (_zip.Next(Expected) is { } entry)
        {
            if (!entry.Name.StartsWith(Folder, StringComparison.Ordinal))
            {
                return entry.Name == Expected ? entry : throw new PackFlawException(Expected, "its place", $"the entry '{entry.Name}'", $"objects in order of their names, then '{Expected}'");
            }

            var name = entry.Name[Folder.Length..];
            if (_objects.Count > 0 && string.CompareOrdinal(_objects.Max, name) >= 0)
            {
                throw new PackFlawException(entry.Name, "its place", $"after {Folder}{_objects.Max}", "objects in ascending order of their names, each once");
            }

            var hash = entry.ReadHash();
            entry.Close();
            _ = name == hash ? _objects.Add(name) : throw new PackFlawException(entry.Name, "its content", $"SHA-256 {hash}", "the hash that is its name");
        }

        throw new PackFlawException(Expected, "the entry", "the central directory", $"the entry {Expected}");
    }

    private void ReadDescription(EntryReader entry)
    {
        _description = PackDescription.Read(entry, Checkpoint!, Headers!.Index);
        entry.Close();
    }

    private void ReadPayloads(EntryReader entry)
    {
        _payloads = new PayloadsReading(Headers!.Index, _description!.ScopeRun);
        _payloads.Read(entry);
        entry.Close();
        Creation.Check(_payloads.Creation, Checkpoint!.Origin, Key!);
        var missing = _payloads.Objects.Except(_objects).Order(StringComparer.Ordinal).FirstOrDefault();
        if (missing is not null)
        {
            throw new PackFlawException($"objects/{missing}", "the entry", "nothing", "the object that a payload names");
        }

        var extra = _objects.Except(_payloads.Objects).FirstOrDefault();
        if (extra is not null)
        {
            throw new PackFlawException($"objects/{extra}", "the entry", "an object that no payload in scope names", "only objects that are named");
        }
    }
}
