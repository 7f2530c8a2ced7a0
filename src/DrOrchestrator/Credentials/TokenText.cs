using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace DrOrchestrator.Credentials;

/// <summary>The text of tokens: random, so that a plain SHA-256 keeps them and no salt or stretching is needed; with a beginning that scanners for leaked secrets can look for.</summary>
public static class TokenText
{
    private const string Prefix = "dro_";
    private const int Length = 47;

    /// <summary>A new one: 256 random bits.</summary>
    public static string Create() => Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    /// <summary>Whether a text has the form of one.</summary>
    public static bool IsOne(string text) => text.Length == Length && text.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>Lower-case hex SHA-256: all that is ever kept or compared.</summary>
    public static string Hash(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}
