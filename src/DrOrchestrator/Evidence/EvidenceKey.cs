using System.Security.Cryptography;
using System.Text;
using Org.BouncyCastle.Math.EC.Rfc8032;

namespace DrOrchestrator.Evidence;

/// <summary>The Ed25519 key a log is signed with.</summary>
internal sealed class EvidenceKey
{
    private readonly byte[] _seed;

    public EvidenceKey(byte[] seed)
    {
        _seed = seed.Length == Ed25519.SecretKeySize ? seed : throw new ArgumentException($"An Ed25519 seed has {Ed25519.SecretKeySize} bytes, not {seed.Length}.");
        PublicKey = new byte[Ed25519.PublicKeySize];
        Ed25519.GeneratePublicKey(_seed, 0, PublicKey, 0);
    }

    /// <summary>The 32 bytes others verify with.</summary>
    public byte[] PublicKey { get; }

    /// <summary>The key's name for people: <c>SHA256:</c> and base64 (no padding) of the SHA-256 of the public key, as OpenSSH prints its own.</summary>
    public string Fingerprint => "SHA256:" + Convert.ToBase64String(SHA256.HashData(PublicKey)).TrimEnd('=');

    public static EvidenceKey Create() => new(RandomNumberGenerator.GetBytes(Ed25519.SecretKeySize));

    public byte[] Sign(ReadOnlySpan<byte> message)
    {
        var signature = new byte[Ed25519.SignatureSize];
        Ed25519.Sign(_seed, 0, message.ToArray(), 0, message.Length, signature, 0);
        return signature;
    }

    public bool Verify(ReadOnlySpan<byte> message, byte[] signature) =>
        signature.Length == Ed25519.SignatureSize && Ed25519.Verify(signature, 0, PublicKey, 0, message.ToArray(), 0, message.Length);

    /// <summary>A key for another purpose, from which this one cannot be found: HMAC-SHA-256 of the purpose under the seed.</summary>
    public byte[] Derive(string purpose) => HMACSHA256.HashData(_seed, Encoding.UTF8.GetBytes(purpose));

    /// <summary>The seed as the key file keeps it.</summary>
    public string ToFileText() => Convert.ToHexStringLower(_seed) + "\n";
}
