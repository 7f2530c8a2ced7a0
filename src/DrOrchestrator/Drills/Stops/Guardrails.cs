using DrOrchestrator.Drills.Carrying;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Drills.Stops;

/// <summary>Looks at the plan's guardrails while its steps run. A breach is on record, with what was seen, and from that line on the run is stopped as by a person.</summary>
public sealed class Guardrails(RunChecks checks)
{
    /// <summary>How soon a guardrail that begins with a step sees that it has begun.</summary>
    private static readonly TimeSpan UntilItBegins = TimeSpan.FromMilliseconds(200);

    internal async Task<StageResult> WatchAsync(RunSession run, Func<Task<StageResult>> steps, CancellationToken cancellationToken)
    {
        if (run.Plan.Guardrails.Count == 0 || !RunModes.Reads(run.State.Mode))
        {
            return await steps().ConfigureAwait(false);
        }

        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var watching = Task.WhenAll(run.Plan.Guardrails.Select(guardrail => WatchAsync(run, guardrail, ended.Token)));
        StageResult result;
        try
        {
            result = await steps().ConfigureAwait(false);
        }
        finally
        {
            await ended.CancelAsync().ConfigureAwait(false);
            await watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        // A breach that could not be put on record is no quiet matter: nothing goes on over it.
        if (watching.Exception?.InnerExceptions.FirstOrDefault(failure => failure is not OperationCanceledException) is { } failure)
        {
            throw failure;
        }

        return result;
    }

    private async Task WatchAsync(RunSession run, PlanGuardrail guardrail, CancellationToken cancellationToken)
    {
        while (!run.State.IsHalted)
        {
            if (!Watches(run.State, guardrail))
            {
                await Task.Delay(UntilItBegins, run.Time, cancellationToken).ConfigureAwait(false);
                continue;
            }

            var results = await LookAsync(run, guardrail, cancellationToken).ConfigureAwait(false);
            if (results.FirstOrDefault(result => !result.Passed) is { } broken)
            {
                // Between the look and now its time may have ended.
                if (Watches(run.State, guardrail))
                {
                    var data = JournalJson.Gate(broken);
                    data["then"] = guardrail.Then.ToString().ToLowerInvariant();
                    data["reason"] = $"guardrail '{broken.Check}' is broken: found {broken.Value}, asked {broken.Limit}";
                    await run.WriteAsync(new JournalDraft(JournalKinds.Guardrail, "system", data), cancellationToken).ConfigureAwait(false);
                }

                continue;
            }

            await Task.Delay(guardrail.Every, run.Time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>A look that hangs has not seen that all is well.</summary>
    private async Task<IReadOnlyList<GateResult>> LookAsync(RunSession run, PlanGuardrail guardrail, CancellationToken cancellationToken)
    {
        var longest = checks.LongestOf(guardrail.Check);
        using var patience = new CancellationTokenSource(longest, run.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        try
        {
            return await checks.LookAsync(guardrail.Check, run.Plan, run.Estate, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return [RunChecks.NoAnswer(guardrail.Check, longest)];
        }
    }

    internal static bool Watches(DrillRun run, PlanGuardrail guardrail) =>
        (guardrail.From is not { } from || run.Step(from).State is not StepState.Pending)
        && (guardrail.To is not { } to || run.Step(to).State is StepState.Pending or StepState.Open or StepState.Unknown);
}
