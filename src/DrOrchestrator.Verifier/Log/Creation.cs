using System.Text.Json.Nodes;

namespace DrOrchestrator.Verifier.Log;

/// <summary>Record 0 must name the log and the key the pack is signed with: a log cannot change hands in silence.</summary>
internal static class Creation
{
    public static void Check(JsonNode? payload, string origin, VerifierKey key)
    {
        Require(payload, "origin", origin);
        Require(payload, "publicKey", Convert.ToBase64String(key.PublicKey));
        Require(payload, "fingerprint", key.Fingerprint);
    }

    private static void Require(JsonNode? payload, string property, string expected)
    {
        var found = payload is JsonObject && payload[property] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
        if (found != expected)
        {
            throw new PackFlawException("payloads.jsonl", $"record 0, property {property}", found is null ? "nothing" : $"'{found}'", $"'{expected}' as in checkpoint and key");
        }
    }
}
