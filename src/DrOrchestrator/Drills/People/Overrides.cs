using DrOrchestrator.Drills.Carrying;
using DrOrchestrator.Drills.Journals;

namespace DrOrchestrator.Drills.People;

/// <summary>A rule of the engine that people set aside in one run, or words in it that one person may have said, and what became of the review.</summary>
/// <param name="Subject">What was set aside: <c>unfenced:STEP</c>; for a gate, and for words, the question.</param>
/// <param name="Text">What was asked, in words.</param>
/// <param name="At">When the last word that was needed was given.</param>
/// <param name="People">Who gave it, each with the reason.</param>
/// <param name="Review">By a person who took no part; null while it waits for one.</param>
public sealed record Override(string Kind, string Subject, string Item, string? Step, string Text, DateTimeOffset At, IReadOnlyList<GivenAnswer> People, OverrideReview? Review)
{
    /// <summary>Who had a hand in the tokens of both, where that is what is to be reviewed.</summary>
    public IReadOnlyList<string> Makers { get; init; } = [];
}

/// <summary>A review of the overrides of a run. It closes those that were given before it.</summary>
public sealed record OverrideReview(string Person, string Reason, DateTimeOffset At, bool Simulated);

/// <summary>
/// Break-glass: two different people, each with a written reason, set one rule aside in one run; loud, and flagged until a third one has reviewed it. Whatever else overrides a
/// rule of the engine is one more word in <see cref="Kinds"/>.
/// </summary>
internal static class Overrides
{
    /// <summary>break-glass: two approvers (or admins).</summary>
    public const string BreakGlass = "break-glass";

    /// <summary>Kinds of questions that set a rule aside when they are confirmed: each is to be reviewed.</summary>
    public static readonly IReadOnlyList<string> Kinds = [BreakGlass, GateOverrides.Kind];

    /// <summary>shared-tokens: words that must be of two people, with tokens that one person had a hand in (<see cref="SharedHands"/>). Nobody asks for it; it is found.</summary>
    public const string SharedTokens = OverrideView.SharedTokens;

    private const int People = 2;
    private static readonly TimeSpan Within = TimeSpan.FromHours(1);

    /// <summary>Asks for it, once; passed when two have given their word, failed when one refuses or nobody does in time.</summary>
    /// <param name="subject">Without blanks.</param>
    /// <param name="number">From 1; another one asks again, where the world is not what it was when it was refused.</param>
    /// <param name="what">What would be set aside, as a sentence without its full stop.</param>
    public static Task<StageResult> AskAsync(RunSession run, string subject, int number, string? step, string what, CancellationToken cancellationToken)
    {
        var text = $"BREAK-GLASS: {what}. Two people, approver or admin, who neither asked for this run nor wrote its plan, each with a written reason; a third reviews it afterwards.";
        return Questions.AskAsync(run, new QuestionDraft(BreakGlass, Questions.Item($"{BreakGlass}:{subject}", number), step, "approver", People, text, Within), cancellationToken);
    }

    /// <summary>What is to be reviewed of a run, or has been: overrides that people have given, then words that one person may have said. Pure.</summary>
    public static IEnumerable<Override> Of(DrillRun run) => Given(run).Concat(Shared(run));

    /// <summary>Overrides that people have given, oldest first. Pure.</summary>
    public static IEnumerable<Override> Given(DrillRun run) =>
        from question in run.Questions
        where Kinds.Contains(question.Kind) && run.Settled(question) is true
        let given = run.AnswersTo(question.Item).Where(answer => answer.Confirmed).ToList()
        let at = given.Max(answer => answer.At)
        select new Override(
            question.Kind,
            question.Item.StartsWith(BreakGlass + ":", StringComparison.Ordinal) ? question.Item[(BreakGlass.Length + 1)..] : question.Item,
            question.Item,
            question.Step,
            question.Text,
            at,
            given,
            run.Reviews.FirstOrDefault(review => review.At >= at));

    private static IEnumerable<Override> Shared(DrillRun run) =>
        from said in run.Questions.Where(question => run.Settled(question) is true).Select(question => (question.Item, question.Step, Answers: run.AnswersTo(question.Item)))
            .Concat(run.Settlings.GroupBy(word => word.Item, (item, words) => (Item: item, Step: (string?)null, Answers: words)))
        let given = said.Answers.Where(answer => answer is { Confirmed: true, Shared: not null }).ToList()
        where given.Count > 0
        let at = given.Max(answer => answer.At)
        let all = new SharedHands([.. given.SelectMany(answer => answer.Shared!.People).Distinct()], [.. given.SelectMany(answer => answer.Shared!.Makers).Distinct()], [.. given.SelectMany(answer => answer.Shared!.NotKnown).Distinct()])
        select new Override(SharedTokens, said.Item, said.Item, said.Step, all.Describe(said.Item), at, given, run.Reviews.FirstOrDefault(review => review.At >= at)) { Makers = all.Makers };

    /// <summary>When people set this aside, the newest time; null where they have not.</summary>
    /// <param name="since">Sequence of the line behind which it counts: what was said before was about another world.</param>
    public static DateTimeOffset? GivenAt(DrillRun run, string subject, long since) =>
        Given(run)
            .Where(one => (one.Subject == subject || one.Subject.StartsWith(subject + ":", StringComparison.Ordinal)) && one.People.Max(word => word.Sequence) > since)
            .Max(one => (DateTimeOffset?)one.At);
}
