namespace DrOrchestrator.Web.Dashboard.Phrases;

/// <summary>
/// A sentence that the product writes in English and into records, and the same in Chinese: <c>run {run:figure} counted no loss</c>. The English form recognises the
/// sentence and finds its parts, the Chinese one says it with them. Places are read from left to right, each as short as it can be; nothing is tried twice, so that
/// a hostile text costs no time.
/// </summary>
internal sealed class Phrase
{
    private readonly IReadOnlyList<string> _english;
    private readonly IReadOnlyList<Place> _places;
    private readonly IReadOnlyList<string> _chinese;
    private readonly IReadOnlyList<int> _order;

    public Phrase(string english, string chinese)
    {
        (_english, var places) = Cut(english);
        _places = [.. places.Select(PlaceOf)];
        (_chinese, var named) = Cut(chinese);
        _order = [.. named.Select(name => IndexOf(name, english))];
    }

    /// <summary>The parts of a sentence in the order of the English form; null when it is another sentence.</summary>
    public IReadOnlyList<string>? Match(string text)
    {
        if (!text.StartsWith(_english[0], StringComparison.Ordinal))
        {
            return null;
        }

        var parts = new string[_places.Count];
        var at = _english[0].Length;
        for (var i = 0; i < parts.Length; i++)
        {
            var isLast = i == parts.Length - 1;
            var next = _english[i + 1];
            var end = !isLast ? text.IndexOf(next, at, StringComparison.Ordinal)
                : text.EndsWith(next, StringComparison.Ordinal) ? text.Length - next.Length
                : -1;
            if (end < at || !_places[i].Takes(text[at..end]))
            {
                return null;
            }

            parts[i] = text[at..end];
            at = end + next.Length;
        }

        return at == text.Length ? parts : null;
    }

    /// <summary>The sentence in Chinese.</summary>
    public Html Say(IReadOnlyList<string> parts, Language language) => Html.Join(
        _chinese.SelectMany<string, Html>((literal, i) => i < _order.Count
            ? [Html.Of($"{literal}"), _places[_order[i]].Show(parts[_order[i]], language)]
            : [Html.Of($"{literal}")]));

    /// <summary>The literal pieces and what stands in braces between them.</summary>
    private static (IReadOnlyList<string> Literals, IReadOnlyList<string> Places) Cut(string form)
    {
        var pieces = form.Split('{', '}');
        return ([.. pieces.Where((_, i) => i % 2 == 0)], [.. pieces.Where((_, i) => i % 2 == 1)]);
    }

    private static Place PlaceOf(string place)
    {
        var parts = place.Split(':');
        return new Place(parts[0], Enum.Parse<PlaceKind>(parts[1], ignoreCase: true));
    }

    private int IndexOf(string name, string english)
    {
        for (var i = 0; i < _places.Count; i++)
        {
            if (_places[i].Name == name)
            {
                return i;
            }
        }

        throw new ArgumentException($"'{english}' has no place called {name}", nameof(name));
    }
}
