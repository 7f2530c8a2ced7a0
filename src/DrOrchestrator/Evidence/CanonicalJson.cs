using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace DrOrchestrator.Evidence;

/// <summary>
/// RFC 8785 (JCS): one JSON value, one sequence of bytes. What cannot be written without loss is refused with its place: integers beyond 2^53 (send a string),
/// lone surrogates, NaN and infinities, nesting deeper than 64.
/// </summary>
public static class CanonicalJson
{
    private const int DeepestNesting = 64;
    private const long LargestExactInteger = 1L << 53;

    /// <summary>The canonical UTF-8 bytes of <paramref name="node"/> (<c>null</c> is the JSON null).</summary>
    /// <exception cref="ArgumentException">The value has no canonical form; the message says where and why.</exception>
    public static byte[] Serialize(JsonNode? node)
    {
        var output = new ArrayBufferWriter<byte>(256);
        Write(node, "$", 0, output);
        return output.WrittenSpan.ToArray();
    }

    private static void Write(JsonNode? node, string place, int depth, ArrayBufferWriter<byte> output)
    {
        if (depth >= DeepestNesting)
        {
            throw new ArgumentException($"{place}: nested deeper than {DeepestNesting} levels.");
        }

        switch (node)
        {
            case null:
                output.Write("null"u8);
                break;
            case JsonObject properties:
                WriteObject(properties, place, depth, output);
                break;
            case JsonArray items:
                output.Write("["u8);
                for (var i = 0; i < items.Count; i++)
                {
                    output.Write(i == 0 ? ""u8 : ","u8);
                    Write(items[i], $"{place}[{i.ToString(CultureInfo.InvariantCulture)}]", depth + 1, output);
                }

                output.Write("]"u8);
                break;
            case JsonValue value when value.GetValueKind() is JsonValueKind.Object or JsonValueKind.Array:
                Write(JsonNode.Parse(value.ToJsonString()), place, depth, output); // a CLR object in disguise
                break;
            case JsonValue value:
                WriteValue(value, place, output);
                break;
        }
    }

    private static void WriteObject(JsonObject properties, string place, int depth, ArrayBufferWriter<byte> output)
    {
        output.Write("{"u8);
        var first = true;

        // Ordinal order of .NET strings is the order of UTF-16 code units, which is what the RFC asks for.
        foreach (var (name, value) in properties.OrderBy(property => property.Key, StringComparer.Ordinal))
        {
            output.Write(first ? ""u8 : ","u8);
            first = false;
            WriteString(name, place, output);
            output.Write(":"u8);
            Write(value, $"{place}.{name}", depth + 1, output);
        }

        output.Write("}"u8);
    }

    private static void WriteValue(JsonValue value, string place, ArrayBufferWriter<byte> output)
    {
        if (value.GetValueKind() == JsonValueKind.String)
        {
            WriteString(Text(value, place), place, output);
            return;
        }

        var token = Token(value, place);
        if (token is "true" or "false" or "null")
        {
            output.Write(Encoding.ASCII.GetBytes(token));
            return;
        }

        if (token.AsSpan().IndexOfAny('.', 'e', 'E') < 0
            && (!long.TryParse(token, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var integer) || integer is > LargestExactInteger or < -LargestExactInteger))
        {
            throw new ArgumentException($"{place}: the integer {token} is beyond 2^53 and would lose digits; send it as a string.");
        }

        var number = double.Parse(token, NumberStyles.Float, CultureInfo.InvariantCulture);
        if (!double.IsFinite(number))
        {
            throw new ArgumentException($"{place}: the number {token} does not fit a double; send it as a string.");
        }

        output.Write(Encoding.ASCII.GetBytes(EcmaNumber.Format(number)));
    }

    private static string Text(JsonValue value, string place)
    {
        try
        {
            return value.TryGetValue<string>(out var text) ? text : JsonSerializer.SerializeToElement(value).GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw new ArgumentException($"{place}: the text holds half of a surrogate pair; it is not Unicode.");
        }
    }

    private static string Token(JsonValue value, string place)
    {
        try
        {
            return value.ToJsonString();
        }
        catch (ArgumentException)
        {
            throw new ArgumentException($"{place}: NaN and infinity have no JSON form.");
        }
    }

    private static void WriteString(string text, string place, ArrayBufferWriter<byte> output)
    {
        var escaped = new StringBuilder(text.Length + 2).Append('"');
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (char.IsSurrogate(c))
            {
                if (i + 1 >= text.Length || !char.IsSurrogatePair(c, text[i + 1]))
                {
                    throw new ArgumentException($"{place}: the text holds half of a surrogate pair; it is not Unicode.");
                }

                escaped.Append(c).Append(text[++i]);
                continue;
            }

            _ = c switch
            {
                '"' => escaped.Append("\\\""),
                '\\' => escaped.Append(@"\\"),
                '\b' => escaped.Append("\\b"),
                '\t' => escaped.Append("\\t"),
                '\n' => escaped.Append("\\n"),
                '\f' => escaped.Append("\\f"),
                '\r' => escaped.Append("\\r"),
                < ' ' => escaped.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => escaped.Append(c),
            };
        }

        output.Write(Encoding.UTF8.GetBytes(escaped.Append('"').ToString()));
    }
}
