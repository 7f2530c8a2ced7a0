using System.Text.Json.Nodes;
using DrOrchestrator.Drills.Carrying;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Drills.People;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Drills.Duties;

/// <summary>
/// Promotion without a fence. In a drill there is none, whoever asks. In a real incident the site that would have to prove itself fenced may be gone with its power: two people may
/// then set the proof aside for one promotion of one run; the record says "promoted without a fence", and the duty to fence the old side stays open.
/// </summary>
internal static class Unfenced
{
    /// <summary>What is set aside for a promotion.</summary>
    public static string Subject(PlanStep promotion) => $"unfenced:{promotion.Name}";

    /// <summary>Passed where two people have said so; in a drill refused at once.</summary>
    /// <param name="missing">What is missing of the proof, in words.</param>
    public static async Task<StageResult> PermitAsync(RunSession run, PlanStep promotion, string missing, CancellationToken cancellationToken)
    {
        if (!IsOffered(run))
        {
            return new StageResult.Failed(missing, RunOutcome.Failed, FailurePolicy.Rollback, promotion.Name);
        }

        if (GivenAt(run, promotion) is not null)
        {
            return StageResult.Passed;
        }

        // Asked once more after each "try again": what was refused before was about the world before.
        var fence = run.Plan.AllSteps.First(step => step.Name == promotion.Promotes!.FencedBy);
        var again = 2 + StepRunner.Granted(run, fence) + StepRunner.Granted(run, promotion);
        var what = $"step '{promotion.Name}' would promote {promotion.Promotes!.System} at {promotion.Site} without a fence: the old side at {fence.Site} may still write, and two sides may diverge ({missing})";
        return await Overrides.AskAsync(run, Subject(promotion), again - 1, promotion.Name, what, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// A fence that failed for good in a real incident: whether the run may go past it. Null where that is nobody's to say (a drill, or a step that fences no promotion still to come).
    /// </summary>
    public static async Task<StageResult?> PassOverAsync(RunSession run, PlanStep fence, string reason, CancellationToken cancellationToken)
    {
        if (!IsOffered(run) || Promotions(run, fence) is not { Count: > 0 } promotions)
        {
            return null;
        }

        foreach (var promotion in promotions)
        {
            var asked = await PermitAsync(run, promotion, $"its fence '{fence.Name}' failed: {reason}", cancellationToken).ConfigureAwait(false);
            if (asked is not StageResult.Done)
            {
                return asked is StageResult.Failed refused ? refused with { Reason = $"step '{fence.Name}' failed: {reason}; {refused.Reason}", Step = fence.Name } : asked;
            }
        }

        return StageResult.Passed;
    }

    /// <summary>Whether people have said that the run goes on past a fence that failed. Behind a promotion without it, it holds nothing up any more: it is a duty (<see cref="LateFences"/>).</summary>
    public static bool IsPassedOver(RunSession run, PlanStep step) =>
        IsOffered(run)
        && Promotions(run, step) is { Count: > 0 } promotions
        && promotions.TrueForAll(promotion => IsUnfenced(run.State, promotion) || (StepRunner.IsSpent(run, step) && GivenAt(run, promotion) is not null));

    /// <summary>When two people last said that this promotion may go without its fence, about the old side as it is since it last began to answer; null where they have not.</summary>
    public static DateTimeOffset? GivenAt(RunSession run, PlanStep promotion) => Overrides.GivenAt(run.State, Subject(promotion), run.State.Step(promotion.Promotes!.FencedBy).AnsweredWith);

    /// <summary>Fences that are still missing behind promotions of the run, by name: not carried out since, not proved since, not settled by a person.</summary>
    public static IEnumerable<string> Behind(Plan plan, DrillRun run) =>
        (from promotion in plan.AllSteps
         where promotion.Promotes is not null && IsUnfenced(run, promotion)
         let fence = run.Step(promotion.Promotes!.FencedBy)
         where !fence.HeldLate && !(fence.State is StepState.Done && fence.EndedWith > run.Step(promotion.Name).EndedWith) && !run.SettledDuties.Contains(promotion.Promotes!.FencedBy)
         select promotion.Promotes!.FencedBy).Distinct();

    /// <summary>The line that says that the old side answers, and that its fence is carried out for it.</summary>
    public static JournalDraft Answers(PlanStep fence, string reason) => new(JournalKinds.FenceAnswers, "system", new JsonObject { ["site"] = fence.Site, ["reason"] = reason }, fence.Name);

    private static bool IsUnfenced(DrillRun run, PlanStep promotion) => run.Step(promotion.Name) is { Unfenced: true, State: StepState.Done };

    /// <summary>Only a real incident may go without a fence.</summary>
    public static bool IsOffered(RunSession run) => run.State.Opened.Text("mode") == JournalJson.Word(RunMode.Real);

    private static List<PlanStep> Promotions(RunSession run, PlanStep fence) => [.. run.Plan.AllSteps.Where(step => step.Promotes?.FencedBy == fence.Name)];
}
