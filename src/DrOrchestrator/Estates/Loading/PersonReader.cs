using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;
using DrOrchestrator.Estates.Yaml;

namespace DrOrchestrator.Estates.Loading;

/// <summary>Reads <c>people:</c>.</summary>
internal static partial class PersonReader
{
    /// <summary>What the evidence calls the program itself.</summary>
    private const string Program = "system";

    public static Person Person(StrictMap map)
    {
        var id = map.Parse<string>("id", "lower-case letters, digits and . _ @ -, up to 64 characters, not 'system'", TryParseId, "");
        var name = map.Text("name");
        var department = map.Text("department");
        var roles = map.Scalars("roles", required: true).Select(role => StrictMap.WordOf<PersonRole>(role, "a role", map.Problems)).OfType<PersonRole>().ToList();
        if (roles.Contains(PersonRole.Admin) && roles.Contains(PersonRole.Auditor))
        {
            map.Problems.Add(map.PlaceOf("roles"), "the roles admin and auditor together", "one of the two", "Give one of them to another person.");
        }

        var token = map.Parse<string?>("token-sha256", "64 hexadecimal digits", TryParseHash, otherwise: null, required: false, secret: true);
        return new Person(id, name, department, roles, token, map.Flag("simulated"));
    }

    /// <summary>Two people with one token could not be told apart.</summary>
    public static void CheckTokens(IReadOnlyList<YamlNode> items, Problems problems)
    {
        var holders = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var item in items.OfType<YamlMapping>())
        {
            var id = (item.Peek("id") as YamlScalar)?.Text ?? "";
            if (item.Peek("token-sha256") is YamlScalar { Text.Length: > 0 } token && !holders.TryAdd(token.Text, id))
            {
                problems.Add(token.Place, $"the same token as {Problems.Quote(holders[token.Text])}", "a token of one's own", "Make a new token for one of the two.");
            }
        }
    }

    private static bool TryParseId(string text, [MaybeNullWhen(false)] out string id)
    {
        id = IdPattern().IsMatch(text) && text != Program ? text : null;
        return id is not null;
    }

    private static bool TryParseHash(string text, out string? hash)
    {
        hash = text.Length == 64 && text.All(char.IsAsciiHexDigit) ? text.ToLowerInvariant() : null;
        return hash is not null;
    }

    [GeneratedRegex("^[a-z0-9]([-._@a-z0-9]{0,62}[a-z0-9])?\\z", RegexOptions.CultureInvariant)]
    private static partial Regex IdPattern();
}
