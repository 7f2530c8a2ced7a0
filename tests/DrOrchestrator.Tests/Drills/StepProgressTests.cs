using System.Text.Json.Nodes;
using DrOrchestrator.Drills;

namespace DrOrchestrator.Tests.Drills;

public sealed class StepProgressTests
{
    [Fact]
    public void Apply_AttemptOfWhichNothingWasSent_LeavesTheOneBeforeTheNewest()
    {
        var progress = new StepProgress();
        progress.Apply(Line(10, JournalKinds.Intent, 1));
        progress.Apply(Line(11, JournalKinds.Outcome, 1, "done"));
        progress.Apply(Line(20, JournalKinds.Intent, 2));

        progress.Apply(Line(21, JournalKinds.Outcome, 2, StepRecords.NotBegun));

        (progress.State, progress.BegunWith, progress.NotCounted).Should().Be((StepState.Done, 10, 1));
    }

    [Fact]
    public void Apply_OnlyAttemptSentNothing_HasNeverBegun()
    {
        var progress = new StepProgress();
        progress.Apply(Line(10, JournalKinds.Intent, 1));

        progress.Apply(Line(11, JournalKinds.Outcome, 1, StepRecords.NotBegun));

        (progress.State, progress.BegunWith).Should().Be((StepState.Pending, 0));
    }

    private static JournalEntry Line(long sequence, string kind, int attempt, string? outcome = null) =>
        new(sequence, new DateTimeOffset(2026, 11, 27, 8, 0, 0, TimeSpan.Zero), 1, "system", kind, "s", attempt, outcome is null ? [] : new JsonObject { ["outcome"] = outcome });
}
