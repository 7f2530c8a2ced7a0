namespace DrOrchestrator.Web.Dashboard.Phrases;

/// <summary>What may stand at a place of a phrase, and how a page shows it.</summary>
internal enum PlaceKind
{
    /// <summary>A name or id, without white space; shown as it is.</summary>
    Name,

    /// <summary>Several of them, with commas between.</summary>
    Names,

    /// <summary>A number, percentage or moment; shown as it is.</summary>
    Figure,

    /// <summary>A duration; its units are translated, its digits are not touched.</summary>
    Span,

    /// <summary>A word of <see cref="RunWords"/>.</summary>
    Word,

    /// <summary>Several of them, with commas between.</summary>
    Words,

    /// <summary>Another sentence of the product.</summary>
    Sentence,

    /// <summary>A command to type: <c>dro ...</c>; shown as code.</summary>
    Code,

    /// <summary>Written by a person; never translated.</summary>
    Free,
}

/// <summary>A place of a phrase: <c>{run:figure}</c>.</summary>
internal readonly record struct Place(string Name, PlaceKind Kind)
{
    private const string Between = ", ";

    public bool Takes(string text) => text.Length > 0 && Kind switch
    {
        PlaceKind.Name => IsName(text),
        PlaceKind.Names => text.Split(Between).All(IsName),
        PlaceKind.Figure => !text.AsSpan().TrimEnd('Z').ContainsAnyInRange('A', 'z') && text.Any(char.IsAsciiDigit),
        PlaceKind.Span => SpanUnits.Translate(text) is not null,
        PlaceKind.Word => RunWords.Knows(text),
        PlaceKind.Words => text.Split(Between).All(RunWords.Knows),
        PlaceKind.Code => text.StartsWith("dro ", StringComparison.Ordinal),
        _ => true,
    };

    public Html Show(string text, Language language) => Kind switch
    {
        PlaceKind.Name => Marks.Name(text),
        PlaceKind.Names => Marks.Names(text.Split(Between), language),
        PlaceKind.Figure => Html.Of($"{text}"),
        PlaceKind.Span => Html.Of($"{SpanUnits.Translate(text)}"),
        PlaceKind.Word => Html.Of($"{text.Word(language)}"),
        PlaceKind.Words => Html.Of($"{string.Join('、', text.Split(Between).Select(word => word.Word(language)))}"),
        PlaceKind.Code => Html.Of($"<code>{text}</code>"),
        PlaceKind.Sentence => Phrasebook.Say(text, language),
        _ => Marks.Free(text, language),
    };

    private static bool IsName(string text) => text.Length > 0 && !text.Any(char.IsWhiteSpace);
}
