using System.Text.RegularExpressions;
using DrOrchestrator.Availability;
using DrOrchestrator.Compliance;
using DrOrchestrator.RecoveryPoints;

namespace DrOrchestrator.Web.Dashboard;

/// <summary>Small coloured words. The word always says it too: colour alone is no information.</summary>
internal static partial class Marks
{
    public static Html Tag(string tone, string text) => Html.Of($"<span class=\"tag {tone}\">{text}</span>");

    /// <summary>A name or id: the same in every language.</summary>
    public static Html Name(string? name) => string.IsNullOrEmpty(name) ? Html.Empty : Html.Of($"<span translate=\"no\">{name}</span>");

    public static Html Names(IEnumerable<string> names, Language language) =>
        Html.Join(names.SelectMany<string, Html>((name, i) => i == 0 ? [Name(name)] : [Html.Of($"{Glossary.Between.In(language)}"), Name(name)]));

    /// <summary>
    /// What a person or another system wrote, as it is; marked where it is not in the language of the page, so that a screen reader knows. Chinese text may hold Latin
    /// words; English text holds Chinese only where somebody is quoted.
    /// </summary>
    public static Html Free(string? text, Language language) => language switch
    {
        _ when string.IsNullOrEmpty(text) => Html.Empty,
        Language.English => Html.Join(Han().Split(text).Select((piece, i) => i % 2 == 0 ? Html.Of($"{piece}") : Html.Of($"<span lang=\"zh-CN\">{piece}</span>"))),
        _ when text.Any(char.IsAsciiLetter) && !Han().IsMatch(text) => Html.Of($"<span lang=\"en\">{text}</span>"),
        _ => Html.Of($"{text}"),
    };

    public static Html Of(IntervalState state, Language language) => Tag(Tone(state), Glossary.Of(state).In(language));

    public static Html Of(Verdict verdict, Language language) => Tag(
        verdict switch
        {
            Verdict.Met => "good",
            Verdict.AtRisk => "warn",
            Verdict.Breached => "bad",
            _ => "none",
        },
        Glossary.Of(verdict).In(language));

    public static Html Of(ReplicationState state, Language language) => Tag(
        state switch
        {
            ReplicationState.Protected => "good",
            ReplicationState.NotProtected => "bad",
            _ => "none",
        },
        Glossary.Of(state).In(language));

    /// <summary>Of a run's outcome or a step's state.</summary>
    public static Html OfRun(string word, Language language) => Tag(
        word switch
        {
            "passed" or "done" => "good",
            "waiting" or "switched-not-returned" or "undone" or "unknown" or "running" or "open" => "warn",
            "failed" or "aborted" => "bad",
            _ => "none",
        },
        word.Word(language));

    public static Html Met(bool met, Language language) => Tag(met ? "good" : "bad", (met ? Glossary.Met : Glossary.NotMet).In(language));

    /// <summary>Null: nobody can say.</summary>
    public static Html Met(bool? met, Language language) => met is { } known ? Met(known, language) : Of(Verdict.Indeterminate, language);

    public static string Tone(IntervalState state) => state switch
    {
        IntervalState.Up => "good",
        IntervalState.Degraded or IntervalState.Maintenance => "warn",
        IntervalState.Down => "bad",
        _ => "none",
    };

    [GeneratedRegex("([\\u3000-\\u303f\\u3400-\\u9fff\\uff00-\\uffef]+)")]
    private static partial Regex Han();
}
