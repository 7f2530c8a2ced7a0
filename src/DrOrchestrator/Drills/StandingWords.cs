using DrOrchestrator.Estates;

namespace DrOrchestrator.Drills;

/// <summary>
/// Words of people that a run goes on under: its approvals, and overrides and points of no return whose step is still to come. Pure. Once given they stay settled; but after a crash
/// nobody goes on alone under the word of somebody who may not give it any more.
/// </summary>
internal static class StandingWords
{
    private static readonly string[] Approvals = ["approval", "step-approval", .. Overrides.Kinds];

    /// <summary>What of them does not hold any more under this estate: its question with who may not give it now.</summary>
    public static IEnumerable<(string Item, IReadOnlyList<string> People)> Lapsed(DrillRun run, Estate estate) =>
        from question in run.Questions
        where Approvals.Contains(question.Kind) && run.Settled(question) is true && (question.Step is not { } step || run.Step(step).State is not StepState.Done)
        let counting = AnswerRules.Counting(run, question, estate)
        where counting.Count < question.Quorum
        select (question.Item, (IReadOnlyList<string>)[.. run.AnswersTo(question.Item).Where(answer => answer.Confirmed && !counting.Contains(estate.PrincipalOf(answer.Person))).Select(answer => answer.Person).Distinct()]);

    /// <summary>In words, after the name of the question.</summary>
    public static string Describe(IReadOnlyList<string> people) => $"{string.Join(", ", people)} may not give that word any more";
}
