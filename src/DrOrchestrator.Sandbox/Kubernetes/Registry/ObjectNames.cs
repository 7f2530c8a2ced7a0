using System.Security.Cryptography;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using DrOrchestrator.Sandbox.Kubernetes.Objects;

namespace DrOrchestrator.Sandbox.Kubernetes.Registry;

/// <summary>Names of objects: what is allowed, and the random ends the site makes up.</summary>
internal static partial class ObjectNames
{
    // Kubernetes' own alphabet: no vowels, so no words, and nothing that looks like something else.
    private const string Alphabet = "bcdfghjklmnpqrstvwxz2456789";

    public static string RandomEnd(int length = 5) => RandomNumberGenerator.GetString(Alphabet, length);

    /// <summary>A short name for content, the same for the same content.</summary>
    public static string HashOf(JsonNode content)
    {
        var hash = SHA256.HashData(content.ToBytes());
        return string.Concat(hash.Take(10).Select(part => Alphabet[part % Alphabet.Length]));
    }

    public static void Check(ObjectKey key)
    {
        if (key.Name.Length is 0 or > 200 || !Subdomain().IsMatch(key.Name))
        {
            throw ApiRefusal.Invalid(
                key,
                "metadata.name",
                $"Invalid value: \"{key.Name}\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', "
                + "and must start and end with an alphanumeric character, at most 200 characters");
        }
    }

    [GeneratedRegex(@"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\z")]
    private static partial Regex Subdomain();
}
