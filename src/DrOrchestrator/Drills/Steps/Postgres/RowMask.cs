using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using DrOrchestrator.Evidence;

namespace DrOrchestrator.Drills.Steps.Postgres;

/// <summary>
/// Masks the values of hashed columns before they go on record for ever: numbers of accounts and of identity cards are few enough to be tried one by one, so that only who holds the
/// key of the evidence may try. Both servers give the SHA-256 of a salt and the value; what is kept is the HMAC-SHA-256 of that (as 64 hex digits) under a key of the run's own.
/// </summary>
/// <param name="file">Of the key the evidence is signed with; without one a key is taken that nobody keeps.</param>
internal sealed class RowMask(EvidenceKeyFile? file)
{
    /// <summary>What the key of a run is made of, beside the evidence's own.</summary>
    /// <param name="run">As the run marks its effects (<c>dro-LOG-RUN</c>).</param>
    public static string NameOf(string run) => $"{run} reconciliation";

    /// <summary>HMAC-SHA-256 of its name under the evidence's own key: nothing else has to be kept.</summary>
    public byte[] KeyOf(string run) => file?.Read()?.Derive(NameOf(run)) ?? RandomNumberGenerator.GetBytes(HMACSHA256.HashSizeInBytes);

    /// <summary>The row as it may be recorded; NULL stays what it is.</summary>
    public static SideRow Mask(SideRow row, byte[] key) => row with
    {
        Hashed = new JsonArray([.. row.Hashed.Select(digest => digest is null ? null : JsonValue.Create(Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(digest.ToString())))))]),
    };
}
