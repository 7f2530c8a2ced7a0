namespace DrOrchestrator.Estates.Yaml;

/// <summary>All declared names of one thing, known before anything refers to them, so that the order of files and keys does not matter.</summary>
internal sealed class NameIndex
{
    private readonly string _what;
    private readonly Dictionary<string, Place> _places;
    private readonly bool _complete;

    private NameIndex(string what, Dictionary<string, Place> places, bool complete)
    {
        _what = what;
        _places = places;
        _complete = complete;
    }

    public IReadOnlyCollection<string> Names => _places.Keys;

    /// <summary>Collects the names of a section and reports duplicates.</summary>
    /// <param name="what">For errors: <c>site</c>.</param>
    /// <param name="complete">False where a file could not be read: a missing name may stand there, so it is no problem of its own.</param>
    public static NameIndex Of(string what, IEnumerable<YamlNode> items, string key, bool complete, Problems problems)
    {
        var places = new Dictionary<string, Place>(StringComparer.Ordinal);
        foreach (var name in items.OfType<YamlMapping>().Select(item => item.Peek(key)).OfType<YamlScalar>().Where(name => !name.IsNull && name.Text.Length > 0))
        {
            if (!places.TryAdd(name.Text, name.Place))
            {
                problems.Add(name.Place, $"duplicate {what} {Problems.Quote(name.Text)}, first at {places[name.Text]}", "", "Give it another name.");
            }
        }

        return new NameIndex(what, places, complete);
    }

    /// <summary>Names that are already known to be good.</summary>
    public static NameIndex Of(string what, IEnumerable<string> names, bool complete) =>
        new(what, names.Distinct().ToDictionary(name => name, _ => default(Place), StringComparer.Ordinal), complete);

    public bool Contains(string name) => _places.ContainsKey(name);

    /// <summary>The name a scalar refers to; a problem where there is none, and an empty text where there is no scalar.</summary>
    public string Resolve(YamlScalar? reference, Problems problems)
    {
        if (reference is null)
        {
            return "";
        }

        if (_complete && !Contains(reference.Text))
        {
            problems.AddWord(reference.Place, $"there is no {_what} {Problems.Quote(reference.Text)}", reference.Text, Names, $"Declare the {_what} or correct the name.");
        }

        return reference.Text;
    }
}
