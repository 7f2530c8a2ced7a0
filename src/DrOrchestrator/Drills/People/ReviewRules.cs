using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Estates;

namespace DrOrchestrator.Drills.People;

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

        var toReview = Overrides.Of(run).Where(one => one.Review is null).ToList();
        if (toReview.SelectMany(one => one.Makers).FirstOrDefault(maker => person.TokenMakers.Any(own => Hands.Same(own, maker, estate))) is { } both)
        {
            return new AnswerResult(
                false, "own-run", $"{both} had a hand in the token of {person.Id}, as in those that are to be reviewed; review it with one that somebody else made, or with one of your own whose hash stands in the estate.{Hands.Doubt(person)}");
        }

        string[] tookPart = [.. Hands.Owners(run), .. run.Answers.Select(answer => answer.Person), .. run.GaveOrders];
        if (person.TokenMakers.FirstOrDefault(maker => tookPart.Any(id => Hands.Same(id, maker, estate))) is { } hand)
        {
            return new AnswerResult(false, "own-run", $"The token of {person.Id} was made by {hand}, who took part in this run; review it with one that somebody else made.{Hands.Doubt(person)}");
        }

        if (tookPart.Concat(Hands.MakersOfRequester(run)).Concat(run.Words.SelectMany(word => word.TokenMakers ?? [])).Any(id => Hands.Same(id, person.Id, estate)))
        {
            return new AnswerResult(false, "own-run", $"{person.Id} took part in this run; somebody else must review it.");
        }

        // Nobody looks at a review: it is not taken from somebody who may have said what it is about.
        if (SharedHands.Of(run.Words, person, estate) is { Makers: [var made, ..] } shared)
        {
            return new AnswerResult(
                false, "own-run", $"{made} had a hand in the token of {person.Id}, as in that of {shared.People[0]}, who took part in this run; review it with one that somebody else made, or with one of your own whose hash stands in the estate.{Hands.Doubt(person)}");
        }

        return string.IsNullOrWhiteSpace(reason) ? new AnswerResult(false, "reason-missing", "A review says what was looked at and what it found; it goes on record.") : null;
    }
}
