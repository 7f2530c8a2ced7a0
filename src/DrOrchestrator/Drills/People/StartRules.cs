using System.Text.Json.Nodes;
using DrOrchestrator.Drills.Carrying;
using DrOrchestrator.Drills.Duties;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Estates;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Drills.People;

/// <summary>What may be started, by whom and by what; and what the opening line of a run says. Pure.</summary>
internal static class StartRules
{
    /// <summary>Null when the run may be opened; otherwise why not.</summary>
    /// <param name="inForce">All plans.</param>
    public static StartResult.Refused? Judge(StartRequest request, Plan plan, Estate estate, IStepKindCatalog kinds, IEnumerable<Plan> inForce)
    {
        if (request.Scheduled is not null && (request.Mode is RunMode.Real || plan.Approvals.Count == 0))
        {
            return new("never-scheduled", request.Mode is RunMode.Real ? "A real switch never starts from a calendar." : $"Plan '{plan.Name}' has no approvals; a calendar only opens runs that wait for one.");
        }

        if (!plan.Modes.Contains(request.Mode))
        {
            return new("mode-not-offered", $"Plan '{plan.Name}' cannot run as {JournalJson.Word(request.Mode)}; it offers: {string.Join(", ", plan.Modes.Select(JournalJson.Word))}.");
        }

        if (request is { Mode: RunMode.Real, Source: StartSource.Schedule })
        {
            return new("not-by-schedule", $"A schedule asks for plan '{plan.Name}' as real; a real incident is declared by a person, never by a calendar.");
        }

        if (!request.Requester.Has(PersonRole.Operator, JournalJson.Word(request.Mode)))
        {
            return new("not-allowed", $"{request.Requester.Id} is no operator{(request.Requester.Roles.Contains(PersonRole.Operator) ? $" of {JournalJson.Word(request.Mode)} runs" : "")}; only operators ask for runs.");
        }

        if (request.Mode is RunMode.Real && string.IsNullOrWhiteSpace(request.Reason))
        {
            return new("reason-missing", "A real run needs a reason; it goes on record.");
        }

        if (request.Closes is null && RunModes.TouchesProduction(request.Mode) && Lifting(plan, kinds).FirstOrDefault() is ({ } lifts, var plans))
        {
            return new("closes-missing", $"Step '{lifts.Name}' of plan '{plan.Name}' lifts the fence that an earlier run left; name that run (--closes RUN). It is a run of: {string.Join(", ", plans)}.");
        }

        // The estate may have changed since the plan was read: what was an isolated site then may serve now.
        return request.Mode is RunMode.Rehearsal && Rehearsals.Problems(plan, estate, kinds, inForce).FirstOrDefault() is { } problem
            ? new("rehearsal-target", $"Plan '{plan.Name}' is not fit for a rehearsal: step '{problem.Step}': {problem.Found}. {problem.Remedy}")
            : null;
    }

    /// <summary>Whether a run may close the duties of an earlier one; null when it may.</summary>
    public static StartResult.Refused? JudgeClosing(StartRequest request, Plan plan, DrillRun earlier, IStepKindCatalog kinds)
    {
        var why = earlier switch
        {
            { Sequence: 0 } => $"there is no run {earlier.Run}",
            { Closed: null } => $"run {earlier.Run} is not closed",
            { ClosedByRun: { } by } => $"run {by} has closed its duties already",
            _ when earlier.Closed.Text("outcome") != RunOutcome.SwitchedNotReturned => $"run {earlier.Run} ended as {earlier.Closed.Text("outcome")}, not as {RunOutcome.SwitchedNotReturned}",
            _ when earlier.Opened.Texts("systems").Except(plan.Systems).FirstOrDefault() is { } missed => $"plan '{plan.Name}' does not touch system '{missed}'",
            _ when Lifting(plan, kinds).FirstOrDefault(lifting => !lifting.Plans.Contains(earlier.Opened.Text("plan"))) is ({ } lifts, var plans) =>
                $"its step '{lifts.Name}' lifts a fence of {string.Join(" or ", plans)}, and run {earlier.Run} was carried by '{earlier.Opened.Text("plan")}'",
            _ when !RunModes.TouchesProduction(request.Mode) => $"a {JournalJson.Word(request.Mode)} switches nothing back",
            _ => null,
        };
        return why is null ? null : new("not-closable", $"A run of plan '{plan.Name}' cannot close the duties of run {earlier.Run}: {why}.");
    }

    /// <summary>Steps that end the fence of an earlier run, and the plans whose run that may be.</summary>
    private static IEnumerable<(PlanStep Step, IReadOnlyList<string> Plans)> Lifting(Plan plan, IStepKindCatalog kinds) =>
        from step in plan.AllSteps
        where kinds.Steps.TryGetValue(step.Kind, out var shape) && shape.EndsEarlierFenceOf is not null
        select (step, step.Parameters.Texts(kinds.Steps[step.Kind].EndsEarlierFenceOf!));

    /// <summary>The opening line.</summary>
    public static JsonObject Opened(StartRequest request, Plan plan, Estate estate, DrillRun? earlier)
    {
        var opened = new JsonObject
        {
            ["plan"] = plan.Name,
            ["planFile"] = plan.File,
            ["planHash"] = plan.Hash,
            ["planVersion"] = plan.Version,
            ["estateHash"] = estate.Hash,
            ["mode"] = JournalJson.Word(request.Mode),
            ["kind"] = JournalJson.Word(plan.Kind),
            ["strength"] = estate.IsSandbox ? "sandbox" : JournalJson.Word(request.Mode),
            ["systems"] = JournalJson.Array(plan.Systems),
            ["requester"] = request.Requester.Id,
            ["requesterIs"] = estate.PrincipalOf(request.Requester.Id),
            ["requesterToken"] = request.Requester.TokenId,
            [Hands.RequesterMakers] = JournalJson.Array(request.Requester.TokenMakers),
            ["requesterSimulated"] = request.Requester.Simulated,
            ["startedBy"] = request.Source.ToString().ToLowerInvariant(),
            ["authors"] = JournalJson.Array(plan.Authors),
            ["reason"] = request.Reason,
            ["pointsOfNoReturn"] = JournalJson.Array(plan.AllSteps.Where(step => step.PointOfNoReturn).Select(step => step.Name)),
            ["longestEndSeconds"] = Math.Round(plan.AllSteps.Sum(step => step.Timeout.TotalSeconds * (1 + step.Retries)), 3),
        };
        if (!request.Requester.TokenMakersKnown)
        {
            opened["requesterTokenMakersKnown"] = false;
        }

        if (request.Scheduled is { } fire)
        {
            opened["scheduled"] = fire.ToJson();
        }

        if (earlier is not null)
        {
            opened["closes"] = earlier.Run;
            opened["closesDuties"] = JournalJson.Array(earlier.BroughtHomeBy is null ? earlier.Closed!.Texts("duties") : StepDuties.Standing(earlier).Select(duty => duty.Text));
        }

        return opened;
    }
}
