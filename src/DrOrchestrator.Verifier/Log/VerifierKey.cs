using System.Security.Cryptography;
using System.Text;
using Org.BouncyCastle.Math.EC.Rfc8032;

namespace DrOrchestrator.Verifier.Log;

/// <summary>A C2SP verifier key, <c>NAME+KEYID+BASE64(0x01 || public key)</c>.</summary>
internal sealed record VerifierKey(string Name, byte[] KeyId, byte[] PublicKey)
{
    /// <summary>The key's name for people.</summary>
    public string Fingerprint => "SHA256:" + Convert.ToBase64String(SHA256.HashData(PublicKey)).TrimEnd('=');

    /// <summary>Reads the line; its line feed is part of it.</summary>
    public static VerifierKey Parse(ReadOnlySpan<byte> bytes, string entry)
    {
        var line = Encoding.Latin1.GetString(bytes);
        var parts = line.EndsWith('\n') ? line[..^1].Split('+', 3) : [];
        if (parts is not [{ Length: > 0 } name, { Length: 8 } keyIdText, var keyText] || Base64.Strict(keyText) is not [1, .. { Length: 32 } publicKey])
        {
            throw new PackFlawException(entry, "its line", $"'{line.TrimEnd('\n')}'", "NAME+KEYID+BASE64 of an Ed25519 key, and a line feed");
        }

        var keyId = SHA256.HashData([.. Encoding.Latin1.GetBytes(name), (byte)'\n', 1, .. publicKey])[..4];
        return keyIdText == Convert.ToHexStringLower(keyId)
            ? new VerifierKey(name, keyId, publicKey)
            : throw new PackFlawException(entry, "the key id", keyIdText, $"{Convert.ToHexStringLower(keyId)}, as name and key give it");
    }

    /// <summary>Whether the note carries a right signature of this key.</summary>
    public bool HasSigned(Note note)
    {
        var message = Encoding.UTF8.GetBytes(note.Text);
        return note.Signatures.Any(signature =>
            signature.Name == Name
            && signature.KeyId.AsSpan().SequenceEqual(KeyId)
            && signature.Signature.Length == Ed25519.SignatureSize
            && Ed25519.Verify(signature.Signature, 0, PublicKey, 0, message, 0, message.Length));
    }
}
