using DrOrchestrator.Estates;

namespace DrOrchestrator.Drills;

/// <summary>Who may answer what. Pure. Nobody approves a run they asked for or wrote, admins included.</summary>
public static class AnswerRules
{
    /// <summary>Null when the answer may be taken; otherwise why not.</summary>
    public static AnswerResult? Judge(DrillRun run, string item, Person person, DateTimeOffset now)
    {
        if (run.Closed is not null || run.QuestionOf(item) is not { } question)
        {
            return new AnswerResult(false, "no-such-item", $"Run {run.Run} asks nothing called '{item}'{(run.Closed is null ? "" : "; it is closed")}.");
        }

        if (run.Settled(question) is not null || run.AnswersTo(item).Any(answer => answer.Person == person.Id))
        {
            return new AnswerResult(false, "already-answered", $"'{item}' has been answered; an answer stands.");
        }

        if (question.Deadline is { } deadline && now >= deadline)
        {
            return new AnswerResult(false, "too-late", $"'{item}' could be answered until {deadline:u}.");
        }

        if (!person.Roles.Any(role => Roles.Word(role) == question.Role))
        {
            return new AnswerResult(false, "role-missing", $"'{item}' is for {question.Role}; {person.Id} has: {string.Join(", ", person.Roles.Select(Roles.Word))}.");
        }

        // What a second person is there for: to approve, to verify for the business, to say what nobody could see.
        var decides = question.Kind is "approval" or "step-approval" or "step-observation" or DrillStages.GateOverride or RunLocks.BreakGlass || question.Role == Roles.Word(PersonRole.BusinessVerifier);
        return decides && (person.Id == run.Requester || run.Opened.Texts("authors").Contains(person.Id))
            ? new AnswerResult(false, "own-run", $"{person.Id} asked for this run or wrote its plan; somebody else must approve it.")
            : null;
    }

    /// <summary>Null when the answer says enough: what overrides a check, or takes a system away, is confirmed with a reason.</summary>
    public static AnswerResult? JudgeReason(DrillRun run, string item, bool confirmed, string? note) =>
        confirmed && string.IsNullOrWhiteSpace(note) && run.QuestionOf(item) is { Kind: DrillStages.GateOverride or RunLocks.BreakGlass }
            ? new AnswerResult(false, "reason-missing", $"'{item}' is confirmed with a reason, as the note; it goes on record.")
            : null;
}
