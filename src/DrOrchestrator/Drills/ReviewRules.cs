using DrOrchestrator.Estates;

namespace DrOrchestrator.Drills;

/// <summary>Who may review the overrides of a run. Pure. A third person: an approver or an auditor who took no part in the run.</summary>
public static class ReviewRules
{
    /// <summary>Null when the review may be taken; otherwise why not.</summary>
    public static AnswerResult? Judge(DrillRun run, Person person, string reason, Estate estate)
    {
        if (!Overrides.Of(run).Any(one => one.Review is null))
        {
            return new AnswerResult(false, "no-override", $"Run {run.Run} has no override that waits for a review.");
        }

        var mode = run.Opened.Text("mode");
        if (!person.Has(PersonRole.Approver, mode) && !person.Has(PersonRole.Auditor, mode))
        {
            return new AnswerResult(false, "role-missing", $"The review is for approver or auditor; {person.Id} has: {string.Join(", ", person.Roles.Select(Roles.Word))}.");
        }

        var tookPart = run.Answers.Select(answer => answer.Person).Append(run.Requester).Append(run.Opened.OptionalText("requesterIs") ?? run.Requester).Concat(run.Opened.Texts("authors"));
        if (tookPart.Any(id => estate.PrincipalOf(id) == person.Id))
        {
            return new AnswerResult(false, "own-run", $"{person.Id} took part in this run; somebody else must review it.");
        }

        return string.IsNullOrWhiteSpace(reason) ? new AnswerResult(false, "reason-missing", "A review says what was looked at and what it found; it goes on record.") : null;
    }
}
