using DrOrchestrator.Drills.Carrying;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Drills.People;

namespace DrOrchestrator.Drills.Stops;

/// <summary>How a stopped run goes on.</summary>
internal enum StopChoice
{
    /// <summary>go-on: where it stopped; a step that failed gets one attempt more.</summary>
    GoOn,

    /// <summary>roll-back: what was done is undone, as far as it can be, and the run is closed.</summary>
    RollBack,

    /// <summary>close: as it stands.</summary>
    Close,
}

/// <summary>What became of asking.</summary>
/// <param name="Choice">Null while nobody has decided; <paramref name="Waits"/> says so.</param>
internal sealed record StopAnswer(StopChoice? Choice, string By, StageResult.Waits Waits);

/// <summary>
/// Asks an operator how a stopped run goes on: one question for each way, of which the first that is confirmed counts and makes the others moot. Where all are refused they are
/// asked again: a run never goes on, or ends, without a word.
/// </summary>
internal static class StopDecision
{
    /// <summary>The kind of its questions.</summary>
    public const string Kind = "stop-decision";

    /// <param name="subject">What is decided; a later decision about the same has a later round.</param>
    /// <param name="step">The step that gets one attempt more by <see cref="StopChoice.GoOn"/>; null where it is none.</param>
    /// <param name="why">Why it stopped and how it stands, without a full stop.</param>
    /// <param name="isSpent">True where an earlier word to go on has been acted on: it is asked anew.</param>
    /// <param name="since">Sequence of the line it is about; a word given before it was about the world before, and is asked for anew.</param>
    public static async Task<StopAnswer> AskAsync(
        RunSession run, string subject, string? step, string why, IReadOnlyList<StopChoice> choices, bool isSpent, long since, CancellationToken cancellationToken)
    {
        await run.RefreshAsync(cancellationToken).ConfigureAwait(false);
        var round = run.State.Questions.Where(question => question.Kind == Kind).Select(question => RoundOf(question, subject)).DefaultIfEmpty(0).Max();
        if (round > 0 && Chosen(run.State, subject, round) is { } chosen && chosen.Sequence > since && !(isSpent && chosen.Choice is StopChoice.GoOn))
        {
            return new StopAnswer(chosen.Choice, chosen.By, Waiting(subject));
        }

        if (round == 0 || Chosen(run.State, subject, round) is not null || choices.All(choice => IsRefused(run.State, Item(subject, round, choice))))
        {
            round++;
        }

        foreach (var choice in choices)
        {
            await Questions.AskAsync(run, Kind, Item(subject, round, choice), step, "operator", 1, $"{why}. {Sentence(choice)}", null, cancellationToken).ConfigureAwait(false);
        }

        return new StopAnswer(null, "", Waiting(subject));
    }

    /// <summary>True for a question whose confirmation gives its step one attempt more.</summary>
    public static bool GrantsAgain(Question question) => question.Kind == Kind && question.Item.EndsWith(Word(StopChoice.GoOn), StringComparison.Ordinal);

    /// <summary>True once another of the ways that were asked together was chosen.</summary>
    public static bool IsMoot(DrillRun run, Question question) =>
        question.Kind == Kind && run.Answers.Any(answer => answer.Confirmed && answer.Item != question.Item && Together(answer.Item) == Together(question.Item));

    private static (StopChoice Choice, string By, long Sequence)? Chosen(DrillRun run, string subject, int round) => Enum.GetValues<StopChoice>()
        .SelectMany(choice => run.AnswersTo(Item(subject, round, choice)).Where(answer => answer.Confirmed).Select(answer => ((StopChoice, string, long)?)(choice, answer.Person, answer.Sequence)))
        .FirstOrDefault();

    private static bool IsRefused(DrillRun run, string item) => run.AnswersTo(item).Any(answer => !answer.Confirmed);

    private static StageResult.Waits Waiting(string subject) => new($"{Kind} '{subject}' by operator", null);

    private static string Item(string subject, int round, StopChoice choice) => FormattableString.Invariant($"decide:{subject}:{round}:{Word(choice)}");

    private static string Together(string item) => item.LastIndexOf(':') is var end and >= 0 ? item[..end] : item;

    private static int RoundOf(Question question, string subject) =>
        Together(question.Item) is var together && together.StartsWith($"decide:{subject}:", StringComparison.Ordinal) && int.TryParse(together[(together.LastIndexOf(':') + 1)..], out var round) ? round : 0;

    private static string Word(StopChoice choice) => choice switch
    {
        StopChoice.GoOn => "go-on",
        StopChoice.RollBack => "roll-back",
        _ => "close",
    };

    private static string Sentence(StopChoice choice) => choice switch
    {
        StopChoice.GoOn => "Confirm this one to GO ON where it stopped.",
        StopChoice.RollBack => "Confirm this one to ROLL BACK what was done and close the run.",
        _ => "Confirm this one to CLOSE the run as it stands.",
    };
}
