namespace DrOrchestrator.Cli.Output;

/// <summary>An aligned table of plain text: upper-case head, two spaces between columns, no lines. The last column is never padded.</summary>
internal sealed class Columns(params string[] head)
{
    private readonly List<string[]> _rows = [];

    public Columns Add(params string[] cells)
    {
        _rows.Add(cells);
        return this;
    }

    public void Write(TextWriter writer, string indent = "")
    {
        var all = head.Length == 0 ? _rows : [[.. head.Select(word => word.ToUpperInvariant())], .. _rows];
        if (all.Count == 0)
        {
            return;
        }

        var widths = Enumerable.Range(0, all.Max(row => row.Length)).Select(column => all.Max(row => column < row.Length ? Width(row[column]) : 0)).ToArray();
        foreach (var row in all)
        {
            var cells = row.Select((cell, column) => column == row.Length - 1 ? cell : cell + new string(' ', widths[column] - Width(cell)));
            writer.WriteLine((indent + string.Join("  ", cells)).TrimEnd());
        }
    }

    /// <summary>Cells a text takes on a terminal: Chinese characters take two.</summary>
    public static int Width(string text) => text.Sum(character => character is >= '\u1100' and (<= '\u115f' or (>= '\u2e80' and <= '\ua4cf') or (>= '\uac00' and <= '\ud7a3') or (>= '\uf900' and <= '\ufaff') or (>= '\uff00' and <= '\uff60')) ? 2 : 1);
}
