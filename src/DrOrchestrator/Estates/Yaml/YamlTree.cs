using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace DrOrchestrator.Estates.Yaml;

/// <summary>
/// Builds nodes from the parser's events, so that everything keeps its place. YAML's means of writing one thing and meaning another (anchors, aliases, tags, merge
/// keys, several documents) are refused: what stands in a file is what a reviewer reads.
/// </summary>
internal sealed class YamlTree
{
    private const int MaxDepth = 32;
    private readonly string _file;
    private readonly Problems _problems;
    private readonly Parser _parser;

    private YamlTree(string file, string text, Problems problems)
    {
        _file = file;
        _problems = problems;
        _parser = new Parser(new Scanner(new StringReader(text), skipComments: true));
    }

    /// <summary>The root of the only document, or null where the text is no YAML (then there is a problem that says where).</summary>
    public static YamlNode? Read(string file, string text, Problems problems) => Read<YamlNode>(file, text, problems, tree => tree.Document());

    /// <summary>The roots of all documents of a file that may hold several, empty ones left out; null where the text is no YAML.</summary>
    public static IReadOnlyList<YamlNode>? ReadAll(string file, string text, Problems problems) => Read<IReadOnlyList<YamlNode>>(file, text, problems, tree => tree.Documents());

    private static T? Read<T>(string file, string text, Problems problems, Func<YamlTree, T?> read)
        where T : class
    {
        if (ControlCharacterAt(text) is { } at)
        {
            problems.Add(PlaceAt(file, text, at), $"the control character U+{(int)text[at]:X4}", "printable text", "Remove it.");
            return null;
        }

        var tree = new YamlTree(file, text, problems);
        try
        {
            return read(tree);
        }
        catch (TooDeepException e)
        {
            problems.Add(e.Place, $"nested deeper than {MaxDepth} levels", "", "Write it flatter.");
        }
        catch (YamlException e)
        {
            tree.AddSyntax(text, e.Start, e.GetType() == typeof(YamlException) || e.InnerException is null ? e.Message : e.InnerException.Message);
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or IndexOutOfRangeException or OverflowException or FormatException or NullReferenceException)
        {
            // The parser belongs to others and meets arbitrary bytes here; a slip of its own is still a file that is no YAML.
            tree.AddSyntax(text, tree._parser.Current?.End ?? Mark.Empty, "the text cannot be understood from here on (is a bracket left open?)");
        }

        return null;
    }

    private IReadOnlyList<YamlNode> Documents()
    {
        var roots = new List<YamlNode>();
        _parser.MoveNext();
        while (_parser.MoveNext())
        {
            if (_parser.Current is DocumentStart start)
            {
                RefuseDirectives(start);
                _parser.MoveNext();
                roots.Add(Node(0));
            }
        }

        return [.. roots.Where(root => root is not YamlScalar { IsNull: true })];
    }

    private void RefuseDirectives(DocumentStart start)
    {
        if (start.Version is not null || start.Tags is { Count: > 0 } && !start.IsImplicit && start.Tags.Any(tag => tag.Prefix is not ("!" or "tag:yaml.org,2002:")))
        {
            _problems.Add(At(start), "a YAML directive", "", "Remove the line that begins with '%'.");
        }
    }

    private YamlNode? Document()
    {
        _parser.MoveNext();
        _parser.MoveNext();
        if (_parser.Current is not DocumentStart start)
        {
            _problems.Add(new Place(_file, 1, 1), "the file holds only comments", "", "Write its contents, or remove the file.");
            return null;
        }

        RefuseDirectives(start);
        _parser.MoveNext();
        var root = Node(0);
        while (_parser.MoveNext())
        {
            if (_parser.Current is DocumentStart next)
            {
                _problems.Add(At(next), "a second YAML document", "one document in a file", "Put it into a file of its own.");
                return root;
            }
        }

        return root;
    }

    private YamlNode Node(int depth)
    {
        var current = _parser.Current!;
        var place = At(current);
        if (depth > MaxDepth)
        {
            throw new TooDeepException(place);
        }

        if (current is AnchorAlias)
        {
            _problems.Add(place, "an alias (*)", "", "Write the value out.");
            _parser.MoveNext();
            return new YamlRefused(place);
        }

        if (current is NodeEvent { Anchor.IsEmpty: false })
        {
            _problems.Add(place, "an anchor (&)", "", "Remove it, and write the value out where it is needed.");
        }

        if (current is NodeEvent { Tag.IsEmpty: false })
        {
            _problems.Add(place, "a tag (!)", "", "Remove it; the key decides the type.");
        }

        switch (current)
        {
            case Scalar scalar:
                _parser.MoveNext();
                return Checked(new YamlScalar(place, scalar.Value, scalar.Style is ScalarStyle.Plain));
            case SequenceStart:
                return Sequence(place, depth);
            default:
                return Mapping(place, depth);
        }
    }

