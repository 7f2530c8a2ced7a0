using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Drills.People;
using DrOrchestrator.Estates;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Drills.Duties;

/// <summary>
/// Who may close, by word, the duty to fence an old side, or what a step has left to do (<see cref="StepDuties"/>). Pure. Where nothing is left to fence (the machine is scrapped, its disk is rebuilt by hand as a standby), an approver who
/// neither asked for the run nor wrote its plan says so, with a reason; from then on the orchestrator does not fence it by itself any more.
/// </summary>
public static class DutyRules
{
    /// <summary>Where one person may have asked for the run and closes its duty; null where nobody may.</summary>
    internal static SharedHands? Shared(DrillRun run, Person person, Estate estate) => Hands.Asking(run) is { } asking ? SharedHands.Of([asking], person, estate) : null;

    /// <summary>Null when the duty may be closed; otherwise why not.</summary>
    public static AnswerResult? Judge(DrillRun run, Plan plan, string fence, Person person, string reason, Estate estate)
    {
        var standing = StepDuties.Standing(run).ToList();
        if (standing.FirstOrDefault(duty => duty.Of is var (_, step) && (duty.Step == fence || step == fence)) is { Of: var (of, name) })
        {
            return new AnswerResult(false, "no-duty", $"Run {of} has left it; close it there, and it is closed here: dro drill settle {of} {name}.");
        }

        var open = Unfenced.Behind(plan, run).Concat(standing.Where(duty => duty.Of is null).Select(duty => duty.Step)).ToList();
        if (!open.Contains(fence))
        {
            return new AnswerResult(
                false, "no-duty", $"Run {run.Run} has no duty of that name; {(open.Count == 0 ? "none is open" : $"open: {string.Join(", ", open)}")}.");
        }

        if (!person.Has(PersonRole.Approver, run.Opened.Text("mode")))
        {
            return new AnswerResult(false, "role-missing", $"Closing a duty is for approver; {person.Id} has: {string.Join(", ", person.Roles.Select(Roles.Word))}.");
        }

        return JudgeSecond(run, fence, person, estate) ?? (string.IsNullOrWhiteSpace(reason) ? new AnswerResult(false, "reason-missing", "Say why nothing is left to do; it goes on record.") : null);
    }

    /// <summary>Null where the person is a second one to those who own the run: the one that left the duty, and each that took it over.</summary>
    internal static AnswerResult? JudgeSecond(DrillRun run, string fence, Person person, Estate estate)
    {
        if (Hands.NotSecondTo(run, person, estate) is { } hand)
        {
            return hand;
        }

        if (estate.RequiresIndependentTokens && Shared(run, person, estate) is { } shared)
        {
            return shared.Refusal($"settle:{fence}");
        }

        return Hands.Owns(run, person.Id, estate) ? new AnswerResult(false, "own-run", $"{person.Id} asked for this run or wrote its plan; somebody else must close its duty.") : null;
    }
}
