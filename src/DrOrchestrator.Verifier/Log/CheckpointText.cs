using System.Globalization;

namespace DrOrchestrator.Verifier.Log;

/// <summary>A C2SP tlog-checkpoint inside its note.</summary>
internal sealed record CheckpointText(Note Note, string Origin, long Size, byte[] Root)
{
    /// <summary>More records than this are refused: their index would not fit into memory.</summary>
    public const long MostRecords = 50_000_000;

    public static CheckpointText Parse(ReadOnlySpan<byte> bytes, string entry)
    {
        var note = Note.Parse(bytes, entry);
        var lines = note.Text.Split('\n');
        if (lines is not [{ Length: > 0 } origin, var sizeText, var rootText, ""])
        {
            throw new PackFlawException(entry, "the checkpoint", $"{lines.Length - 1} lines", "3 lines: origin, size, root");
        }

        if (!Decimals.TryParse(sizeText, out var size) || size is 0 or > MostRecords)
        {
            throw new PackFlawException(entry, "line 2 (size)", $"'{sizeText}'", string.Create(CultureInfo.InvariantCulture, $"a number from 1 to {MostRecords} without leading zeros"));
        }

        return Base64.Strict(rootText) is { Length: 32 } root
            ? new CheckpointText(note, origin, size, root)
            : throw new PackFlawException(entry, "line 3 (root)", $"'{rootText}'", "32 bytes in canonical base64");
    }
}

/// <summary>Whole numbers with exactly one spelling.</summary>
internal static class Decimals
{
    public static bool TryParse(string text, out long value) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) && (text[0] != '0' || text.Length == 1);
}
