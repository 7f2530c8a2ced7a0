using System.Security.Cryptography;
using System.Text;
using DrOrchestrator.Credentials;

namespace DrOrchestrator.Web.Security;

/// <summary>Tokens are only ever kept and compared as SHA-256; they are random, so no salt or stretching is needed.</summary>
internal static class Tokens
{
    public static string Hash(string token) => TokenText.Hash(token);

    /// <summary>Takes the same time wherever they differ.</summary>
    public static bool SameHash(string left, string right) =>
        CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(left), Encoding.ASCII.GetBytes(right));
}
