using System.Text.Json.Nodes;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Carrying;
using DrOrchestrator.Drills.Journals;

namespace DrOrchestrator.Tests.Drills.Journals;

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

    /// <summary>The newest moment at which a request without a clear answer may have left: what it would act on again waits for it.</summary>
    [Theory]
    [InlineData("intent done", null)]
    [InlineData("intent unknown", 2)]
    [InlineData("intent happened done", null, "a crash, and the one request is seen to have acted")]
    [InlineData("intent cannot-happen done", 2, "sent once more: the first one may come late")]
    [InlineData("intent cannot-happen happened done", 3, "a second crash: one of the two has acted, and which one nobody knows")]
    [InlineData("intent unknown happened done", 3)]
    [InlineData("intent done cannot-happen", null, "a look at what is done sends nothing")]
    public void Apply_RequestsOfAStep_SaysWhenOneWithoutAnAnswerMayHaveLeft(string lines, int? second, string because = "")
    {
        var progress = new StepProgress();
        foreach (var (line, i) in lines.Split(' ').Select((line, i) => (line, i + 1)))
        {
            progress.Apply(line is "intent" ? Line(i, JournalKinds.Intent, 1) : line is "done" or "unknown" ? Line(i, JournalKinds.Outcome, 1, line) : Line(i, JournalKinds.Observed, 1, line));
        }

        progress.UnansweredAt.Should().Be(second is { } at ? Began.AddSeconds(at) : null, because);
    }

    /// <summary>The undo's own request, too, is one that may come late.</summary>
    [Theory]
    [InlineData(1, "done", null)]
    [InlineData(1, "failed", 4)]
    [InlineData(2, "done", 4, "its owner was gone, and it went out again")]
    [InlineData(2, StepRecords.NotBegun, null)]
    public void Apply_UndoWithoutAClearAnswer_SaysWhenItMayHaveLeft(long epoch, string outcome, int? second, string because = "")
    {
        var progress = new StepProgress();
        progress.Apply(Line(1, JournalKinds.Intent, 1));
        progress.Apply(Line(2, JournalKinds.Outcome, 1, "done"));
        progress.Apply(Line(3, JournalKinds.UndoIntent, 1));

        progress.Apply(Line(4, JournalKinds.UndoOutcome, 1, outcome) with { Epoch = epoch });

        progress.UnansweredAt.Should().Be(second is { } at ? Began.AddSeconds(at) : null, because);
    }

    private static readonly DateTimeOffset Began = new(2026, 11, 27, 8, 0, 0, TimeSpan.Zero);

    private static JournalEntry Line(long sequence, string kind, int attempt, string? word = null) =>
        new(sequence, Began.AddSeconds(sequence), 1, "system", kind, "s", attempt, word is null ? [] : new JsonObject { [kind is JournalKinds.Observed ? "answer" : "outcome"] = word });
}
