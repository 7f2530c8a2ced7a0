using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;

namespace DrOrchestrator.Estates;

/// <summary>
/// A place in a JSON document, in the part of RFC 9535 that names exactly one: <c>$</c>, <c>.name</c>, <c>['name']</c>, <c>[0]</c>, and <c>[-1]</c> from the end. No
/// wildcards, slices or filters.
/// </summary>
public sealed class JsonPath : IEquatable<JsonPath>
{
    /// <summary>What an error says of one.</summary>
    public const string Allowed = "a JSON path such as $.status, $.items[0].lag or $['a name']";

    private readonly IReadOnlyList<(string? Name, int Index)> _steps;
    private readonly string _text;

    private JsonPath(string text, IReadOnlyList<(string? Name, int Index)> steps) => (_text, _steps) = (text, steps);

    /// <summary>Reads one; false for anything else.</summary>
    public static bool TryParse(string text, [MaybeNullWhen(false)] out JsonPath path)
    {
        path = null;
        if (!text.StartsWith('$'))
        {
            return false;
        }

        var steps = new List<(string? Name, int Index)>();
        var rest = text.AsSpan(1);
        while (rest.Length > 0)
        {
            if (!TryStep(ref rest, out var step))
            {
                return false;
            }

            steps.Add(step);
        }

        path = new JsonPath(text, steps);
        return true;
    }

    /// <summary>What stands there; null where nothing does.</summary>
    public JsonElement? Find(JsonElement document)
    {
        foreach (var (name, index) in _steps)
        {
            if (name is not null)
            {
                if (document.ValueKind != JsonValueKind.Object || !document.TryGetProperty(name, out document))
                {
                    return null;
                }

                continue;
            }

            var length = document.ValueKind == JsonValueKind.Array ? document.GetArrayLength() : 0;
            var place = index < 0 ? length + index : index;
            if (place < 0 || place >= length)
            {
                return null;
            }

            document = document[place];
        }

        return document;
    }

    /// <inheritdoc />
    public override string ToString() => _text;

    /// <inheritdoc />
    public bool Equals(JsonPath? other) => other is not null && other._text == _text;

    /// <inheritdoc />
    public override bool Equals(object? obj) => Equals(obj as JsonPath);

    /// <inheritdoc />
    public override int GetHashCode() => _text.GetHashCode(StringComparison.Ordinal);

    private static bool TryStep(ref ReadOnlySpan<char> rest, out (string? Name, int Index) step)
    {
        step = default;
        if (rest[0] == '.')
        {
            var end = rest[1..].IndexOfAny('.', '[') is var at and >= 0 ? at + 1 : rest.Length;
            step = (rest[1..end].ToString(), 0);
            rest = rest[end..];
            return step.Name!.Length > 0 && step.Name.All(c => char.IsLetterOrDigit(c) || c is '_' or '-');
        }

        if (rest is ['[', '\'' or '"', ..] && rest[2..].IndexOf([rest[1], ']']) is var close and > 0)
        {
            step = (rest[2..(2 + close)].ToString(), 0);
            rest = rest[(close + 4)..];
            return true;
        }

        if (rest[0] == '[' && rest.IndexOf(']') is var bracket and > 1 && int.TryParse(rest[1..bracket], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var index))
        {
            step = (null, index);
            rest = rest[(bracket + 1)..];
            return true;
        }

        return false;
    }
}
