using DrOrchestrator.Plans;

namespace DrOrchestrator.Drills;

/// <summary>Asks people, once; the run then waits and is brought back by the answer or by the deadline.</summary>
internal static class Questions
{
    /// <summary>
    /// The name of a question that may have to be asked again: the first is called by its subject, later ones are numbered. Subjects of the engine's own questions have a
    /// colon (<c>approve:STEP</c>, <c>observe:STEP:ATTEMPT</c>, <c>retry:N</c>, <c>resume:EPOCH</c>), which no name in a plan can have.
    /// </summary>
    public static string Item(string subject, int number) => number == 1 ? subject : $"{subject}:{number}";

    /// <summary>Passed when the item is confirmed by its quorum, failed when refused or too late, otherwise the run waits (and the question is on record).</summary>
    public static async Task<StageResult> AskAsync(
        RunSession run,
        string kind,
        string item,
        string? step,
        string role,
        int quorum,
        string text,
        TimeSpan? within,
        CancellationToken cancellationToken,
        IReadOnlyList<string>? pointsOfNoReturn = null)
    {
        await run.RefreshAsync(cancellationToken).ConfigureAwait(false);
        if (run.State.QuestionOf(item) is not { } question)
        {
            var deadline = within is { } limit ? run.Time.GetUtcNow() + limit : (DateTimeOffset?)null;
            await run.WriteAsync(
                new JournalDraft(JournalKinds.Asked, "system", JournalJson.Question(kind, item, role, quorum, text, deadline, pointsOfNoReturn ?? []), step),
                cancellationToken).ConfigureAwait(false);
            question = run.State.QuestionOf(item)!;
        }

        return run.State.Settled(question) switch
        {
            true => StageResult.Passed,
            false => Refused(run, question),
            null when question.Deadline is { } end && run.Time.GetUtcNow() >= end => new StageResult.Failed(
                $"{kind} '{item}' was not given by {role} before its deadline of {Durations.Format(end - question.AskedAt)}",
                RunOutcome.Aborted,
                FailurePolicy.Close),
            null => new StageResult.Waits($"{kind} '{item}' by {role}", question.Deadline - run.Time.GetUtcNow()),
        };
    }

    private static StageResult.Failed Refused(RunSession run, Question question)
    {
        var answer = run.State.AnswersTo(question.Item).First(given => !given.Confirmed);
        return new StageResult.Failed(
            $"{question.Kind} '{question.Item}' was refused by {answer.Person}{(answer.Note is null ? "" : $": {answer.Note}")}",
            RunOutcome.Aborted,
            FailurePolicy.Close);
    }
}
