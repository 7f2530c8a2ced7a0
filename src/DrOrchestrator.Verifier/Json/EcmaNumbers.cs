using System.Globalization;
using System.Text;

namespace DrOrchestrator.Verifier.Json;

/// <summary>Whether a number is spelled as ECMAScript prints the double it denotes.</summary>
internal static class EcmaNumbers
{
    public static bool IsCanonical(ReadOnlySpan<byte> token)
    {
        var digits = token.StartsWith("-"u8) ? token[1..] : token;
        if (digits.IsEmpty || digits.Length > 40)
        {
            return false;
        }

        if (digits.Length <= 15 && !digits.ContainsAnyExceptInRange((byte)'0', (byte)'9'))
        {
            return digits[0] != '0' || token.Length == 1;
        }

        return double.TryParse(token, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && double.IsFinite(number)
            && token.SequenceEqual(Encoding.ASCII.GetBytes(Print(number)));
    }

    /// <summary>ECMA-262, Number::toString, literally: n, k and s of the specification.</summary>
    internal static string Print(double number)
    {
        if (number == 0)
        {
            return "0";
        }

        if (number < 0)
        {
            return "-" + Print(-number);
        }

        var (s, n) = Shortest(number);
        var k = s.Length;
        if (k <= n && n <= 21)
        {
            return s + new string('0', n - k);
        }

        if (n is > 0 and <= 21)
        {
            return s[..n] + "." + s[n..];
        }

        if (n is > -6 and <= 0)
        {
            return "0." + new string('0', -n) + s;
        }

        var e = n - 1;
        return (k == 1 ? s : s[..1] + "." + s[1..]) + "e" + (e < 0 ? "-" : "+") + Math.Abs(e).ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>The fewest digits s, with the decimal point n places after the start, that read back as the number.</summary>
    private static (string S, int N) Shortest(double number)
    {
        for (var precision = 0; ; precision++)
        {
            var text = number.ToString("E" + precision.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
            if (precision == 16 || double.Parse(text, CultureInfo.InvariantCulture) == number)
            {
                var e = text.IndexOf('E', StringComparison.Ordinal);
                return (text[..e].Replace(".", "", StringComparison.Ordinal), int.Parse(text.AsSpan(e + 1), CultureInfo.InvariantCulture) + 1);
            }
        }
    }
}
