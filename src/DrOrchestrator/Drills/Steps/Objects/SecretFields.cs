using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace DrOrchestrator.Drills.Steps.Objects;

/// <summary>
/// Fields that by their names hold a secret: a text at a name that ends with password, pass, token, secret and the like, or an entry of a list with such a name and a value. Names of
/// references (<c>secretName</c>, <c>passwordFile</c>) do not end so, and the promotion and demotion tokens of CloudNativePG are no secrets: they say where a server has stopped. A text at any
/// name that has a URL with a password in it (RFC 3986, 3.2.1) is one too; <c>$(NAME)</c> in its place refers to an environment. Pure.
/// </summary>
internal static partial class SecretFields
{
    /// <summary>Pointers of all such fields.</summary>
    /// <param name="at">Where <paramref name="node"/> stands.</param>
    public static IEnumerable<string> In(JsonNode? node, IReadOnlyList<string> at) => node switch
    {
        JsonObject map => map.SelectMany(entry => In(entry.Value, [.. at, entry.Key]))
            .Concat(IsText(map["value"]) && map["name"] is { } name && Named().IsMatch(name.ToString()) ? [FieldChanges.PointerOf([.. at, "value"])] : []).Distinct(StringComparer.Ordinal),
        JsonArray list => list.SelectMany((item, i) => In(item, [.. at, FormattableString.Invariant($"{i}")])),
        _ => IsText(node) && (IsNamed(at) || HasPassword(node!.ToString())) ? [FieldChanges.PointerOf(at)] : [],
    };

    /// <summary>Whether a field by that path holds a secret, whatever stands there.</summary>
    public static bool IsNamed(IReadOnlyList<string> at) => at is [.., var last] && (Named().IsMatch(last) || (last is "value" && at is [.., var owner, _] && Named().IsMatch(owner)));

    /// <summary>Whether a field of that name holds a secret.</summary>
    public static bool IsNamed(string name) => Named().IsMatch(name);

    /// <summary>Whether a text has a URL with a password in it; <c>$(NAME)</c> and <c>${NAME}</c> in its place refer to an environment.</summary>
    public static bool HasPassword(string text) => WithPassword().IsMatch(text);

    private static bool IsText(JsonNode? node) => node is JsonValue value && value.TryGetValue(out string? text) && text.Length > 0;

    // 'pass' is a word of its own there (CIPHER_PASS, dbPass, --pass, and what is written together by custom): bypass and compass end with it too, and two-pass counts.
    [GeneratedRegex("(password|passwd|passphrase|pwd|((?<![a-z])(?<!(?<![a-z])(by|one|two|first|second|single|multi)[-_.])|(?-i:(?<=[a-z])(?<!by|By|com|Com)(?=P))|(?<=ssh|db|root|user))pass|(?<!promotion|demotion)token|secret|credentials?|(api|access|private|secret|encryption|storage|repo|s3|azure|cipher)[-_.]?key)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Named();

    [GeneratedRegex(@"[a-z][a-z0-9+.-]*://[^\s/?#:@]*:(?!\$(\([^)]*\)|\{[^}]*\})@)[^\s/?#]+@", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex WithPassword();
}
