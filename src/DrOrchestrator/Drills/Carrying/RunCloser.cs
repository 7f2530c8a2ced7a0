using System.Text.Json.Nodes;
using DrOrchestrator.Drills.Duties;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Drills.People;
using DrOrchestrator.Drills.Results;
using DrOrchestrator.Estates;
using DrOrchestrator.Evidence;
using DrOrchestrator.Plans;
using DrOrchestrator.RecoveryPoints;
using Microsoft.Extensions.Logging;

namespace DrOrchestrator.Drills.Carrying;

/// <summary>Ends a run: stops its canaries, measures what it demonstrated, writes the closing record (which releases the locks) and has the log signed.</summary>
public sealed class RunCloser(StepKinds kinds, RunMeasurer measurer, LinkedDuties linked, ICanaries canaries, IServingSites serving, IDrillJournal journal, IEvidenceLog evidence, ILogger<RunCloser> logger)
{
    internal async Task CloseAsync(
        RunSession run, string outcome, string? reason, RollbackResult? rollback, ServiceCheck? service, CancellationToken cancellationToken)
    {
        await WaitForLateAsync(run, cancellationToken).ConfigureAwait(false);
        await run.Ending.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await EndAsync(run, outcome, reason, rollback, service, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            run.Ending.Release();
        }
    }

    /// <summary>
    /// Waits until no request of the run that nobody has answered can act any more: the next run, which the locks keep out until then, knows nothing of it. Also behind an abort.
    /// </summary>
    private async Task WaitForLateAsync(RunSession run, CancellationToken cancellationToken)
    {
        // What has no end on record yet (its owner died, and then the run was aborted) may have left until now.
        var now = run.Time.GetUtcNow();
        var until = run.Plan.AllSteps.Max(step => (run.State.Step(step.Name) is { State: StepState.Open or StepState.Undoing } ? now : run.State.Step(step.Name).UnansweredAt) + kinds.Find(run.State.Mode, step).ActsLateFor);
        await run.OutwaitAsync(until, cancellationToken).ConfigureAwait(false);
    }

