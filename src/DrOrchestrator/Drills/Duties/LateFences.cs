using DrOrchestrator.Drills.Carrying;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Drills.Duties;

/// <summary>
/// The duty to fence, while the run that promoted without a fence is still open: as soon as the old side answers (<see cref="FenceDutyLoop"/> puts that on record), the fence step of
/// the run is carried out, beside whatever else the run does or waits for, with the same journal, lease and proof as any step.
/// </summary>
public sealed class LateFences(StepRunner runner)
{
    /// <summary>Carries the run, and what comes due meanwhile; nothing of either is in flight when it returns or throws.</summary>
    internal async Task<StageResult?> BesideAsync(RunSession run, Func<CancellationToken, Task<StageResult?>> advance, CancellationToken cancellationToken)
    {
        if (!Unfenced.IsOffered(run))
        {
            // A drill never promotes without a fence: nothing can come due beside it.
            return await advance(cancellationToken).ConfigureAwait(false);
        }

        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var advancing = advance(both.Token);
        try
        {
            var settled = new HashSet<string>(StringComparer.Ordinal);
            while (true)
            {
                var more = run.NextLine();
                if (Due(run, settled) is { } fence)
                {
                    await CarryAsync(run, fence, both.Token).ConfigureAwait(false);
                    settled.Add(fence.Name);
                }
                else if (advancing.IsCompleted)
                {
                    return await advancing.ConfigureAwait(false);
                }
                else
                {
                    await Task.WhenAny(advancing, more).ConfigureAwait(false);
                }
            }
        }
        finally
        {
            await both.CancelAsync().ConfigureAwait(false);
            await ((Task)advancing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>A fence whose old side answers, or that an owner before us has begun; the latter once, because what stays open of it is asked of people.</summary>
    private static PlanStep? Due(RunSession run, HashSet<string> settled) =>
        run.State.IsHalted || run.State.Closed is not null
            ? null
            : Unfenced.Behind(run.Plan, run.State).Select(run.StepOf).FirstOrDefault(fence =>
                run.State.Step(fence.Name) is { OldSideAnswers: true } or { State: StepState.Open or StepState.Unknown } && !(settled.Contains(fence.Name) && !run.State.Step(fence.Name).OldSideAnswers));

    /// <summary>The run does not end over it.</summary>
    private async Task CarryAsync(RunSession run, PlanStep fence, CancellationToken cancellationToken)
    {
        await run.Ending.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (run.State.Closed is null)
            {
                await runner.RunAsync(run, fence, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            run.Ending.Release();
        }
    }
}
