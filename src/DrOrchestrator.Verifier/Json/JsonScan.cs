using System.Buffers;
using System.Text;

namespace DrOrchestrator.Verifier.Json;

/// <summary>
/// Reads JSON that must be canonical (RFC 8785) without building anything: a value either has the one right spelling or the scan stops, with
/// <see cref="Position"/> at the wrong byte and <see cref="Expected"/> saying what should be there.
/// </summary>
internal ref struct JsonScan(ReadOnlySpan<byte> text, ICollection<string>? objects = null)
{
    private const int DeepestNesting = 64;
    private static readonly SearchValues<byte> NotPlain = SearchValues.Create(Enumerable.Range(0, 256).Where(b => b is < 0x20 or '"' or '\\' or >= 0x80).Select(b => (byte)b).ToArray());

    private readonly ReadOnlySpan<byte> _text = text;

    public int Position { get; private set; }

    public string Expected { get; private set; } = "";

    public readonly bool AtEnd => Position == _text.Length;

    /// <summary>What stands at the position, for a message.</summary>
    public readonly string Found => AtEnd ? "the end of the line" : $"'{Printable(_text[Position..Math.Min(_text.Length, Position + 24)])}'";

    public readonly bool IsNext(char wanted) => !AtEnd && _text[Position] == wanted;

    /// <summary>Fails with <paramref name="expected"/> when what was just read does not mean what it must.</summary>
    public bool Require(bool condition, string expected) => condition || Fail(expected);

    public bool Literal(ReadOnlySpan<byte> literal)
    {
        if (_text[Position..].StartsWith(literal))
        {
            Position += literal.Length;
            return true;
        }

        Position += _text[Position..].CommonPrefixLength(literal);
        return Fail($"the next byte of '{Printable(literal)}'");
    }

    /// <summary>A string, quotes included; <paramref name="content"/> is what stands between them, still escaped.</summary>
    public bool String(out ReadOnlySpan<byte> content)
    {
        content = default;
        if (!Literal("\""u8))
        {
            return false;
        }

        var start = Position;
        while (true)
        {
            var plain = _text[Position..].IndexOfAny(NotPlain);
            if (plain < 0)
            {
                Position = _text.Length;
                return Fail("a closing quote");
            }

            Position += plain;
            switch (_text[Position])
            {
                case (byte)'"':
                    content = _text[start..Position];
                    Position++;
                    return true;
                case (byte)'\\' when Escape():
                    break;
                case >= 0x80 when Rune.DecodeFromUtf8(_text[Position..], out _, out var length) == OperationStatus.Done:
                    Position += length;
                    break;
                default:
                    return Expected.Length > 0 ? false : Fail("valid UTF-8 with control characters escaped");
            }
        }
    }

    public bool Value(int depth = 0)
    {
        if (AtEnd || depth >= DeepestNesting)
        {
            return Fail(AtEnd ? "a value" : $"nesting of at most {DeepestNesting}");
        }

        return _text[Position] switch
        {
            (byte)'{' => Object(depth),
            (byte)'[' => Array(depth),
            (byte)'"' => String(out _),
            (byte)'t' => Literal("true"u8),
            (byte)'f' => Literal("false"u8),
            (byte)'n' => Literal("null"u8),
            _ => Number(),
        };
    }

    private bool Object(int depth)
    {
        Position++;
        if (TryByte('}'))
        {
            return true;
        }

        ReadOnlySpan<byte> previous = default;
        for (var first = true; ; first = false)
        {
            var keyAt = Position;
            if (!String(out var key))
            {
                return false;
            }

            if (!first && JsonKeys.Compare(previous, key) >= 0)
            {
                Position = keyAt;
                return Fail("property names in ascending order, each once");
            }

            previous = key;
            if (!Literal(":"u8))
            {
                return false;
            }

            var valueAt = Position;
            if (!Value(depth + 1))
            {
                return false;
            }

            NoteObject(key, _text[valueAt..Position]);
            if (TryByte('}'))
            {
                return true;
            }

            if (!Literal(","u8))
            {
                return Fail("',' or '}'");
            }
        }
    }

    private bool Array(int depth)
    {
        Position++;
        if (TryByte(']'))
        {
            return true;
        }

        while (Value(depth + 1))
        {
            if (TryByte(']'))
            {
                return true;
            }

            if (!Literal(","u8))
            {
                return Fail("',' or ']'");
            }
        }

        return false;
    }

    private bool Number()
    {
        var rest = _text[Position..];
        var length = rest.IndexOfAnyExcept(ByteSets.Number);
        var token = length < 0 ? rest : rest[..length];
        if (!EcmaNumbers.IsCanonical(token))
        {
            return Fail("a value, numbers as ECMAScript prints them");
        }

        Position += token.Length;
        return true;
    }

    private bool Escape()
    {
        var rest = _text[(Position + 1)..];
        if (!rest.IsEmpty && "\"\\bfnrt"u8.Contains(rest[0]))
        {
            Position += 2;
            return true;
        }

        // Other control characters, and nothing else, are written as \u00xx.
        if (rest.Length >= 5 && rest.StartsWith("u00"u8) && rest[3] is (byte)'0' or (byte)'1' && "0123456789abcdef"u8.Contains(rest[4])
            && !(rest[3] == '0' && "89acd"u8.Contains(rest[4])))
        {
            Position += 6;
            return true;
        }

        return Fail("an escape that canonical JSON uses");
    }

    private readonly void NoteObject(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        if (objects is not null && key.SequenceEqual("object"u8) && value.Length == 66 && value[0] == '"' && !value[1..65].ContainsAnyExcept(ByteSets.Hex))
        {
            objects.Add(Encoding.ASCII.GetString(value[1..65]));
        }
    }

    private bool TryByte(char wanted)
    {
        if (!IsNext(wanted))
        {
            return false;
        }

        Position++;
        return true;
    }

    private bool Fail(string expected)
    {
        Expected = expected;
        return false;
    }

    private static string Printable(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length);
        foreach (var value in bytes)
        {
            _ = value is >= 0x20 and < 0x7F ? text.Append((char)value) : text.Append($"<{value:x2}>");
        }

        return text.ToString();
    }
}
