using DrOrchestrator.Words;

namespace DrOrchestrator.Estates.Yaml;

/// <summary>Collects everything wrong. Readers report here and go on with a harmless value, so that all problems are seen at once.</summary>
internal sealed class Problems
{
    /// <summary>Nobody reads more; a hostile file must not cost memory without end.</summary>
    private const int Most = 1000;
    private const int MostNamesListed = 16;
    private readonly List<EstateError> _errors = [];
    private readonly List<EstateError> _warnings = [];
    private bool _more;

    /// <summary>Where readers' questions are written down too; null in ordinary reading.</summary>
    public KeySketch? Sketch { get; init; }

    public int Count => _errors.Count;

    public bool Any => _errors.Count > 0;

    public void Add(Place place, string found, string allowed = "", string remedy = "", string? nearest = null)
    {
        if (_errors.Count < Most)
        {
            // Words of a file come in by many ways (as found, as allowed, as nearest); none of them may break the line.
            _errors.Add(new EstateError(place.File, place.Line, place.Column, OneLine(found), OneLine(allowed), nearest is null ? null : OneLine(nearest), OneLine(remedy)));
        }
        else
        {
            _more = true;
        }
    }

    /// <summary>Adds those of a reading that was kept apart until it was known what was read.</summary>
    public void Take(Problems other)
    {
        _errors.AddRange(other._errors.Take(Most - _errors.Count));
        _more |= other._more || _errors.Count == Most;
        _warnings.AddRange(other._warnings.Take(Most - _warnings.Count));
    }

    /// <summary>Something that is allowed and will hurt one day: told, and nothing is refused for it.</summary>
    public void Warn(Place place, string found, string remedy)
    {
        if (_warnings.Count < Most)
        {
            _warnings.Add(new EstateError(place.File, place.Line, place.Column, OneLine(found), "", null, OneLine(remedy)));
        }
    }

    /// <summary>The warnings, by file, line and column.</summary>
    public IReadOnlyList<EstateError> Warnings() => [.. Sort(_warnings)];

    /// <summary>A word that is none of <paramref name="words"/>.</summary>
    /// <param name="wholly">True for words of the product, which are as many as they are; names that an estate declares may be thousands, and only the first are listed.</param>
    public void AddWord(Place place, string found, string word, IReadOnlyCollection<string> words, string remedy, bool wholly = false)
    {
        if (_errors.Count < Most)
        {
            Add(place, found, wholly ? string.Join(", ", words) : List(words), remedy, NearestWord.Of(word, words));
        }
        else
        {
            _more = true;
        }
    }

    /// <summary>All of them, by file, line and column; where they are too many the last one says so.</summary>
    public IReadOnlyList<EstateError> Sorted()
    {
        var sorted = Sort(_errors).ToList();
        if (_more)
        {
            sorted.Add(sorted[^1] with { Found = $"more than {Most} problems", Allowed = "", Nearest = null, Remedy = "Correct these and look again." });
        }

        return sorted;
    }

    /// <summary>Text of a file, fit for a terminal: quoted, shortened, on one line.</summary>
    public static string Quote(string text)
    {
        return "'" + OneLine(text.Length <= 60 ? text : text[..60] + "...") + "'";
    }

    /// <summary>The text without line breaks and halves of characters.</summary>
    public static string OneLine(string text) => string.Concat(text.Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c));

    private static IEnumerable<EstateError> Sort(IEnumerable<EstateError> found) =>
        found.OrderBy(e => e.File, StringComparer.Ordinal).ThenBy(e => e.Line).ThenBy(e => e.Column).ThenBy(e => e.Found, StringComparer.Ordinal);

    private static string List(IReadOnlyCollection<string> words) => words.Count switch
    {
        0 => "none is declared",
        <= MostNamesListed => string.Join(", ", words),
        _ => string.Join(", ", words.Take(MostNamesListed)) + $", ... ({words.Count} in all)",
    };
}
