namespace DrOrchestrator.Cli.Output;

/// <summary>Text broken at spaces (Chinese anywhere) so that it stays inside a terminal; what hangs over is indented.</summary>
internal static class Wrapped
{
    public static void Write(TextWriter writer, string text, int width, string first, string rest)
    {
        var line = first;
        var used = Columns.Width(first);
        var isEmpty = true;
        foreach (var word in Words(text))
        {
            var cells = Columns.Width(word);
            if (!isEmpty && used + cells > width)
            {
                writer.WriteLine(line.TrimEnd());
                (line, used, isEmpty) = (rest, Columns.Width(rest), true);
            }

            var piece = isEmpty ? word.TrimStart() : word;
            line += piece;
            used += Columns.Width(piece);
            isEmpty = false;
        }

        writer.WriteLine(line.TrimEnd());
    }

    /// <summary>A word with the space before it; each Chinese character is one.</summary>
    private static IEnumerable<string> Words(string text)
    {
        var begun = 0;
        for (var i = 1; i <= text.Length; i++)
        {
            if (i == text.Length || text[i] == ' ' || Columns.Width(text[i].ToString()) == 2 || Columns.Width(text[i - 1].ToString()) == 2)
            {
                yield return text[begun..i];
                begun = i;
            }
        }
    }
}
