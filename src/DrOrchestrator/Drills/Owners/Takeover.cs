using System.Text.Json.Nodes;
using DrOrchestrator.Drills.Carrying;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Drills.Stops;
using DrOrchestrator.Estates;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Drills.Owners;

/// <summary>
/// What a new owner of a run writes first, and whether it may go on (blueprint, section 6: a crash is no failed step). Pure. It goes on alone after a short gap, where the world is as journalled (<see cref="WorldCheck"/>); after a
/// longer one, in the middle of the steps, a person looks at the world first. Before the steps the gates are read again instead.
/// </summary>
internal static class Takeover
{
    private const string Kind = "resume";

    /// <summary>Lines that go with the claim, in its transaction.</summary>
    /// <param name="estate">The one in force.</param>
    public static IReadOnlyList<JournalDraft> FirstLines(LeaseClaim claim, string owner, Estate estate, DrillRun run)
    {
        var estateHash = estate.Hash;
        var lines = new List<JournalDraft>();
        if (claim.PreviousOwner != owner)
        {
            var leased = new JsonObject
            {
                ["owner"] = owner,
                ["epoch"] = claim.Epoch,
                ["takeover"] = claim.PreviousOwner is not null,
                ["gapSeconds"] = Math.Round(claim.Gap.TotalSeconds, 3),
                ["estateHash"] = estateHash,
            };
            if (claim.AtLeast != claim.AtMost)
            {
                // A clock was set meanwhile: how far the figure can be trusted stands beside it.
                leased["gapAtLeastSeconds"] = Math.Round(claim.AtLeast.TotalSeconds, 3);
                leased["gapAtMostSeconds"] = Math.Round(claim.AtMost.TotalSeconds, 3);
            }

            lines.Add(new JournalDraft(JournalKinds.Leased, "system", leased));
        }

        // A run that is stopped does not go on: whoever lets it go on has looked.
        if (claim.PreviousOwner is null || !run.Reached(DrillPhase.Steps) || run.Stop is { Kind: not StopKind.Pause })
        {
            return lines;
        }

        // A run that was let go to wait for a person had nothing in flight, and the answer that brings it back is fresh. One that "waits" because the engine failed is carried.
        var gap = !claim.LetGo && run.Stop is null && claim.AtMost > LeaseClaim.ResumeWithin ? $"Nobody carried this run for {Durations.Format(TimeSpan.FromSeconds(Math.Round(claim.AtMost.TotalSeconds)))}." : null;
        var changed = claim.PreviousOwner != owner && run.EstateHash != estateHash ? Changed(run, estate) : null;
        if ((gap ?? changed) is { } why)
        {
            lines.Add(Asks(claim.Epoch, why));
        }

        return lines;
    }

    private static string Changed(DrillRun run, Estate estate) => StandingWords.Lapsed(run, estate).Select(word => $"approval '{word.Item}': {word.Why}").ToList() is { Count: > 0 } lapsed
        ? $"The estate was changed while this run was under way: {string.Join("; ", lapsed)}."
        : "The estate was changed while this run was under way.";

    /// <summary>The line that asks whether to go on.</summary>
    /// <param name="why">A sentence with its full stop.</param>
    public static JournalDraft Asks(long epoch, string why) => new(
        JournalKinds.Asked,
        "system",
        JournalJson.Question(Kind, FormattableString.Invariant($"resume:{epoch}"), "operator", 1, $"{why} Look who serves now, then confirm to go on from the journal or refuse to abort.", null, []));

    /// <summary>The answer of somebody who did not let it go on, which nothing has followed from yet; null otherwise. It is an abort by that person.</summary>
    public static GivenAnswer? Refused(DrillRun run) =>
        run.Questions.Where(question => question.Kind == Kind).SelectMany(question => run.AnswersTo(question.Item)).FirstOrDefault(answer => !answer.Confirmed && answer.Sequence > run.AbortedWith);

    /// <summary>The line of that abort.</summary>
    public static JournalDraft Abort(GivenAnswer refused) =>
        new(JournalKinds.AbortAsked, refused.Person, new JsonObject { ["reason"] = $"refused to resume: {refused.Note}", ["item"] = refused.Item });

    /// <summary>Null where nothing is asked any more.</summary>
    public static StageResult? Answered(DrillRun run) =>
        run.Questions.FirstOrDefault(question => question.Kind == Kind && run.Settled(question) is null) is { } open ? new StageResult.Waits($"resume '{open.Item}' by {open.Role}", null) : null;
}
