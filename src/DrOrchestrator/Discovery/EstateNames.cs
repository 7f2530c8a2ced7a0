using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace DrOrchestrator.Discovery;

/// <summary>Makes names of an estate (lower-case letters, digits and hyphens, up to 40) out of those of clusters, no two alike, and the same ones from the same clusters.</summary>
internal sealed partial class EstateNames
{
    private const int Longest = 40;
    private const int Mark = 6;
    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);

    /// <param name="wanted">Where it fits and is free, that is the name; otherwise it is cut and marked by its own hash.</param>
    public string Of(string wanted)
    {
        var name = Others().Replace(wanted.ToLowerInvariant(), "-").Trim('-');
        if (name.Length is > 0 and <= Longest && _taken.Add(name))
        {
            return name;
        }

        for (var salt = wanted; ; salt += "+")
        {
            var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(salt)))[..Mark];
            var marked = $"{name[..Math.Min(name.Length, Longest - Mark - 1)].TrimEnd('-')}-{hash}".TrimStart('-');
            if (_taken.Add(marked))
            {
                return marked;
            }
        }
    }

    [GeneratedRegex("[^a-z0-9]+")]
    private static partial Regex Others();
}
