using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;
using DrOrchestrator.Words;

namespace DrOrchestrator.Estates.Yaml;

/// <summary>Reads a value from its text; false where it is none.</summary>
internal delegate bool TryParse<T>(string text, [MaybeNullWhen(false)] out T value);

/// <summary>
/// A mapping whose every key must be asked for: the keys asked for are the keys allowed, and <see cref="Close"/> reports the others. A reader that finds something
/// wrong reports it and returns a harmless value; the result of the whole load is then thrown away.
/// </summary>
internal sealed partial class StrictMap
{
    /// <summary>What an error says of a name.</summary>
    public const string NameAllowed = "a name of lower-case letters, digits and hyphens, up to 40 characters";

    private readonly YamlMapping _mapping;
    private readonly Dictionary<string, YamlEntry> _entries;
    private readonly List<string> _asked = [];

    private StrictMap(YamlMapping mapping, string what, Problems problems)
    {
        _mapping = mapping;
        What = what;
        Problems = problems;
        _entries = mapping.Entries.ToDictionary(entry => entry.Key.Text, StringComparer.Ordinal);
    }

    /// <summary>What the mapping describes, for errors: <c>a site</c>.</summary>
    public string What { get; }

    public Place Place => _mapping.Place;

    public Problems Problems { get; }

    /// <summary>Its keys, where they are names of the reader's own.</summary>
    public IReadOnlyList<YamlEntry> Entries
    {
        get
        {
            Problems.Sketch?.Opened(What);
            return _mapping.Entries;
        }
    }

    public bool IsEmpty => _mapping.Entries.Count == 0;

    /// <summary>Views a node; null (and a problem) where it is no mapping.</summary>
    public static StrictMap? Of(YamlNode node, string what, Problems problems)
    {
        switch (node)
        {
            case YamlMapping mapping:
                problems.Sketch?.Viewed(mapping, what);
                return new StrictMap(mapping, what, problems);
            case YamlRefused:
                return null;
            default:
                problems.Add(node.Place, $"{node.Describe()} instead of {what}", "a mapping of keys", "Write 'key: value' lines.");
                return null;
        }
    }

    /// <summary>Reads every item of a list with one reader, closing each.</summary>
    public static IReadOnlyList<T> ReadAll<T>(IEnumerable<YamlNode> items, string what, Problems problems, Func<StrictMap, T> read)
    {
        var values = new List<T>();
        foreach (var map in items.Select(item => Of(item, what, problems)).OfType<StrictMap>())
        {
            values.Add(read(map));
            map.Close();
        }

        return values;
    }

    /// <summary>Reports every key nobody asked for; true when there is none.</summary>
    public bool Close()
    {
        var unknown = _entries.Values.Select(entry => entry.Key).Where(key => !_asked.Contains(key.Text)).ToList();
        foreach (var key in unknown)
        {
            Problems.AddWord(key.Place, $"unknown key {Problems.Quote(key.Text)} in {What}", key.Text, _asked, "Correct the key or remove it.");
        }

        return unknown.Count == 0;
    }

    public bool Has(string key) => _entries.ContainsKey(key);

    /// <summary>The node of a key without asking for it; null when absent.</summary>
    public YamlNode? Peek(string key) => _mapping.Peek(key);

    /// <summary>Place of the key's value, or of the mapping.</summary>
    public Place PlaceOf(string key) => _entries.TryGetValue(key, out var entry) ? entry.Value.Place : Place;

    /// <summary>The node of an optional key, whatever it is; null when absent.</summary>
    public YamlNode? Node(string key)
    {
        if (!_asked.Contains(key))
        {
            _asked.Add(key);
        }

        var value = _entries.TryGetValue(key, out var entry) ? entry.Value : null;
        Sketch(key, value);
        return value;
    }

    /// <summary>The node of a key; null when absent (a problem where it is required) or already refused.</summary>
    public YamlNode? Node(string key, bool required, string allowed)
    {
        var node = Node(key);
        Sketch(key, node, required, allowed);
        if (node is null && required)
        {
            Problems.Add(Place, $"{What} without '{key}'", allowed, $"Add '{key}:'.");
        }

        return node is YamlRefused ? null : node;
    }

    /// <summary>The scalar of a key; null when absent, empty or no scalar.</summary>
    public YamlScalar? Scalar(string key, bool required, string allowed)
    {
        Sketch(key, null, required, allowed, SketchedForm.Scalar);
        return Node(key, required, allowed) is { } node ? AsScalar(node, $"'{key}'", allowed, Problems) : null;
    }

    /// <summary>A required value; <paramref name="otherwise"/> after a problem.</summary>
    public T Parse<T>(string key, string allowed, TryParse<T> tryParse, T otherwise, bool required = true, bool secret = false)
    {
        if (Scalar(key, required, allowed) is not { } scalar)
        {
            return otherwise;
        }

        if (tryParse(scalar.Text, out var value))
        {
            return value;
        }

        Problems.Add(scalar.Place, secret ? $"'{key}' has a value that does not fit" : $"'{key}' is {Problems.Quote(scalar.Text)}", allowed, "Correct the value.");
        return otherwise;
    }

    public string Text(string key) => Scalar(key, required: true, "a text")?.Text ?? "";

    public string? OptionalText(string key) => Scalar(key, required: false, "a text")?.Text;

    public string Name(string key) => Parse(key, NameAllowed, TryParseName, "");

    /// <summary>true or false; false when absent.</summary>
    public bool Flag(string key) => Parse(key, "true, false", TryParseFlag, otherwise: false, required: false);

    public int? OptionalInteger(string key, int least, int most) =>
        Parse<int?>(key, string.Create(CultureInfo.InvariantCulture, $"a whole number from {least} to {most}"), Within(least, most), null, required: false);

