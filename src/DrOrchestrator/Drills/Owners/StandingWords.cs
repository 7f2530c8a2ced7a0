using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Drills.People;
using DrOrchestrator.Estates;

namespace DrOrchestrator.Drills.Owners;

/// <summary>
/// Words of people that a run goes on under: its approvals, and overrides and points of no return whose step is still to come. Pure. Once given they stay settled; but after a crash
/// nobody goes on alone under the word of somebody who may not give it any more.
/// </summary>
internal static class StandingWords
{
    private static readonly string[] Approvals = ["approval", "step-approval", .. Overrides.Kinds];

    /// <summary>What of them does not hold any more under this estate: its question with why.</summary>
    /// <param name="revoked">Tokens on record that were revoked: a word that was given with one of them may have been a thief's.</param>
    public static IEnumerable<(string Item, string Why)> Lapsed(DrillRun run, Estate estate, IReadOnlySet<long>? revoked = null) =>
        from question in Standing(run)
        let given = run.AnswersTo(question.Item).Where(answer => answer.Confirmed).ToList()
        let counting = AnswerRules.Counting(run, question, estate)
        let doubtful = given.Where(answer => !counting.Contains(estate.PrincipalOf(answer.Person)) || IsRenamed(answer.Person, estate) || IsRevoked(answer, revoked)).ToList()
        where given.Except(doubtful).Select(answer => answer.Person).Distinct(StringComparer.Ordinal).Count() < question.Quorum
        select (question.Item, string.Join(", and ", Why(doubtful, counting, estate, revoked)));

    /// <summary>True where a word that stands was given with a token on record.</summary>
    public static bool RestOnTokens(DrillRun run) => Standing(run).Any(question => run.AnswersTo(question.Item).Any(answer => answer is { Confirmed: true, Token: not null }));

    private static IEnumerable<Question> Standing(DrillRun run) =>
        run.Questions.Where(question => Approvals.Contains(question.Kind) && run.Settled(question) is true && (question.Step is not { } step || run.Step(step).State is not StepState.Done));

    /// <summary>
    /// The estate says by now that somebody else's id of today was that person's. That is so of whoever was renamed, and said of whoever took an id over: nobody goes on alone over it.
    /// </summary>
    private static bool IsRenamed(string id, Estate estate) => id != Person.LocalOperatorId && estate.PrincipalOf(id) != id;

    private static bool IsRevoked(GivenAnswer answer, IReadOnlySet<long>? revoked) => answer.Token is { } token && revoked?.Contains(token) is true;

    private static IEnumerable<string> Why(IReadOnlyList<GivenAnswer> doubtful, IReadOnlyList<string> counting, Estate estate, IReadOnlySet<long>? revoked)
    {
        var gone = doubtful.Where(answer => !counting.Contains(estate.PrincipalOf(answer.Person))).Select(answer => answer.Person).Distinct().ToList();
        if (gone.Count > 0)
        {
            yield return $"{string.Join(", ", gone)} may not give that word any more";
        }

        foreach (var answer in doubtful.Where(answer => !gone.Contains(answer.Person)).DistinctBy(answer => answer.Person))
        {
            yield return IsRevoked(answer, revoked) ? $"the token with which {answer.Person} gave that word was revoked" : $"{answer.Person} is {estate.PrincipalOf(answer.Person)} by now, as the estate says";
        }
    }
}
