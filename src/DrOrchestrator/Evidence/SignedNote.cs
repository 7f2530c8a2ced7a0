using System.Security.Cryptography;
using System.Text;

namespace DrOrchestrator.Evidence;

/// <summary>C2SP signed-note: a text, an empty line, and signature lines <c>— NAME BASE64(key id || signature)</c>.</summary>
internal static class SignedNote
{
    private const byte Ed25519Algorithm = 1;

    /// <summary>The text with one signature under it; the text ends with a line feed.</summary>
    public static string Sign(string text, string name, EvidenceKey key) =>
        $"{text}\n— {name} {Convert.ToBase64String([.. KeyId(name, key.PublicKey), .. key.Sign(Encoding.UTF8.GetBytes(text))])}\n";

    /// <summary>The text of a note made by <see cref="Sign"/> with this name and key, or null when it is not one.</summary>
    public static string? Open(string note, string name, EvidenceKey key)
    {
        var end = note.IndexOf("\n\n", StringComparison.Ordinal);
        if (end < 0)
        {
            return null;
        }

        // Ed25519 signatures are deterministic: what this key would have written is the only right answer.
        var text = note[..(end + 1)];
        return note == Sign(text, name, key) ? text : null;
    }

    /// <summary>The C2SP verifier key: <c>NAME+KEYID+BASE64(0x01 || public key)</c>.</summary>
    public static string VerifierKey(string name, byte[] publicKey) =>
        $"{name}+{Convert.ToHexStringLower(KeyId(name, publicKey))}+{Convert.ToBase64String([Ed25519Algorithm, .. publicKey])}";

    private static byte[] KeyId(string name, byte[] publicKey) =>
        SHA256.HashData([.. Encoding.UTF8.GetBytes(name), (byte)'\n', Ed25519Algorithm, .. publicKey])[..4];
}
