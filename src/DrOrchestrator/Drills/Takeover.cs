using System.Text.Json.Nodes;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Drills;

/// <summary>
/// What a new owner of a run writes first, and whether it may go on (blueprint, section 6: a crash is no failed step). Pure. It goes on alone after a short gap; after a
/// longer one, in the middle of the steps, a person looks at the world first. Before the steps the gates are read again instead.
/// </summary>
internal static class Takeover
{
    private const string Kind = "resume";

    /// <summary>Lines that go with the claim, in its transaction.</summary>
    public static IReadOnlyList<JournalDraft> FirstLines(LeaseClaim claim, string owner, DrillRun run)
    {
        var lines = new List<JournalDraft>();
        if (claim.PreviousOwner != owner)
        {
            var leased = new JsonObject
            {
                ["owner"] = owner,
                ["epoch"] = claim.Epoch,
                ["takeover"] = claim.PreviousOwner is not null,
                ["gapSeconds"] = Math.Round(claim.Gap.TotalSeconds, 3),
            };
            lines.Add(new JournalDraft(JournalKinds.Leased, "system", leased));
        }

        // A run that waited for a person had nothing in flight, and the answer that brings it back is fresh.
        var inFlight = run.Reached(DrillPhase.Steps) && run.WaitingFor is null;
        if (claim.PreviousOwner is not null && inFlight && claim.Gap > LeaseClaim.ResumeWithin)
        {
            var gap = Durations.Format(TimeSpan.FromSeconds(Math.Round(claim.Gap.TotalSeconds)));
            var text = $"Nobody carried this run for {gap}. Look who serves now, then confirm to go on from the journal or refuse to abort.";
            lines.Add(new JournalDraft(JournalKinds.Asked, "system", JournalJson.Question(Kind, $"resume-{claim.Epoch}", "operator", 1, text, null, [])));
        }

        return lines;
    }

    /// <summary>Null where nothing was asked or everybody said "go on".</summary>
    public static StageResult? Answered(DrillRun run)
    {
        var asked = run.Questions.Where(question => question.Kind == Kind).ToList();
        return asked.Exists(question => run.Settled(question) is false)
            ? new StageResult.Failed("a person refused to resume the run", RunOutcome.Aborted, FailurePolicy.Close)
            : asked.Find(question => run.Settled(question) is null) is { } open ? new StageResult.Waits($"resume '{open.Item}' by {open.Role}", null)
            : null;
    }
}
