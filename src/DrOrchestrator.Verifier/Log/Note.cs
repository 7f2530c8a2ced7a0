using System.Text;

namespace DrOrchestrator.Verifier.Log;

/// <summary>A C2SP signed note, strictly read: valid UTF-8, no control characters, base64 in its one canonical spelling.</summary>
internal sealed record Note(string Text, IReadOnlyList<NoteSignature> Signatures)
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    /// <summary>Reads a note; <paramref name="entry"/> is for messages.</summary>
    public static Note Parse(ReadOnlySpan<byte> bytes, string entry)
    {
        var note = Decode(bytes, entry);
        var split = note.LastIndexOf("\n\n", StringComparison.Ordinal);
        if (split < 0 || note[^1] != '\n' || split + 2 == note.Length)
        {
            throw new PackFlawException(entry, "the signed note", "no signature part", "a text, an empty line, and signature lines that each end with a line feed");
        }

        var text = note[..(split + 1)];
        var signatures = note[(split + 2)..^1].Split('\n').Select((line, index) => NoteSignature.Parse(line, entry, index + 1)).ToList();
        return new Note(text, signatures);
    }

    private static string Decode(ReadOnlySpan<byte> bytes, string entry)
    {
        var bad = bytes.IndexOfAnyInRange((byte)0x0B, (byte)0x1F) is var high and >= 0 ? high : bytes.IndexOfAnyInRange((byte)0, (byte)9);
        if (bad >= 0)
        {
            throw new PackFlawException(entry, $"byte {bad} of the note", $"the control character 0x{bytes[bad]:x2}", "text");
        }

        try
        {
            return Strict.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            throw new PackFlawException(entry, "the signed note", "bytes that are not UTF-8", "text");
        }
    }
}

/// <summary>One signature line: <c>— NAME BASE64(key id || signature)</c>.</summary>
internal sealed record NoteSignature(string Name, byte[] KeyId, byte[] Signature)
{
    public static NoteSignature Parse(string line, string entry, int number)
    {
        var parts = line.Split(' ');
        var blob = parts is ["—", { Length: > 0 }, var text] && !parts[1].Contains('+', StringComparison.Ordinal) ? Base64.Strict(text) : null;
        return blob is { Length: > 4 }
            ? new NoteSignature(parts[1], blob[..4], blob[4..])
            : throw new PackFlawException(entry, $"signature line {number}", $"'{line}'", "'— NAME BASE64' with canonical base64 of key id and signature");
    }
}

/// <summary>Base64 with exactly one spelling per value.</summary>
internal static class Base64
{
    /// <summary>The bytes, or null when the text is not how they are written.</summary>
    public static byte[]? Strict(string text)
    {
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var length) && Convert.ToBase64String(bytes, 0, length) == text ? bytes[..length] : null;
    }
}
