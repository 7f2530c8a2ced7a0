using System.Text;

namespace DrOrchestrator.Web.Tests.Dashboard;

/// <summary>
/// The texts that source files write: every string literal outside comments and raw strings. Where a hole chooses between texts each choice is a variant of its own; other holes are
/// filled by each of a few samples. What a new sentence looks like is found without anybody having to list it.
/// </summary>
internal static class WrittenSentences
{
    private static readonly string[] Samples = ["none", "7", "5s", "a standby"];

    /// <summary>Each variant of each text, filled in all ways, with the line of source it stands on.</summary>
    public static IEnumerable<(string Line, IReadOnlyList<string> Filled)> In(string source)
    {
        for (var at = 0; at < source.Length;)
        {
            if (source.AsSpan(at).StartsWith("//"))
            {
                at = Until(source, at, "\n");
            }
            else if (source.AsSpan(at).StartsWith("\"\"\"") || source.AsSpan(at).StartsWith("$\"\"\""))
            {
                at = Until(source, source.IndexOf("\"\"\"", at, StringComparison.Ordinal) + 3, "\"\"\"");
            }
            else if (source[at] == '\'')
            {
                at = source[at + 1] == '\\' ? source.IndexOf('\'', at + 3) + 1 : at + 3;
            }
            else if (Literal(source, at) is var (end, variants))
            {
                foreach (var filled in variants)
                {
                    yield return (LineOf(source, at), filled);
                }

                at = end;
            }
            else
            {
                at++;
            }
        }
    }

    /// <summary>The literal that begins here, its end and its variants; null where none does.</summary>
    private static (int End, IReadOnlyList<IReadOnlyList<string>> Variants)? Literal(string source, int at)
    {
        var (isFilled, isVerbatim, start) = (false, false, at);
        while (start < source.Length && source[start] is '$' or '@')
        {
            (isFilled, isVerbatim) = (isFilled || source[start] == '$', isVerbatim || source[start] == '@');
            start++;
        }

        if (start >= source.Length || source[start] != '"')
        {
            return null;
        }

        var pieces = new List<IReadOnlyList<IReadOnlyList<string>>>();
        var text = new StringBuilder();
        for (at = start + 1; source[at] != '"' || (isVerbatim && source[at + 1] == '"');)
        {
            if (source[at] == '\\' && !isVerbatim)
            {
                text.Append(source[at + 1]);
                at += 2;
            }
            else if (isFilled && source[at] == '{' && source[at + 1] != '{')
            {
                pieces.Add([[text.ToString()]]);
                text.Clear();
                (at, var values) = Hole(source, at + 1);
                pieces.Add(values);
            }
            else
            {
                text.Append(source[at]);
                at += source[at] is '{' or '}' && isFilled || source[at] == '"' ? 2 : 1;
            }
        }

        pieces.Add([[text.ToString()]]);
        return (at + 1, pieces.Aggregate((IReadOnlyList<IReadOnlyList<string>>)[[""]], (all, piece) => [.. from one in all from next in piece select Joined(one, next)]));
    }

    private static IReadOnlyList<string> Joined(IReadOnlyList<string> one, IReadOnlyList<string> next) => [.. one.SelectMany(first => next.Select(then => first + then))];

    /// <summary>Where a hole ends, and what it may hold: the texts it chooses between, else the samples.</summary>
    private static (int End, IReadOnlyList<IReadOnlyList<string>> Values) Hole(string source, int at)
    {
        var (depth, isChoice, texts) = (1, false, new List<IReadOnlyList<string>>());
        while (depth > 0)
        {
            if (Literal(source, at) is var (end, variants))
            {
                texts.AddRange(variants);
                at = end;
                continue;
            }

            depth += source[at] is '{' or '(' or '[' ? 1 : source[at] is '}' or ')' or ']' ? -1 : 0;
            if (source[at] == '?' && source[at + 1] == ' ' && source[at - 1] != '?')
            {
                // What stands in front of it is what is asked.
                (isChoice, texts) = (true, []);
            }

            at++;
        }

        return (at, isChoice && texts.Count > 0 ? texts : [Samples]);
    }

    private static int Until(string source, int at, string mark) => source.IndexOf(mark, at, StringComparison.Ordinal) is >= 0 and var found ? found + mark.Length : source.Length;

    private static string LineOf(string source, int at) => source[(source.LastIndexOf('\n', at) + 1)..Until(source, at, "\n")].Trim();
}
