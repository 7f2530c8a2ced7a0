using System.Buffers;

namespace DrOrchestrator.Verifier.Json;

/// <summary>Sets of bytes every line is held against, in the form the runtime searches a vector at a time.</summary>
internal static class ByteSets
{
    /// <summary>Lower-case hex digits.</summary>
    public static SearchValues<byte> Hex { get; } = SearchValues.Create("0123456789abcdef"u8);

    /// <summary>What a number in JSON is made of.</summary>
    public static SearchValues<byte> Number { get; } = SearchValues.Create("+-.0123456789e"u8);
}
