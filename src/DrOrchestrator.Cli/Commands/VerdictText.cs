using DrOrchestrator.Cli.Client;
using DrOrchestrator.Cli.Output;

namespace DrOrchestrator.Cli.Commands;

/// <summary>Verdicts as text: the word and its numbers on one line, why and what it is worth below.</summary>
internal static class VerdictText
{
    public static void Write(TextWriter writer, IReadOnlyList<VerdictView> verdicts, StatusWords words)
    {
        var columns = new Columns(words["verdict"], "", words["value"], words["limit"]);
        foreach (var verdict in verdicts)
        {
            columns.Add(words[verdict.Subject], words[Wording.Kebab(verdict.Verdict)], verdict.Value ?? "", verdict.Limit ?? "");
        }

        columns.Write(writer, "  ");
        foreach (var verdict in verdicts.Where(verdict => verdict.Reason is { Length: > 0 } || verdict.Note is { Length: > 0 }))
        {
            var remarks = new[] { verdict.Reason, verdict.Note is { } note ? words[note] : null }.Where(text => !string.IsNullOrEmpty(text));
            writer.WriteLine($"  {words[verdict.Subject]}: {string.Join("; ", remarks)}");
        }
    }
}
