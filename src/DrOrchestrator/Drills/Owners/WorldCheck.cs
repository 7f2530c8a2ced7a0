using System.Text.Json.Nodes;
using DrOrchestrator.Credentials;
using DrOrchestrator.Drills.Carrying;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Drills.People;
using DrOrchestrator.Drills.Stops;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Drills.Owners;

/// <summary>
/// Whether the world is as the journal has it, before a new owner goes on alone in the middle of the steps (blueprint, section 6). Looks and changes nothing. Each fence that the
/// run holds must be proved, no promotion that is done may be denied by its target, nor any other step whose target shows it still (<see cref="IStandingKind"/>), whoever approved must
/// still be one who may, the guardrails in force must hold, and so must the gates: all of them while no effect was begun, those marked <c>resume: true</c> behind that. What it found is one line; where anything is amiss a person is asked as after a long gap, and nothing further begins.
/// </summary>
public sealed class WorldCheck(StepKinds kinds, GateKinds gates, RunChecks checks, IPersonTokens? tokens = null)
{
    /// <summary>The run stands in the middle of the interruption meanwhile; everything is looked at side by side.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan StandingPatience = TimeSpan.FromSeconds(8);

    /// <summary>Null to go on; otherwise the question that is asked now.</summary>
    internal async Task<StageResult?> LookAsync(RunSession run, CancellationToken cancellationToken)
    {
        if (run.WorldKnown || !run.State.Reached(DrillPhase.Steps) || run.State.Reached(DrillPhase.RollingBack) || run.State.Reached(DrillPhase.Measuring) || !RunModes.Reads(run.State.Mode))
        {
            return null;
        }

        var revoked = tokens is not null && StandingWords.RestOnTokens(run.State) ? await RevokedAsync(tokens, cancellationToken).ConfigureAwait(false) : [];
        var looks = await Task.WhenAll(Looks(run, revoked).Select(look => BoundAsync(run, look.What, look.Look, cancellationToken))).ConfigureAwait(false);
        if (run.State.IsHalted)
        {
            return StageResult.Stopped;
        }

        // Once for this owner: what is found later is found by the steps themselves.
        run.WorldKnown = true;
        if (looks.Length == 0)
        {
            return null;
        }

        var amiss = looks.Where(look => look.Amiss is not null).Select(look => $"{look.What}: {look.Amiss}").ToList();
        var data = new JsonObject { ["looked"] = JournalJson.Array(looks.Select(look => look.What)), ["amiss"] = JournalJson.Array(amiss) };
        await run.WriteAsync(new JournalDraft(JournalKinds.WorldLooked, "system", data), cancellationToken).ConfigureAwait(false);
        if (amiss.Count == 0)
        {
            return null;
        }

        await run.WriteAsync(Takeover.Asks(run.Epoch, $"The world is not as the journal has it: {string.Join("; ", amiss)}."), cancellationToken).ConfigureAwait(false);
        return Takeover.Answered(run.State);
    }

    /// <summary>Read where the journal is: with the one away, so is the other.</summary>
    private static async Task<HashSet<long>> RevokedAsync(IPersonTokens tokens, CancellationToken cancellationToken) =>
        [.. (await tokens.ReadAsync(cancellationToken).ConfigureAwait(false)).Where(kept => kept.Token.RevokedAt is not null).Select(kept => kept.Token.Id)];

    private IEnumerable<(string What, Func<CancellationToken, Task<string?>> Look)> Looks(RunSession run, IReadOnlySet<long> revoked)
    {
        foreach (var step in run.Plan.AllSteps.Where(step => run.State.Step(step.Name) is { State: StepState.Done, Skipped: false, Intent: not null }))
        {
            if (kinds.Find(run.State.Mode, step) is IFenceKind fence && Holds(run, step) && !IsLifted(run, step))
            {
                yield return ($"fence '{step.Name}'", token => MissingAsync(run, step, fence, token));
            }
            else if (step.Promotes is not null && !run.State.Reached(DrillPhase.WayBack))
            {
                yield return ($"promotion '{step.Name}'", token => DeniedAsync(run, step, token));
            }
            else if (step.Promotes is null && kinds.Find(run.State.Mode, step) is IStandingKind standing && !IsSuperseded(run, step))
            {
                yield return ($"step '{step.Name}'", token => ContradictedAsync(run, step, standing, token));
            }
        }

        foreach (var (item, why) in StandingWords.Lapsed(run.State, run.Estate, revoked))
        {
            yield return ($"approval '{item}'", _ => Task.FromResult<string?>(why));
        }

        foreach (var guardrail in run.Plan.Guardrails.Where(guardrail => Guardrails.Watches(run.State, guardrail)))
        {
            yield return ($"guardrail '{guardrail.Check.Kind}'", token => FailingAsync(run, guardrail.Check, token));
        }

        var begun = run.Plan.AllSteps.Any(step => run.State.Step(step.Name).Intent is not null && kinds.Find(run.State.Mode, step).Shape.Effect is not StepEffect.None);
        var real = run.State.Mode is RunMode.Real;
        foreach (var gate in run.Plan.Gates.Where(gate => (!begun || gate.Resume) && (real || !gates.Find(gate.Kind).Shape.OnlyInReal)))
        {
            yield return ($"gate '{gate.Kind}'", token => FailingAsync(run, gate, token));
        }
    }

