using DrOrchestrator.Commands;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Drills.People;

/// <summary>
/// Whether this server may start what the steps of a plan start: found out before a drill begins, and not at the step. In a disaster a run begins all the same; the step then fails
/// without effect and people are asked.
/// </summary>
internal static class ProgramRules
{
    /// <summary>Null when all of them may be started.</summary>
    public static StartResult.Refused? Judge(RunMode mode, Plan plan, IStepKindCatalog kinds, AllowedCommands allowed)
    {
        if (!RunModes.Reads(mode) || mode is RunMode.Real)
        {
            return null;
        }

        var steps = mode is RunMode.Rehearsal ? Rehearsals.Of(plan).AllSteps.Where(step => step.Rehearsal is not { Skip: true }) : plan.AllSteps;
        var refused = (from step in steps
                       from program in PlanPrograms.Of(step, kinds)
                       let why = allowed.Refusal(program)
                       where why is not null
                       select (step.Name, Why: why)).ToList();
        return refused.Count == 0 ? null : new("program-not-allowed", $"Plan '{plan.Name}' cannot run here: {string.Join("; ", refused.Select(one => $"step '{one.Name}': {one.Why}"))}.");
    }
}
