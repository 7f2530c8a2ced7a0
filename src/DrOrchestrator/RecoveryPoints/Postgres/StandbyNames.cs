using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace DrOrchestrator.RecoveryPoints.Postgres;

/// <summary>
/// <c>synchronous_standby_names</c>, read as PostgreSQL reads it: <c>a, b</c> is <c>FIRST 1 (a, b)</c>, <c>2 (a, b)</c> is <c>FIRST 2 (a, b)</c>; names compare without
/// case, may be quoted, and <c>*</c> (quoted or not) is everybody.
/// </summary>
/// <param name="Count">How many standbys a commit waits for; 0 where the setting is empty.</param>
/// <param name="ByPriority">FIRST: the first ones attached, in the order of the list; otherwise ANY.</param>
internal sealed record StandbyNames(int Count, bool ByPriority, IReadOnlyList<string> Names)
{
    public bool IsEmpty => Count == 0;

    private bool HasEverybody => Names.Contains("*");

    /// <summary>Reads the setting; false where PostgreSQL itself would refuse it.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out StandbyNames? names)
    {
        names = null;
        if (Tokens(text) is not { } tokens)
        {
            return false;
        }

        if (tokens.Count == 0)
        {
            names = new StandbyNames(0, true, []);
            return true;
        }

        var (at, byPriority, count) = (0, true, 1);
        if (tokens[0].Kind is 'k')
        {
            byPriority = tokens[0].Text.Equals("first", StringComparison.OrdinalIgnoreCase);
            at = 1;
        }

        var isCounted = at == 1 || tokens is [{ Kind: 'n' }, { Kind: '(' }, ..];
        if (isCounted)
        {
            if (tokens.Count < at + 4 || tokens[at].Kind is not 'n' || tokens[at + 1].Kind is not '(' || tokens[^1].Kind is not ')'
                || !int.TryParse(tokens[at].Text, NumberStyles.None, CultureInfo.InvariantCulture, out count) || count < 1)
            {
                return false;
            }
        }

        var list = isCounted ? tokens[(at + 2)..^1] : tokens;
        if (list.Count % 2 == 0 || list.Where((token, i) => i % 2 == 0 ? token.Kind is not ('i' or 'n') : token.Kind is not ',').Any())
        {
            return false;
        }

        names = new StandbyNames(count, byPriority, [.. list.Where((_, i) => i % 2 == 0).Select(token => token.Text)]);
        return true;
    }

    /// <summary>Whether the standby may be one of those a commit waits for.</summary>
    public bool Lists(string standby) => HasEverybody || Names.Contains(standby, StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// Whether commits may be acknowledged by a set of standbys that this one is not in: whenever more are listed than are waited for. FIRST waits for the listed
    /// one only while it is attached, and goes on to the next without a word.
    /// </summary>
    public bool AcceptsWithout(string standby) =>
        IsEmpty || !Lists(standby) || HasEverybody || Names.Distinct(StringComparer.OrdinalIgnoreCase).Count() > Count;

    private static List<(char Kind, string Text)>? Tokens(string text)
    {
        var tokens = new List<(char, string)>();
        for (var at = 0; at < text.Length;)
        {
            var c = text[at];
            if (c is ' ' or '\t' or '\n' or '\r' or '\f' or '\v')
            {
                at++;
            }
            else if (c is ',' or '(' or ')')
            {
                tokens.Add((c, c.ToString()));
                at++;
            }
            else if (c is '*')
            {
                tokens.Add(('i', "*"));
                at++;
            }
            else if (c is '"')
            {
                var quoted = new System.Text.StringBuilder();
                for (at++; ; at++)
                {
                    if (at >= text.Length)
                    {
                        return null;
                    }

                    if (text[at] is '"')
                    {
                        if (at + 1 >= text.Length || text[at + 1] is not '"')
                        {
                            break;
                        }

                        at++;
                    }

                    quoted.Append(text[at]);
                }

                at++;
                tokens.Add(('i', quoted.ToString()));
            }
            else if (char.IsAsciiDigit(c))
            {
                var begin = at;
                while (at < text.Length && char.IsAsciiDigit(text[at]))
                {
                    at++;
                }

                tokens.Add(('n', text[begin..at]));
            }
            else if (char.IsAsciiLetter(c) || c is '_' || c > 127)
            {
                var begin = at;
                while (at < text.Length && (char.IsAsciiLetterOrDigit(text[at]) || text[at] is '_' or '$' || text[at] > 127))
                {
                    at++;
                }

                var word = text[begin..at];
                tokens.Add((word.ToUpperInvariant() is "ANY" or "FIRST" ? 'k' : 'i', word));
            }
            else
            {
                return null;
            }
        }

        return tokens;
    }
}
