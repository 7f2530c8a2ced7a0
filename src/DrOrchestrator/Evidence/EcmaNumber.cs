using System.Globalization;

namespace DrOrchestrator.Evidence;

/// <summary>A double as ECMAScript prints it (Number::toString): the shortest digits that read back as the same double, plain between 1e-6 and 1e21.</summary>
internal static class EcmaNumber
{
    public static string Format(double number)
    {
        if (number == 0)
        {
            return "0"; // also minus zero
        }

        // "R" yields the shortest round-trip digits; only its layout differs from ECMAScript's.
        var text = Math.Abs(number).ToString("R", CultureInfo.InvariantCulture);
        var exponentAt = text.IndexOf('E', StringComparison.Ordinal);
        var mantissa = exponentAt < 0 ? text : text[..exponentAt];
        var exponent = exponentAt < 0 ? 0 : int.Parse(text.AsSpan(exponentAt + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        var pointAt = mantissa.IndexOf('.', StringComparison.Ordinal);
        var digits = mantissa.Replace(".", "", StringComparison.Ordinal);
        var leadingZeros = digits.Length - digits.TrimStart('0').Length;

        // The value is 0.DIGITS times ten to the power of `point`.
        var point = (pointAt < 0 ? mantissa.Length : pointAt) + exponent - leadingZeros;
        return (number < 0 ? "-" : "") + Layout(digits.Trim('0'), point);
    }

    private static string Layout(string digits, int point)
    {
        if (point is > 0 and <= 21)
        {
            return digits.Length <= point ? digits.PadRight(point, '0') : $"{digits[..point]}.{digits[point..]}";
        }

        if (point is > -6 and <= 0)
        {
            return "0." + new string('0', -point) + digits;
        }

        var exponent = (point - 1).ToString("+0;-0", CultureInfo.InvariantCulture);
        return digits.Length == 1 ? $"{digits}e{exponent}" : $"{digits[0]}.{digits[1..]}e{exponent}";
    }
}
