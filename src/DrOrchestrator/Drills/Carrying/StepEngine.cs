using DrOrchestrator.Drills.Duties;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Drills.Stops;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Drills.Carrying;

/// <summary>Runs a graph of steps: what is ready runs side by side, a failure lets nothing further begin and waits for what is in flight.</summary>
public sealed class StepEngine(StepRunner runner, Guardrails guardrails)
{
    internal async Task<StageResult> SwitchAsync(RunSession run, CancellationToken cancellationToken)
    {
        if (!run.State.Reached(DrillPhase.Steps))
        {
            await run.EnterAsync(DrillPhase.Steps, cancellationToken).ConfigureAwait(false);
        }

        return await guardrails.WatchAsync(run, () => RunGraphAsync(run, run.Plan.Steps, cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    internal async Task<StageResult> WayBackAsync(RunSession run, CancellationToken cancellationToken)
    {
        if (run.Plan.WayBack.Count == 0)
        {
            return StageResult.Passed;
        }

        if (!run.State.Reached(DrillPhase.WayBack))
        {
            await run.EnterAsync(DrillPhase.WayBack, cancellationToken).ConfigureAwait(false);
        }

        var result = await guardrails.WatchAsync(run, () => RunGraphAsync(run, run.Plan.WayBack, cancellationToken), cancellationToken).ConfigureAwait(false);
        return result is StageResult.Failed failed
            ? failed with { Outcome = RunOutcome.SwitchedNotReturned, Then = run.State.Mode is RunMode.Real ? FailurePolicy.Ask : FailurePolicy.Close }
            : result;
    }

    private async Task<StageResult> RunGraphAsync(RunSession run, IReadOnlyList<PlanStep> steps, CancellationToken cancellationToken)
    {
        var running = new Dictionary<Task<StageResult>, PlanStep>();
        var halted = new HashSet<string>(StringComparer.Ordinal);
        StageResult.Failed? failure = null;
        StageResult.Waits? waits = null;
        while (true)
        {
            if (failure is null && !run.State.IsHalted)
            {
                var busy = running.Values.Select(step => step.Name).ToHashSet(StringComparer.Ordinal);
                foreach (var step in steps.Where(step => !IsBehind(run, step) && !busy.Contains(step.Name) && !run.InHand.ContainsKey(step.Name) && !halted.Contains(step.Name) && IsReady(run, step)))
                {
                    running.Add(runner.RunAsync(run, step, cancellationToken), step);
                }
            }

            if (running.Count == 0)
            {
                return run.State.IsHalted ? StageResult.Stopped : failure ?? (StageResult?)waits ?? StageResult.Passed;
            }

            var ended = await Task.WhenAny(running.Keys).ConfigureAwait(false);
            if (ended.IsFaulted || ended.IsCanceled)
            {
                // Nothing of this run may still be in flight when its next owner looks.
                await ((Task)Task.WhenAll(running.Keys)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            running.Remove(ended, out var endedStep);
            switch (await ended.ConfigureAwait(false))
            {
                case StageResult.Failed when IsBehind(run, endedStep!):
                    // Passed over by the plan's own word; the failure is on record.
                    break;
                case StageResult.Failed failed:
                    failure ??= failed;
                    break;
                case StageResult.Halted:
                    halted.Add(endedStep!.Name);
                    break;
                case StageResult.Waits waiting:
                    waits = waits is null || waiting.LookAgainAfter < (waits.LookAgainAfter ?? TimeSpan.MaxValue) ? waiting : waits;
                    halted.Add(endedStep!.Name);
                    break;
            }
        }
    }

    private static bool IsReady(RunSession run, PlanStep step) => step.Needs.All(need => IsBehind(run, run.StepOf(need)));

    /// <summary>Done, or failed under <c>on-failure: continue</c>.</summary>
    private static bool IsBehind(RunSession run, PlanStep step) =>
        (run.State.Step(step.Name) is { State: StepState.Done } && StepChecks.IsBehind(run.State, step))
        || Unfenced.IsPassedOver(run, step)
        || (step.OnFailure is OnFailure.Continue && StepRunner.IsSpent(run, step));
}
