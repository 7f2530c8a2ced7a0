using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using DrOrchestrator.Time;

namespace DrOrchestrator.Evidence;

/// <summary>One record in the form it is hashed and stored in. The payload hangs on the header by a salted hash, so that it can be left out of a pack without being guessed.</summary>
internal sealed record EvidenceLeaf(byte[] Header, byte[] Salt, byte[] Payload, byte[] Hash)
{
    /// <summary>Fixed length of a salt, in bytes.</summary>
    public const int SaltLength = 16;

    /// <summary>Canonical payloads above this belong into an object.</summary>
    public const int LargestPayload = 1 << 20;

    /// <summary>Header lines above this are refused; a real one has about 230 bytes.</summary>
    public const int LargestHeader = 4096;

    /// <summary>Builds the leaf of a draft.</summary>
    /// <exception cref="ArgumentException">The draft breaks a rule of the format; the message says which.</exception>
    public static EvidenceLeaf Of(EvidenceDraft draft, long sequence, DateTimeOffset time, byte[] salt)
    {
        DraftRules.Check(draft);
        var payload = CanonicalJson.Serialize(draft.Payload);
        if (payload.Length > LargestPayload)
        {
            throw new ArgumentException($"The payload of {draft.Kind} has {payload.Length} bytes; at most {LargestPayload} are allowed. Keep the bulk as an object and name its hash.");
        }

        var header = CanonicalJson.Serialize(new JsonObject
        {
            ["actor"] = draft.Actor,
            ["kind"] = draft.Kind,
            ["payload"] = Convert.ToHexStringLower(SHA256.HashData([.. salt, .. payload])),
            ["run"] = draft.Run?.ToString(CultureInfo.InvariantCulture),
            ["seq"] = sequence.ToString(CultureInfo.InvariantCulture),
            ["system"] = draft.System,
            ["time"] = time.ToRfc3339(),
        });
        return header.Length <= LargestHeader
            ? new EvidenceLeaf(header, salt, payload, CompactRange.HashLeaf(header))
            : throw new ArgumentException($"The header of {draft.Kind} has {header.Length} bytes; at most {LargestHeader} are allowed. Shorten the actor or the system.");
    }
}
