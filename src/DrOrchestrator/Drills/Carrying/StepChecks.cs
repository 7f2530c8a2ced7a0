using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Drills.People;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Drills.Carrying;

/// <summary>
/// <c>check:</c> of a step: a second person says that its result is right before anything goes on from it. Asked once the outcome is on record, by a name that says which attempt,
/// so that a crash asks it once. After each "go on" of an operator the second person looks once more: what was refused before was about the world before.
/// </summary>
internal static class StepChecks
{
    /// <summary>The kind of its question.</summary>
    public const string Kind = "check";

    /// <summary>False while a step that is done waits for its check; true for every other step.</summary>
    public static bool IsBehind(DrillRun run, PlanStep step) =>
        step.Check is null || (run.QuestionOf(Item(run, step)) is { } question && run.Settled(question) is true);

    /// <summary>Passed once it is confirmed (or none is asked for); a refusal, or nobody in time, fails the step.</summary>
    public static async Task<StageResult> AskAsync(RunSession run, PlanStep step, CancellationToken cancellationToken)
    {
        if (step.Check is not { } check)
        {
            return StageResult.Passed;
        }

        var item = Item(run.State, step);
        return await Questions.AskAsync(run, new QuestionDraft(Kind, item, step.Name, check.Role, 1, check.Text, check.Within), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Neither number ever falls, so that no two questions have one name.</summary>
    private static string Item(DrillRun run, PlanStep step) => Questions.Item($"{Kind}:{step.Name}", run.Step(step.Name).Attempts + StepRunner.Granted(run, step));
}
