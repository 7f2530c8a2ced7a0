using System.Text;
using DrOrchestrator.Drills.Journals;

namespace DrOrchestrator.Drills.People;

/// <summary>
/// Files that come with answers. Pure. Few media types, told by name and by their first bytes; kept by hash, never shown, started or unpacked here.
/// </summary>
public static class Attachments
{
    /// <summary>Bytes.</summary>
    public const int Largest = 5 * 1024 * 1024;

    private const int LongestName = 100;

    /// <summary>The table: ending, media type, and how a file of it begins (empty: text).</summary>
    private static readonly (string Ending, string MediaType, byte[] Begins)[] Types =
    [
        (".pdf", "application/pdf", "%PDF-"u8.ToArray()),
        (".png", "image/png", [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
        (".jpg", "image/jpeg", [0xff, 0xd8, 0xff]),
        (".jpeg", "image/jpeg", [0xff, 0xd8, 0xff]),
        (".docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "PK\u0003\u0004"u8.ToArray()),
        (".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "PK\u0003\u0004"u8.ToArray()),
        (".txt", "text/plain", []),
        (".log", "text/plain", []),
        (".csv", "text/csv", []),
        (".json", "application/json", []),
    ];

    /// <summary>The endings that are taken.</summary>
    public static IReadOnlyList<string> Endings { get; } = [.. Types.Select(type => type.Ending)];

    /// <summary>A file as it is kept; its media type comes from its name, whatever was said of it. A name that fits none is judged later.</summary>
    public static RawOutput Of(string name, byte[] content)
    {
        var safe = SafeName(name);
        return new RawOutput(safe, TypeOf(safe)?.MediaType ?? "", content);
    }

    /// <summary>Null where the file may come with an answer to this question, or none comes.</summary>
    public static AnswerResult? Judge(Question question, RawOutput? attachment)
    {
        if (attachment is null)
        {
            return null;
        }

        if (question.Attachment is null)
        {
            return Refused($"'{question.Item}' takes no attachment.");
        }

        if (attachment.Content.Length is 0 or > Largest)
        {
            return Refused($"The attachment has {attachment.Content.Length} bytes; allowed: 1 to {Largest}.");
        }

        return TypeOf(attachment.Name) is not { } type ? Refused($"The attachment '{attachment.Name}' is of no type that is taken; allowed: {string.Join(", ", Endings)}.")
            : Fits(type.Begins, attachment.Content) ? null
            : Refused($"The attachment '{attachment.Name}' does not begin as a {type.Ending} does.");
    }

    /// <summary>The last part of a name, with letters, digits and <c>. _ -</c> only (letters of every script), never hidden, up to 100 characters with its ending.</summary>
    public static string SafeName(string name)
    {
        var last = name.Replace('\\', '/').Split('/')[^1].Normalize(NormalizationForm.FormC);
        var safe = string.Concat(last.Select(letter => char.IsLetterOrDigit(letter) || letter is '.' or '_' or '-' ? letter : '_')).TrimStart('.', '-');
        var ending = Path.GetExtension(safe);
        return safe.Length == 0 ? "file"
            : safe.Length <= LongestName ? safe
            : ending.Length is > 0 and < 10 ? safe[..(LongestName - ending.Length)] + ending
            : safe[..LongestName];
    }

    private static (string Ending, string MediaType, byte[] Begins)? TypeOf(string name)
    {
        var index = Array.FindIndex(Types, type => name.EndsWith(type.Ending, StringComparison.OrdinalIgnoreCase));
        return index < 0 ? null : Types[index];
    }

    /// <summary>Text is UTF-8 without NUL, so that nothing else hides behind its name.</summary>
    private static bool Fits(byte[] begins, byte[] content)
    {
        if (begins.Length > 0)
        {
            return content.AsSpan().StartsWith(begins);
        }

        try
        {
            return !content.Contains((byte)0) && new UTF8Encoding(false, throwOnInvalidBytes: true).GetCharCount(content) >= 0;
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }

    private static AnswerResult Refused(string detail) => new(false, "attachment-refused", detail);
}
