using System.Text.Json.Nodes;
using DrOrchestrator.Drills.Carrying;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Estates;
using DrOrchestrator.Plans;
using DrOrchestrator.Time;

namespace DrOrchestrator.Drills.People;

/// <summary>Asks people, once; the run then waits and is brought back by the answer, by the moment it becomes overdue, or by the deadline.</summary>
internal static class Questions
{
    /// <summary>
    /// The name of a question that may have to be asked again: the first is called by its subject, later ones are numbered. Subjects of the engine's own questions have a
    /// colon (<c>approve:STEP</c>, <c>observe:STEP:ATTEMPT</c>, <c>check:STEP</c>, <c>break-glass:SUBJECT</c>, <c>retry:N</c>, <c>resume:EPOCH</c>), which no name in a plan can have.
    /// </summary>
    public static string Item(string subject, int number) => number == 1 ? subject : $"{subject}:{number}";

    /// <summary>As <see cref="AskAsync(RunSession, QuestionDraft, CancellationToken)"/>.</summary>
    public static Task<StageResult> AskAsync(
        RunSession run,
        string kind,
        string item,
        string? step,
        string role,
        int quorum,
        string text,
        TimeSpan? within,
        CancellationToken cancellationToken,
        IReadOnlyList<string>? pointsOfNoReturn = null) =>
        AskAsync(run, new QuestionDraft(kind, item, step, role, quorum, text, within) { PointsOfNoReturn = pointsOfNoReturn ?? [] }, cancellationToken);

    /// <summary>Passed when the item is confirmed by its quorum, failed when refused or too late, otherwise the run waits (and the question is on record).</summary>
    public static async Task<StageResult> AskAsync(RunSession run, QuestionDraft draft, CancellationToken cancellationToken)
    {
        await run.RefreshAsync(cancellationToken).ConfigureAwait(false);
        if (run.State.QuestionOf(draft.Item) is not { } question)
        {
            await run.WriteAsync(new JournalDraft(JournalKinds.Asked, "system", JournalJson.Question(draft, Owner(draft.Owner, run.Estate), run.Time.GetUtcNow()), draft.Step), cancellationToken)
                .ConfigureAwait(false);
            question = run.State.QuestionOf(draft.Item)!;
            if (question.Kind == Overrides.BreakGlass)
            {
                run.Say(logger => Log.BreakGlassAsked(logger, run.Run, question.Item, question.Text));
            }
        }

        switch (run.State.Settled(question))
        {
            case true:
                return StageResult.Passed;
            case false:
                return Refused(run, question);
        }

        var now = run.Time.GetUtcNow();
        if (question.Deadline is { } end && now >= end)
        {
            // What was said in time, while this was on its way here, counts; what comes from now on is too late.
            await run.RefreshAsync(cancellationToken).ConfigureAwait(false);
            if (run.State.Settled(question) is { } inTime)
            {
                return inTime ? StageResult.Passed : Refused(run, question);
            }

            return new StageResult.Failed(
                $"{question.Kind} '{question.Item}' was not given by {question.Role} before its deadline of {Durations.Format(end - question.AskedAt)}",
                RunOutcome.Aborted,
                FailurePolicy.Close);
        }

        if (question.Due is { } due && now >= due && !run.State.IsOverdue(question.Item))
        {
            await NoteOverdueAsync(run, question, due, cancellationToken).ConfigureAwait(false);
        }

        return new StageResult.Waits(Waiting(question), Sooner(question.Deadline - now, question.Due is { } later && later > now ? later - now : null));
    }

    /// <summary>Who is waited for, in words: <c>task 'verify' by business-verifier, owner zhao of Payments</c>.</summary>
    public static string Waiting(Question question) =>
        $"{question.Kind} '{question.Item}' by {question.Role}"
        + (question.Owner is not { } owner ? "" : question.Department is { } department && department != owner ? $", owner {owner} of {department}" : $", owner {owner}");

    private static async Task NoteOverdueAsync(RunSession run, Question question, DateTimeOffset due, CancellationToken cancellationToken)
    {
        var data = new JsonObject { ["item"] = question.Item, ["due"] = due.ToRfc3339(), ["role"] = question.Role, ["owner"] = question.Owner, ["department"] = question.Department };
        await run.WriteAsync(new JournalDraft(JournalKinds.Overdue, "system", data, question.Step), cancellationToken).ConfigureAwait(false);
        run.Say(logger => Log.Overdue(logger, run.Run, Waiting(question), due));
    }

    /// <summary>The owner with the department they are of; a department is its own.</summary>
    private static (string Owner, string Department)? Owner(string? owner, Estate estate) =>
        owner is null ? null : (owner, estate.FindPerson(owner)?.Department ?? owner);

    private static TimeSpan? Sooner(TimeSpan? one, TimeSpan? other) => one is null ? other : other is null || one < other ? one : other;

    private static StageResult.Failed Refused(RunSession run, Question question)
    {
        var answer = run.State.AnswersTo(question.Item).First(given => !given.Confirmed);
        return new StageResult.Failed(
            $"{question.Kind} '{question.Item}' was refused by {answer.Person}{(answer.Note is null ? "" : $": {answer.Note}")}",
            RunOutcome.Aborted,
            FailurePolicy.Close);
    }
}