    private YamlSequence Sequence(Place place, int depth)
    {
        var items = new List<YamlNode>();
        _parser.MoveNext();
        while (_parser.Current is not SequenceEnd)
        {
            items.Add(Node(depth + 1));
        }

        _parser.MoveNext();
        return new YamlSequence(place, items);
    }

    private YamlMapping Mapping(Place place, int depth)
    {
        var entries = new Dictionary<string, YamlEntry>(StringComparer.Ordinal);
        _parser.MoveNext();
        while (_parser.Current is not MappingEnd)
        {
            var keyNode = Node(depth + 1);
            var value = Node(depth + 1);
            if (keyNode is not YamlScalar key)
            {
                _problems.Add(keyNode.Place, $"{keyNode.Describe()} as a key", "a text", "Write a plain word before the colon.");
            }
            else if (key is { IsPlain: true, Text: "<<" })
            {
                _problems.Add(key.Place, "a merge key (<<)", "", "Write the values out.");
            }
            else if (!entries.TryAdd(key.Text, new YamlEntry(key, value)))
            {
                _problems.Add(key.Place, $"duplicate key {Problems.Quote(key.Text)}, first at line {entries[key.Text].Key.Place.Line}", "", "Keep one of the two.");
            }
        }

        _parser.MoveNext();
        return new YamlMapping(place, [.. entries.Values]);
    }

    /// <summary>Escapes in double quotes can make what no file may hold: control characters, halves of surrogate pairs.</summary>
    private YamlNode Checked(YamlScalar scalar)
    {
        if (ControlCharacterAt(scalar.Text) is null && !HasLoneSurrogate(scalar.Text))
        {
            return scalar;
        }

        _problems.Add(scalar.Place, "a text with a control character", "printable text", "Remove the escape.");
        return new YamlRefused(scalar.Place);
    }

    private void AddSyntax(string text, Mark mark, string message)
    {
        var place = new Place(_file, (int)Math.Max(1, mark.Line), (int)Math.Max(1, mark.Column));
        if (TabInIndentation(text, place.Line) is { } tab)
        {
            _problems.Add(place with { Line = tab.Line, Column = tab.Column }, "a tab in the indentation", "spaces", "Replace the tab by spaces.");
        }
        else
        {
            _problems.Add(place, $"no valid YAML: {Problems.OneLine(message.TrimEnd('.'))}", "", "Correct it here or just above; the rest of the file was not read.");
        }
    }

    /// <summary>The usual reason, which the parser names in its own words and places at the end of the line before.</summary>
    private static (int Line, int Column)? TabInIndentation(string text, int line)
    {
        var lines = text.Split('\n');
        for (var number = line; number <= Math.Min(line + 1, lines.Length); number++)
        {
            var content = lines[number - 1];
            var tab = content.IndexOf('\t', StringComparison.Ordinal);
            if (tab >= 0 && content.AsSpan(0, tab).Trim(' ').IsEmpty)
            {
                return (number, tab + 1);
            }
        }

        return null;
    }

    private static int? ControlCharacterAt(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsControl(text[i]) && text[i] is not ('\n' or '\r' or '\t'))
            {
                return i;
            }
        }

        return null;
    }

    private static bool HasLoneSurrogate(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsSurrogate(text[i]) && !char.IsSurrogatePair(text, i) && !(i > 0 && char.IsSurrogatePair(text, i - 1)))
            {
                return true;
            }
        }

        return false;
    }

    private static Place PlaceAt(string file, string text, int index)
    {
        var before = text.AsSpan(0, index);
        return new Place(file, before.Count('\n') + 1, index - before.LastIndexOf('\n'));
    }

    private Place At(ParsingEvent e) => new(_file, (int)Math.Max(1, e.Start.Line), (int)Math.Max(1, e.Start.Column));

    private sealed class TooDeepException(Place place) : Exception
    {
        public Place Place { get; } = place;
    }
}
