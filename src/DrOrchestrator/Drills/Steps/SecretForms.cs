using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace DrOrchestrator.Drills.Steps;

/// <summary>
/// The ways in which programs and receivers say a secret back: as it is, as JSON writes it, in an address, in Base64 (also in the middle of one, as in a header of Basic
/// authentication). Pure. Whatever else they do with it (a digest, a cipher, half of it) is not found.
/// </summary>
internal static class SecretForms
{
    /// <summary>Shorter pieces of Base64 are words of other things.</summary>
    private const int ShortestPiece = 8;

    /// <summary>The text with something else in the place of each form of the secret.</summary>
    public static string Mask(string text, string secret, string instead) =>
        secret.Length == 0 ? text : Of(secret).Aggregate(text, (masked, form) => masked.Replace(form, instead, StringComparison.Ordinal));

    /// <summary>All of them, the longest first.</summary>
    public static IReadOnlyList<string> Of(string secret) =>
    [
        .. ((string[])
        [
            secret,
            JsonEncodedText.Encode(secret, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).ToString(),
            JsonEncodedText.Encode(secret, JavaScriptEncoder.Default).ToString(),
            Ascii(secret),
            Uri.EscapeDataString(secret),
            WebUtility.UrlEncode(secret),
            .. Pieces(secret),
        ]).Distinct(StringComparer.Ordinal).OrderByDescending(form => form.Length),
    ];

    /// <summary>As writers of JSON do that keep to ASCII, in lower case.</summary>
    private static string Ascii(string secret)
    {
        var text = new StringBuilder();
        foreach (var one in secret)
        {
            _ = one is '"' or '\\' ? text.Append('\\').Append(one) : one is >= ' ' and < '\x7f' ? text.Append(one) : text.Append(CultureInfo.InvariantCulture, $"\\u{(int)one:x4}");
        }

        return text.ToString();
    }

    /// <summary>What Base64 makes of it wherever it begins: only the characters that hold nothing but the secret.</summary>
    private static IEnumerable<string> Pieces(string secret)
    {
        var bytes = Encoding.UTF8.GetBytes(secret);
        for (var before = 0; before < 3; before++)
        {
            var text = Convert.ToBase64String((byte[])[.. new byte[before], .. bytes]);
            var (first, end) = (((before * 8) + 5) / 6, (before + bytes.Length) * 8 / 6);
            if (end - first >= ShortestPiece)
            {
                yield return text[first..end];
                yield return text[first..end].Replace('+', '-').Replace('/', '_');
            }
        }
    }
}
