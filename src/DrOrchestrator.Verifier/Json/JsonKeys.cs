using System.Text;
using System.Text.Json;

namespace DrOrchestrator.Verifier.Json;

/// <summary>Order of property names: by UTF-16 code units, which is not the order of UTF-8 bytes beyond the basic plane.</summary>
internal static class JsonKeys
{
    /// <summary>Compares two names as they stand in valid JSON, still escaped.</summary>
    public static int Compare(ReadOnlySpan<byte> one, ReadOnlySpan<byte> other) =>
        IsPlain(one) && IsPlain(other) ? one.SequenceCompareTo(other) : string.CompareOrdinal(Decode(one), Decode(other));

    private static bool IsPlain(ReadOnlySpan<byte> name) => Ascii.IsValid(name) && !name.Contains((byte)'\\');

    private static string Decode(ReadOnlySpan<byte> name)
    {
        byte[] quoted = [(byte)'"', .. name, (byte)'"'];
        var reader = new Utf8JsonReader(quoted);
        reader.Read();
        return reader.GetString()!;
    }
}
