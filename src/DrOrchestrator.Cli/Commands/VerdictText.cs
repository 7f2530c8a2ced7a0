using DrOrchestrator.Cli.Client;
using DrOrchestrator.Cli.Output;

namespace DrOrchestrator.Cli.Commands;

/// <summary>Verdicts as text: the word, the value and the limit; below it why; of what is met only what must always be said.</summary>
internal static class VerdictText
{
    /// <summary>Said of a verdict that is met, too: how the data gets there, and that a person states what nobody measured.</summary>
    private static readonly string[] Always = ["asynchronous replication", "synchronous commit is attested, not measured"];

    public static void Write(TextWriter writer, IReadOnlyList<VerdictView> verdicts, StatusWords words, int width = 80, bool inFull = false)
    {
        var subjects = verdicts.Select(verdict => Columns.Width(words[verdict.Subject])).DefaultIfEmpty(0).Max();
        var verdictWords = verdicts.Select(verdict => Columns.Width(words[Wording.Kebab(verdict.Verdict)])).DefaultIfEmpty(0).Max();
        var rest = new string(' ', subjects + verdictWords + 6);
        foreach (var verdict in verdicts)
        {
            var (subject, word) = (words[verdict.Subject], words[Wording.Kebab(verdict.Verdict)]);
            var first = $"  {subject}{Blank(subjects - Columns.Width(subject))}  {word}{Blank(verdictWords - Columns.Width(word))}  ";
            Wrapped.Write(writer, $"{words.Say(verdict.Value ?? "")}{words["; "]}{words["limit"]} {words.Say(verdict.Limit ?? "")}", width, first, rest);
            var why = verdict.Reason ?? "";
            if ((inFull || Wording.Kebab(verdict.Verdict) != "met" ? why : string.Join("; ", why.Split("; ").Where(Always.Contains))) is { Length: > 0 } reason)
            {
                Wrapped.Write(writer, words.Say(reason), width, rest, rest);
            }

            if (inFull && verdict.Evidence.Count > 0)
            {
                Wrapped.Write(writer, $"{words["evidence"]}: {string.Join(", ", verdict.Evidence)}", width, rest, rest);
            }
        }

        foreach (var remark in verdicts.Select(verdict => verdict.Note).OfType<string>().Distinct().Select(words.Say).Concat(verdicts.Select(verdict => verdict.Rules).OfType<string>().Distinct().Select(words.Say).Where(_ => inFull)))
        {
            writer.WriteLine($"  {remark}");
        }
    }

    private static string Blank(int cells) => new(' ', cells);
}
