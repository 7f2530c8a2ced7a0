using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Drills.Steps.Objects;

/// <summary>A place whose words give a secret.</summary>
/// <param name="At">JSON pointer.</param>
/// <param name="Name">At which the value stands.</param>
internal sealed record SecretWord(string At, string Name);

/// <summary>
/// Secrets in what a program is started with: a value behind a name that holds one by its name (<see cref="SecretFields.IsNamed(string)"/>): <c>--password=x</c>, <c>PGPASSWORD=x</c>,
/// <c>--token x</c>, also inside one word (what a shell is told). A variable of the container's own (<c>$NAME</c>, <c>${NAME}</c>, <c>$(...)</c>) is none. Pure.
/// </summary>
internal static partial class SecretWords
{
    /// <summary>What is allowed in its place, for a plan's author.</summary>
    public const string Allowed = "no secret: a command stands in the journal, in the evidence and in the cluster's own audit log";

    /// <summary>And what to do.</summary>
    public const string LetItRead = "Let the program read it in its container, from its environment or a file.";

    private const string Environment = "env";

    /// <summary>Lists of words by which containers, hooks and probes start programs.</summary>
    private static readonly string[] Lists = ["command", "args"];

    /// <summary>Said of a place.</summary>
    public static string Found(string at, string name) => $"'{at}' has a value at '{name}', which by its name holds a secret";

    /// <summary>What stands against the words of a command; a URL with a password in it, too.</summary>
    /// <param name="list">The parameter that has them.</param>
    public static IEnumerable<ParameterProblem> Judge(string list, IReadOnlyList<string> words)
    {
        if (NameIn(words) is { } secret)
        {
            yield return new(list, Found(list, secret), Allowed, LetItRead);
        }
        else if (words.Any(HasUrlWithPassword))
        {
            yield return new(list, $"'{list}' has a URL with a password in it", Allowed, LetItRead);
        }
    }

    /// <summary>Whether one text, as a shell or a program takes it apart, gives a secret behind a name.</summary>
    public static bool AreIn(string text) => NameIn([text]) is not null;

    /// <summary>The name at which they give a secret; null for none.</summary>
    private static string? NameIn(IReadOnlyList<string> words)
    {
        for (var i = 0; i < words.Count; i++)
        {
            if (Values().Matches(words[i]).Select(match => match.Groups["name"].Value).FirstOrDefault(SecretFields.IsNamed) is { } name)
            {
                return name;
            }

            if (IsOption(words[i]) && SecretFields.IsNamed(words[i]) && i + 1 < words.Count && !words[i + 1].StartsWith('-') && !words[i + 1].StartsWith('$') && !Elsewhere().IsMatch(words[i + 1]))
            {
                return words[i];
            }
        }

        return null;
    }

    /// <summary>All of an object, or of a part of one: at <c>command</c>, <c>args</c> and the values of <c>env</c>.</summary>
    /// <param name="at">Where <paramref name="node"/> stands.</param>
    public static IEnumerable<SecretWord> In(JsonNode? node, IReadOnlyList<string> at) => node switch
    {
        JsonObject map => map.SelectMany(entry => In(entry.Value, [.. at, entry.Key])),
        JsonArray list when at is [.., var key] && Lists.Contains(key) => Of([.. list.Select(Text)], at),
        JsonArray list => list.SelectMany((item, i) => In(item, [.. at, FormattableString.Invariant($"{i}")])),
        _ => at is [.., Environment, _, "value"] || (at is [.., var owner, _] && Lists.Contains(owner)) ? Of([Text(node)], at) : [],
    };

    private static IEnumerable<SecretWord> Of(IReadOnlyList<string> words, IReadOnlyList<string> at) => NameIn(words) is { } name ? [new SecretWord(FieldChanges.PointerOf(at), name)] : [];

    private static string Text(JsonNode? node) => node is JsonValue value && value.TryGetValue(out string? text) ? text : "";

    private static bool HasUrlWithPassword(string word) => SecretFields.HasPassword(Variable().Replace(word, "$${$1}"));

    private static bool IsOption(string word) => word.StartsWith('-') && word.All(one => char.IsAsciiLetterOrDigit(one) || one is '-' or '_' or '.');

    /// <summary>A name and the beginning of its value, be it quoted, behind <c>=</c>; behind an option a blank will do. Values may have others in them (<c>--set=password=x</c>).</summary>
    [GeneratedRegex("""(?<![A-Za-z0-9_.$-])(?:(?<name>[A-Za-z0-9_.-]+)=|(?<name>--?[A-Za-z][A-Za-z0-9_.-]*)\s+(?!-))(?=["'\\]*(?!\$[A-Za-z0-9_({]|(?:env|file|fd):)[^\s"'\\;&|)}])""", RegexOptions.CultureInvariant)]
    private static partial Regex Values();

    /// <summary>Where a program is told to read it (<c>openssl -pass env:NAME</c>).</summary>
    [GeneratedRegex("^(env|file|fd):", RegexOptions.CultureInvariant)]
    private static partial Regex Elsewhere();

    /// <summary>As a shell names it without braces.</summary>
    [GeneratedRegex(@"\$([A-Za-z_][A-Za-z0-9_]*)", RegexOptions.CultureInvariant)]
    private static partial Regex Variable();
}