    /// <summary>A promotion rests on it, and the journal has it that it holds: where it was found missing, people have been told already.</summary>
    private static bool Holds(RunSession run, PlanStep step) =>
        run.Plan.AllSteps.Where(promotion => promotion.Promotes?.FencedBy == step.Name).ToList() is { Count: > 0 } promotions && promotions.TrueForAll(promotion => !run.State.Step(promotion.Name).FenceMissing);

    /// <summary>What began later may have changed the same target with good reason, whatever its kind: a fence holds at 0 what was scaled, the way back moves a name home.</summary>
    private bool IsSuperseded(RunSession run, PlanStep step)
    {
        var targets = TargetsOf(run, step);
        return run.Plan.AllSteps.Any(later =>
            run.State.Step(later.Name).BegunWith > run.State.Step(step.Name).BegunWith
            && kinds.Find(run.State.Mode, later).Shape.Effect is not StepEffect.None
            && TargetsOf(run, later).Any(changed => targets.Any(changed.Covers)));
    }

    /// <summary>None where they cannot be said any more: such a step excuses nothing.</summary>
    private IReadOnlyList<StepTarget> TargetsOf(RunSession run, PlanStep step)
    {
        try
        {
            return kinds.Find(run.State.Mode, step).TargetsOf(run.ContextOf(step, run.State.Step(step.Name).Attempts));
        }
        catch (Exception e) when (e is StepFailedException or MissingOutputException)
        {
            return [];
        }
    }

    /// <summary>In less time than the whole look has: a target that says nothing contradicts nothing, and only fences, guardrails and gates must answer.</summary>
    private static async Task<string?> ContradictedAsync(RunSession run, PlanStep step, IStandingKind kind, CancellationToken cancellationToken)
    {
        var progress = run.State.Step(step.Name);
        var looked = await BoundedLook.TakeAsync(token => kind.ContradictionAsync(run.ContextOf(step, progress.Attempts), progress.Intent!, token), StandingPatience, run.Time, run.HaltToken, cancellationToken).ConfigureAwait(false);
        return looked.TimedOut ? null : looked.Failed?.Message ?? looked.Value;
    }

    /// <summary>A lift that was begun may have had its effect.</summary>
    private bool IsLifted(RunSession run, PlanStep fence) => run.Plan.AllSteps.Any(step =>
        kinds.Find(step.Kind).Shape.LiftsFence is { } lifts && step.Parameters.OptionalText(lifts) == fence.Name && run.State.Step(step.Name).Intent is not null);

    private static async Task<string?> MissingAsync(RunSession run, PlanStep step, IFenceKind kind, CancellationToken cancellationToken)
    {
        var progress = run.State.Step(step.Name);
        var proof = await kind.ProveHeldAsync(run.ContextOf(step, progress.Attempts), progress.Intent!, cancellationToken).ConfigureAwait(false);
        return proof.Proved ? null : $"not proved ({string.Join("; ", proof.Missing)})";
    }

    /// <summary>Only a plain "it cannot have happened": not every target can tell afterwards.</summary>
    private async Task<string?> DeniedAsync(RunSession run, PlanStep step, CancellationToken cancellationToken)
    {
        var progress = run.State.Step(step.Name);
        try
        {
            var seen = await kinds.Find(run.State.Mode, step).ObserveAsync(run.ContextOf(step, progress.Attempts), progress.Intent!, cancellationToken).ConfigureAwait(false);
            return seen is { Answer: ObservedAnswer.CannotHappenAnyMore, OnlyByRepeating: false } ? $"its target denies it ({seen.Detail})" : null;
        }
        catch (Exception) when (!run.HaltToken.IsCancellationRequested)
        {
            // A target that is silent denies nothing; the fence and the guardrails say whether to go on.
            return null;
        }
    }

    private async Task<string?> FailingAsync(RunSession run, PlanCheck check, CancellationToken cancellationToken)
    {
        var results = await checks.LookAsync(check, run.Plan, run.Estate, cancellationToken).ConfigureAwait(false);

        // A gate that people have set aside in this incident is set aside, as far as their word goes.
        return results.FirstOrDefault(result => !result.Passed && !GateOverrides.IsSetAside(run.State, result)) is { } failed ? $"{failed.Check}: found {failed.Value}, asked {failed.Limit}" : null;
    }

    /// <summary>No answer in time is amiss, too: silence is never proof.</summary>
    private static async Task<(string What, string? Amiss)> BoundAsync(RunSession run, string what, Func<CancellationToken, Task<string?>> look, CancellationToken cancellationToken)
    {
        var looked = await BoundedLook.TakeAsync(look, Patience, run.Time, run.HaltToken, cancellationToken).ConfigureAwait(false);
        return (what, looked.TimedOut ? $"no answer within {Durations.Format(Patience)}" : looked.Failed?.Message ?? looked.Value);
    }
}
