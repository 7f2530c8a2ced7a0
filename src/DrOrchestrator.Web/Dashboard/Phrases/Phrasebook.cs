namespace DrOrchestrator.Web.Dashboard.Phrases;

/// <summary>
/// Says what the product wrote in the language of the page. Records keep their sentences in English for good, so they are translated where they are shown, old ones
/// too. A sentence that is not in the book is shown as it was written, marked with its language.
/// </summary>
internal static class Phrasebook
{
    private const string Between = "; ";

    private static readonly IReadOnlyList<Phrase> All = [.. VantagePhrases.All, .. CompliancePhrases.All, .. AlertPhrases.All, .. ObservationPhrases.All, .. ProbePhrases.All, .. RecoveryPointPhrases.All, .. GatePhrases.All, .. ClusterPhrases.All, .. ReadinessPhrases.All, .. ManagerPhrases.All, .. ImagePhrases.All, .. SinglePointPhrases.All, .. RehearsalPhrases.All, .. PostgresPhrases.All, .. PostgresStepPhrases.All, .. RowPhrases.All, .. HostJobPhrases.All, .. HostExecPhrases.All, .. ExecPhrases.All, .. CommandPhrases.All, .. DnsPhrases.All, .. CalendarPhrases.All, .. ForecastPhrases.All, .. DrillPhrases.All, .. StopPhrases.All, .. DutyPhrases.All, .. RestorePhrases.All, .. StepPhrases.All, .. FencePhrases.All, .. CnpgPhrases.All, .. WaitPhrases.All, .. StepEndPhrases.All, .. NamespacePhrases.All, .. StoryPhrases.All, .. WatchPhrases.All];

    public static Html Say(string? text, Language language)
    {
        if (string.IsNullOrEmpty(text) || language != Language.Chinese)
        {
            return Marks.Free(text, language);
        }

        return Find(text, language) ?? Piecewise(text, language) ?? Marks.Free(text, language);
    }

    /// <summary>Whether the book has the whole sentence, or every part of it.</summary>
    public static bool Knows(string text) =>
        Find(text, Language.Chinese) is not null || text.Split(Between) is { Length: > 1 } parts && Array.TrueForAll(parts, part => Find(part, Language.Chinese) is not null);

    private static Html? Find(string text, Language language)
    {
        foreach (var phrase in All)
        {
            if (phrase.Match(text) is { } parts)
            {
                return phrase.Say(parts, language);
            }
        }

        return RunWords.Knows(text) ? Html.Of($"{text.Word(language)}") : null;
    }

    /// <summary>Reasons are joined with semicolons; each is a sentence of its own.</summary>
    private static Html? Piecewise(string text, Language language)
    {
        var parts = text.Split(Between);
        return parts.Length > 1 && Array.Exists(parts, part => Find(part, language) is not null)
            ? Html.Join(parts.SelectMany<string, Html>((part, i) => i == 0 ? [Say(part, language)] : [Html.Of($"；"), Say(part, language)]))
            : null;
    }
}