    private async Task EndAsync(RunSession run, string outcome, string? reason, RollbackResult? rollback, ServiceCheck? service, CancellationToken cancellationToken)
    {
        foreach (var leg in CanaryLegs.Running(run.Plan, run.State))
        {
            await canaries.StopAsync(run.Run, leg.Leg, cancellationToken).ConfigureAwait(false);
        }

        await MeasureAsync(run, cancellationToken).ConfigureAwait(false);

        // Whether a run of which every step is done has passed is told here. The earlier records are read once for it: how it ends and what it takes over are of one moment.
        var before = outcome is RunOutcome.Passed ? await linked.ReadAsync(run.Plan, run.State, cancellationToken).ConfigureAwait(false) : null;
        outcome = outcome is RunOutcome.Passed ? EndOf(run, before) : outcome;
        var closed = new JsonObject { ["outcome"] = outcome, ["strength"] = run.State.Opened.Text("strength"), ["simulated"] = run.State.Simulated };
        Participation.Write(closed, run.State, run.Estate);
        if (reason is not null)
        {
            closed["reason"] = reason;
        }

        if (Overrides.Of(run.State).Where(one => one.Kind == Overrides.SharedTokens).ToList() is { Count: > 0 } shared)
        {
            closed[SharedHands.Key] = new JsonArray([.. shared.Select(one => new JsonObject { ["item"] = one.Item, ["text"] = one.Text, ["makers"] = JournalJson.Array(one.Makers), ["reviewed"] = one.Review is not null })]);
        }

        if (rollback is not null)
        {
            closed["rolledBack"] = rollback.StoppedAt is null;
            closed["undone"] = JournalJson.Array(rollback.Undone);
            closed["rollbackStoppedAt"] = rollback.StoppedAt;
        }

        if (outcome is not RunOutcome.Passed)
        {
            closed["fencesHeld"] = JournalJson.Array(FencesHeld(run).Concat(LeftBehind.Fences(run.Plan, run.State, kinds)));
            closed["serving"] = new JsonObject(run.Plan.Systems.Select(system => KeyValuePair.Create<string, JsonNode?>(system, serving.ServingSiteOf(system))));
        }

        if (service is not null)
        {
            closed["serves"] = service.Serves;
            closed["service"] = service.Finding;
        }

        var unfenced = run.Plan.AllSteps.Where(step => step.Promotes is not null && run.State.Step(step.Name) is { Unfenced: true, State: StepState.Done }).Select(step => step.Name).Concat(LeftBehind.Unfenced(run.Plan, run.State)).ToList();
        if (unfenced.Count > 0)
        {
            closed["promotedWithoutFence"] = JournalJson.Array(unfenced);
        }

        // A run that brought the system home speaks for the one it closes; what holds both of them it takes over.
        var own = StepDuties.Open(run.Plan, run.State, kinds);
        var earlier = IsWhole(run, outcome, own) ? before : null;
        IReadOnlyList<LeftDuty> left = [.. own, .. earlier?.TakenOver ?? []];
        StepDuties.Write(closed, left);
        RunFindings.Write(closed, run.Plan, run.State);
        var duties = Duties(run, outcome, service).Concat(FenceDuties(run)).Concat(left.Select(one => one.Text)).Concat(LeftBehind.Duties(run.Plan, run.State)).ToList();
        if (duties.Count > 0)
        {
            closed["duties"] = JournalJson.Array(duties);
        }

        if (earlier is not null)
        {
            // On the earlier records first, where it may be said twice; this run's own end is said once.
            closed["closes"] = earlier.Run;
            closed["dutiesClosed"] = JournalJson.Array(Moved(run).Any() ? [] : await linked.CloseAsync(run.Run, run.State.Opened.Texts("closesDuties"), earlier, cancellationToken).ConfigureAwait(false));
        }

        if (outcome is RunOutcome.Passed && run.State.FenceDuty is { } duty)
        {
            // On the run that left the duty first; it may be said twice, this run's own end is said once.
            var held = new JsonObject { ["site"] = run.StepOf(duty.Step).Site, ["byRun"] = run.Run, ["facts"] = run.State.Step(duty.Step).Outputs?["facts"]?.DeepClone() ?? new JsonArray() };
            await journal.AppendAnswerAsync(duty.Of, new JournalDraft(JournalKinds.FenceHeld, "system", held, duty.Step), _ => null, cancellationToken).ConfigureAwait(false);
        }

        await run.WriteAsync(new JournalDraft(JournalKinds.Closed, "system", closed), cancellationToken).ConfigureAwait(false);
        Log.Closed(logger, run.Run, outcome);
        await evidence.CheckpointAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>What the run demonstrated goes on record, once; a run that touches no production demonstrates nothing of it.</summary>
    internal async Task MeasureAsync(RunSession run, CancellationToken cancellationToken)
    {
        // Without its plan nobody can say what the lines mean.
        if (!run.Plan.AllSteps.Any() || !run.State.Reached(DrillPhase.Steps) || run.State.Measured is not null || !RunModes.TouchesProduction(run.State.Mode))
        {
            return;
        }

        if (!run.State.Reached(DrillPhase.Measuring))
        {
            await run.EnterAsync(DrillPhase.Measuring, cancellationToken).ConfigureAwait(false);
        }

        var measured = RunViews.ToJson(await measurer.MeasureAsync(run.Plan, run.Estate, run.State, cancellationToken).ConfigureAwait(false));
        await run.WriteAsync(new JournalDraft(JournalKinds.Measured, "system", measured), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// How a run ends of which every step is done: while its system is served from elsewhere, or is less safe than it was (its commits wait for nobody), nobody may call it passed, with
    /// or without a way back in its plan, and whether it has made it so or the run that it closes.
    /// </summary>
    private string EndOf(RunSession run, EarlierDuties? earlier) =>
        RunModes.TouchesProduction(run.State.Mode)
        && (run.Plan.AllSteps.Where(step => step.Promotes is not null && run.State.Step(step.Name).State is StepState.Done).Select(step => step.Promotes!.System).Intersect(Moved(run)).Any()
            || StepDuties.Open(run.Plan, run.State, kinds).Any(duty => duty.Holds)
            || earlier is { TakenOver.Count: > 0 })
            ? RunOutcome.SwitchedNotReturned
            : RunOutcome.Passed;

    /// <summary>Whether it has done all of its own: passed, or kept from it by nothing but what the run that it closes has left.</summary>
    private bool IsWhole(RunSession run, string outcome, IReadOnlyList<LeftDuty> own) =>
        outcome is RunOutcome.Passed || (IsHome(run, outcome) && !own.Any(duty => duty.Holds));

    /// <summary>Every step is done and the system is served where it should be; only what a step has left keeps it from having passed.</summary>
    private bool IsHome(RunSession run, string outcome) => outcome is RunOutcome.SwitchedNotReturned && !Moved(run).Any();

    /// <summary>Systems that are served from another site than the estate declares.</summary>
    internal IEnumerable<string> Moved(RunSession run) => run.Plan.Systems.Where(system => serving.ServingSiteOf(system) != run.Estate.FindSystem(system)?.Serving);

    /// <summary>What somebody must do now that no run does it.</summary>
    private IEnumerable<string> Duties(RunSession run, string outcome, ServiceCheck? service)
    {
        if (outcome is RunOutcome.Passed)
        {
            yield break;
        }

        if (IsHome(run, outcome))
        {
            // Home, with a fence at the other side that nothing has lifted: no standby is there.
            if (FencesHeld(run).Any())
            {
                yield return LeftBehind.ReProtect;
            }

            yield break;
        }

        foreach (var step in run.Plan.AllSteps.Where(step => run.State.Step(step.Name).State is StepState.Open or StepState.Unknown or StepState.Undoing))
        {
            yield return LeftBehind.NobodyKnows(step.Name);
        }

        if (service is { Serves: false })
        {
            yield return "restore the service: nobody serves";
        }

        if (!RunModes.TouchesProduction(run.State.Mode))
        {
            yield break;
        }

        // A way back that was done to its end has brought the standby back, at whichever site.
        var reprotected = run.Plan.WayBack.Count > 0 && run.Plan.WayBack.All(step => run.State.Step(step.Name).State is StepState.Done);
        if (FencesHeld(run).Any() || (!reprotected && run.Plan.AllSteps.Any(step => step.Promotes is not null && run.State.Step(step.Name).State is StepState.Done)))
        {
            yield return LeftBehind.ReProtect;
        }

        if (Moved(run).Any())
        {
            yield return "fail back to the declared serving site by a linked run";
        }
    }

    /// <summary>An old side that nobody could fence may come back and write: whatever the outcome, that stays somebody's to prevent.</summary>
    private static IEnumerable<string> FenceDuties(RunSession run) => Unfenced.Behind(run.Plan, run.State).Select(fence => FenceDutyText(run.StepOf(fence)));

    /// <summary>A duty to fence, in words.</summary>
    internal static string FenceDutyText(PlanStep fence) => $"fence {fence.Site} the moment it answers";

    /// <summary>Fences the run leaves behind: begun, not undone, not lifted by a later step.</summary>
    private IEnumerable<string> FencesHeld(RunSession run) =>
        run.Plan.AllSteps
            .Where(step => kinds.Find(step.Kind) is IFenceKind && run.State.Step(step.Name) is { Intent: not null, State: not StepState.Undone })
            .Where(fence => !run.Plan.AllSteps.Any(step =>
                kinds.Find(step.Kind).Shape.LiftsFence is { } lifts && step.Parameters.OptionalText(lifts) == fence.Name && run.State.Step(step.Name).State is StepState.Done))
            .Select(fence => $"{fence.Name} at {fence.Site}");
}