    public int Integer(string key, int least, int most) =>
        Parse<int?>(key, string.Create(CultureInfo.InvariantCulture, $"a whole number from {least} to {most}"), Within(least, most), null) ?? least;

    /// <summary>A required word of an enum.</summary>
    public T Word<T>(string key)
        where T : struct, Enum => OptionalWord<T>(key, required: true) ?? default;

    /// <summary>An optional word of an enum.</summary>
    public T? OptionalWord<T>(string key, bool required = false)
        where T : struct, Enum
    {
        Sketch(key, null, required, "", SketchedForm.Scalar, EnumWords.All<T>());
        return Scalar(key, required, string.Join(", ", EnumWords.All<T>())) is { } scalar ? WordOf<T>(scalar, $"'{key}'", Problems) : null;
    }

    public static T? WordOf<T>(YamlScalar scalar, string what, Problems problems)
        where T : struct, Enum
    {
        if (EnumWords.TryParse<T>(scalar.Text, out var value))
        {
            return value;
        }

        problems.AddWord(scalar.Place, $"{what} is {Problems.Quote(scalar.Text)}", scalar.Text, EnumWords.All<T>(), "Use one of the allowed words.", wholly: true);
        return null;
    }

    /// <summary>A word out of a list; empty after a problem. Without <paramref name="otherwise"/> it is required.</summary>
    public string WordOf(string key, IReadOnlyCollection<string> words, string? otherwise = null)
    {
        Sketch(key, null, otherwise is null, "", SketchedForm.Scalar, words);
        if (Scalar(key, required: otherwise is null, string.Join(", ", words)) is not { } scalar)
        {
            return otherwise ?? "";
        }

        if (words.Contains(scalar.Text))
        {
            return scalar.Text;
        }

        Problems.AddWord(scalar.Place, $"'{key}' is {Problems.Quote(scalar.Text)}", scalar.Text, words, "Use one of the allowed words.", wholly: true);
        return "";
    }

    /// <summary>The mapping of a key; null when absent or wrong.</summary>
    public StrictMap? Map(string key, bool required, string what)
    {
        Sketch(key, null, required, "", SketchedForm.Mapping);
        return Node(key, required, "a mapping of keys") is { } node ? Of(node, what, Problems) : null;
    }

    /// <summary>The items of a list; empty when absent or wrong. Where <paramref name="required"/>, at least one.</summary>
    public IReadOnlyList<YamlNode> Items(string key, bool required)
    {
        Sketch(key, null, required, "", SketchedForm.List);
        switch (Node(key, required, "a list"))
        {
            case null:
                return [];
            case YamlSequence { Items.Count: 0 } empty when required:
                Problems.Add(empty.Place, $"'{key}' is an empty list", "at least one item", "Add an item.");
                return [];
            case YamlSequence list:
                return list.Items;
            case { } node:
                Problems.Add(node.Place, $"'{key}' is {node.Describe()}", "a list", "Write '[a, b]', or lines that begin with '- '.");
                return [];
        }
    }

    /// <summary>The scalars of a list, without duplicates; others are reported.</summary>
    public IReadOnlyList<YamlScalar> Scalars(string key, bool required, bool mayRepeat = false)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var scalars = Items(key, required).Select(item => AsScalar(item, $"an item of '{key}'", "a text", Problems)).OfType<YamlScalar>().ToList();
        foreach (var twice in scalars.Where(scalar => !mayRepeat && !seen.Add(scalar.Text)))
        {
            Problems.Add(twice.Place, $"{Problems.Quote(twice.Text)} stands twice in '{key}'", "", "Keep one of the two.");
        }

        return scalars;
    }

    /// <summary>Titles by language; empty when absent.</summary>
    public IReadOnlyDictionary<string, string> Titles(string key)
    {
        var titles = new Dictionary<string, string>(StringComparer.Ordinal);
        if (Map(key, required: false, "a title") is { } map)
        {
            foreach (var language in (string[])["en", "zh-CN"])
            {
                if (map.OptionalText(language) is { } text)
                {
                    titles.Add(language, text);
                }
            }

            map.Close();
        }

        return titles;
    }

    /// <summary>A scalar that is not empty; null (and a problem) otherwise.</summary>
    public static YamlScalar? AsScalar(YamlNode node, string what, string allowed, Problems problems)
    {
        switch (node)
        {
            case YamlRefused:
                return null;
            case YamlScalar scalar when scalar.IsNull || string.IsNullOrWhiteSpace(scalar.Text):
                problems.Add(scalar.Place, $"{what} is empty", allowed, "Write a value.");
                return null;
            case YamlScalar scalar:
                return scalar;
            default:
                problems.Add(node.Place, $"{what} is {node.Describe()}", allowed, "Write one value.");
                return null;
        }
    }

    public static bool TryParseName(string text, [MaybeNullWhen(false)] out string name)
    {
        name = NamePattern().IsMatch(text) ? text : null;
        return name is not null;
    }

    public static bool TryParseFlag(string text, out bool value)
    {
        value = text is "true";
        return text is "true" or "false";
    }

    private void Sketch(string key, YamlNode? value, bool required = false, string allowed = "", SketchedForm form = SketchedForm.Any, IEnumerable<string>? words = null) =>
        Problems.Sketch?.Asked(_mapping, What, key, value, required, allowed, form, words);

    private static TryParse<int?> Within(int least, int most) => (string text, out int? value) =>
    {
        value = int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most ? number : null;
        return value is not null;
    };

    [GeneratedRegex("^[a-z0-9]([-a-z0-9]{0,38}[a-z0-9])?\\z", RegexOptions.CultureInvariant)]
    private static partial Regex NamePattern();
}
