using System.Text.Json.Nodes;
using DrOrchestrator.Drills.Gates;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Drills.People;
using DrOrchestrator.Drills.Results;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Drills.Carrying;

/// <summary>The stages around the steps: gates, approvals, and the three checks of steady state.</summary>
public sealed class DrillStages(GateKinds gates, SteadyStateKinds steadyState, LossNow loss, IRehearsalProof rehearsals)
{
    private static readonly TimeSpan ServicePatience = TimeSpan.FromSeconds(10);

    /// <summary>What was put back may have to start first.</summary>
    private static readonly TimeSpan UndonePatience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ServiceLook = TimeSpan.FromMilliseconds(500);

    /// <summary>All gates, live; all results on record, then the worst decides. Passed once something came after them; a round that a crash cut off is read again whole.</summary>
    internal async Task<StageResult> GatesAsync(RunSession run, CancellationToken cancellationToken)
    {
        if (run.State.Reached(DrillPhase.Approvals) && run.State.Phase != DrillPhase.Gates)
        {
            return StageResult.Passed;
        }

        if (!RunModes.Reads(run.State.Mode))
        {
            return await NameChecksAsync(run, cancellationToken).ConfigureAwait(false);
        }

        return await CheckGatesAsync(run, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The plan's approvals; where people (or a crash) took longer than a gate's result stays good, the gates are read again. Passed once the steps have begun.</summary>
    internal async Task<StageResult> ApprovalsAsync(RunSession run, CancellationToken cancellationToken)
    {
        if (run.State.Reached(DrillPhase.Steps))
        {
            return StageResult.Passed;
        }

        await EnterOnceAsync(run, DrillPhase.Approvals, cancellationToken).ConfigureAwait(false);
        var irreversible = run.Plan.AllSteps.Where(step => step.PointOfNoReturn).Select(step => step.Name).ToList();
        foreach (var approval in run.Plan.Approvals)
        {
            var text = $"Run plan '{run.Plan.Name}' on {string.Join(", ", run.Plan.Systems)}, asked by {run.State.Requester}: {run.State.Opened.Text("reason")}";
            text = run.State.Opened.OptionalText(AnswerChances.Key) is { } nobody ? $"NOBODY MAY GIVE IT: {nobody} {text}" : text;
            text = run.State.QuestionOf(approval.Name) is null ? loss.With(text, run.Plan, run.State.Mode, step: null) : text;
            var result = await Questions.AskAsync(
                run, "approval", approval.Name, null, approval.Role, approval.Quorum, text, approval.Deadline, cancellationToken, irreversible).ConfigureAwait(false);
            if (result is not StageResult.Done)
            {
                return result;
            }
        }

        // Whoever lets a stopped run go on does so over the world as it is then.
        return RunModes.Reads(run.State.Mode) && (run.Time.GetUtcNow() - run.State.GatesAt > LeaseClaim.ResumeWithin || run.State.WentOnAt > run.State.GatesAt)
            ? await CheckGatesAsync(run, cancellationToken).ConfigureAwait(false)
            : StageResult.Passed;
    }

    /// <summary>Steady state before the first effect.</summary>
    internal Task<StageResult> SteadyBeforeAsync(RunSession run, CancellationToken cancellationToken) =>
        run.State.Reached(DrillPhase.Steps)
            ? Task.FromResult(StageResult.Passed)
            : SteadyAsync(run, DrillPhase.SteadyBefore, new("steady state before the switch does not hold", RunOutcome.Aborted, FailurePolicy.Close), cancellationToken);

    /// <summary>Steady state at the new side.</summary>
    internal Task<StageResult> SteadyAfterAsync(RunSession run, CancellationToken cancellationToken) =>
        run.State.Reached(DrillPhase.WayBack) || run.State.Reached(DrillPhase.SteadyBack)
            ? Task.FromResult(StageResult.Passed)
            : SteadyAsync(run, DrillPhase.SteadyAfter, new("steady state after the switch does not hold", RunOutcome.Failed, RunModes.After(run.State.Mode, null)), cancellationToken);

    /// <summary>Steady state after the way back.</summary>
    internal Task<StageResult> SteadyBackAsync(RunSession run, CancellationToken cancellationToken) =>
        run.State.Reached(DrillPhase.Measuring) || run.Plan.WayBack.Count == 0
            ? Task.FromResult(StageResult.Passed)
            : SteadyAsync(run, DrillPhase.SteadyBack, new("steady state after the way back does not hold", RunOutcome.SwitchedNotReturned, run.State.Mode is RunMode.Real ? FailurePolicy.Ask : FailurePolicy.Close), cancellationToken);

    /// <summary>
    /// Whether the service is there now, by the plan's steady-state checks; null where the plan has none. A service that has just been moved gets a moment to answer. The
    /// results that decide are on record.
    /// </summary>
    internal async Task<ServiceCheck?> ServiceAsync(RunSession run, CancellationToken cancellationToken)
    {
        if (run.Plan.SteadyState.Count == 0)
        {
            return null;
        }

        var patience = run.State.Reached(DrillPhase.RollingBack) ? UndonePatience : ServicePatience;
        var results = await LookAsync(run, run.Plan.SteadyState, run.Time.GetTimestamp(), patience, cancellationToken).ConfigureAwait(false);
        foreach (var result in results)
        {
            await run.WriteAsync(new JournalDraft(JournalKinds.Steady, "system", JournalJson.Gate(result)), cancellationToken).ConfigureAwait(false);
        }

        var missed = results.Find(result => !result.Passed);
        return new ServiceCheck(missed is null, missed is null ? "steady state holds" : $"{missed.Check}: {missed.Value}");
    }

    /// <summary>The results that decide: those that all pass, or the last ones of the patience.</summary>
    /// <param name="began">Timestamp since when the patience runs.</param>
    private async Task<List<GateResult>> LookAsync(RunSession run, IReadOnlyList<PlanCheck> checks, long began, TimeSpan patience, CancellationToken cancellationToken)
    {
        while (true)
        {
            var results = new List<GateResult>();
            foreach (var check in checks)
            {
                results.AddRange(await steadyState.Find(check.Kind).CheckAsync(check.Parameters, run.Plan, run.Estate, cancellationToken).ConfigureAwait(false));
            }

            if (results.TrueForAll(result => result.Passed) || run.Time.GetElapsedTime(began) >= patience)
            {
                return results;
            }

            await Task.Delay(ServiceLook, run.Time, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<StageResult> CheckGatesAsync(RunSession run, CancellationToken cancellationToken)
    {
        await run.EnterAsync(DrillPhase.Gates, cancellationToken).ConfigureAwait(false);
        var frozen = NoFreeze.Check(run.Estate, run.Plan.Systems, run.State.Opened.Text("mode"), run.Time.GetUtcNow());
        var powerless = run.State.Mode is RunMode.Rehearsal && run.Plan.Live is { } live ? await rehearsals.TryAsync(run.Plan, live, run.Estate, cancellationToken).ConfigureAwait(false) : [];
        foreach (var result in frozen.Concat(powerless).Concat(await PlanGates.ReadAsync(gates, run.Plan, run.Estate, run.State.Mode is RunMode.Real, run.Time, cancellationToken).ConfigureAwait(false)))
        {
            await run.WriteAsync(new JournalDraft(JournalKinds.Gate, "system", JournalJson.Gate(result)), cancellationToken).ConfigureAwait(false);
        }

        if (run.State.Mode is RunMode.Real)
        {
            return await GateOverrides.AskAsync(run, cancellationToken).ConfigureAwait(false);
        }

        return run.State.Gates.FirstOrDefault(gate => !gate.Passed) is { } failed
            ? new StageResult.Failed(
                $"gate '{failed.Check}' does not pass: found {failed.Value}, asked {failed.Limit} (source {failed.Source}). {failed.Remedy}",
                RunOutcome.Aborted,
                FailurePolicy.Close)
            : StageResult.Passed;
    }

    /// <summary>A tabletop says what would be looked at, and looks at nothing.</summary>
    private static async Task<StageResult> NameChecksAsync(RunSession run, CancellationToken cancellationToken)
    {
        await run.EnterAsync(DrillPhase.Gates, cancellationToken).ConfigureAwait(false);
        foreach (var (what, check) in run.Plan.Gates.Select(check => ("gate", check)).Concat(run.Plan.SteadyState.Select(check => ("steady state", check))).Concat(run.Plan.Guardrails.Select(rail => ("guardrail", rail.Check))))
        {
            var data = new JsonObject { ["what"] = what, ["check"] = check.Kind, ["with"] = check.Parameters.Values.DeepClone() };
            await run.WriteAsync(new JournalDraft(JournalKinds.WouldCheck, "system", data), cancellationToken).ConfigureAwait(false);
        }

        return StageResult.Passed;
    }

    private async Task<StageResult> SteadyAsync(RunSession run, string phase, StageResult.Failed otherwise, CancellationToken cancellationToken)
    {
        await EnterOnceAsync(run, phase, cancellationToken).ConfigureAwait(false);
        var patience = phase == DrillPhase.SteadyBefore ? TimeSpan.Zero : ServicePatience;
        var began = run.Time.GetTimestamp();
        foreach (var check in RunModes.Reads(run.State.Mode) ? run.Plan.SteadyState : [])
        {
            // What has just been moved gets a moment, as it does when it is asked whether anybody serves: one look that came too early ends no drill. What decides is on record.
            foreach (var result in await LookAsync(run, [check], began, patience, cancellationToken).ConfigureAwait(false))
            {
                await run.WriteAsync(new JournalDraft(JournalKinds.Steady, "system", JournalJson.Gate(result)), cancellationToken).ConfigureAwait(false);

                // That the service is down is why a real run is made; it is on record.
                if (!result.Passed && !(run.State.Mode is RunMode.Real && phase == DrillPhase.SteadyBefore))
                {
                    return otherwise with { Reason = $"{otherwise.Reason}: {result.Check}: found {result.Value}, asked {result.Limit}" };
                }
            }
        }

        return StageResult.Passed;
    }

    private static Task EnterOnceAsync(RunSession run, string phase, CancellationToken cancellationToken) =>
        run.State.Phase == phase ? Task.CompletedTask : run.EnterAsync(phase, cancellationToken);
}

/// <summary>Whether the service of a run's systems is there.</summary>
/// <param name="Finding">What was seen, in words.</param>
internal sealed record ServiceCheck(bool Serves, string Finding);
