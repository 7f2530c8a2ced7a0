using System.Text.Json.Nodes;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Drills.Stops;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Drills.Carrying;

/// <summary>Looks whether what a step's <c>verify:</c> names is there after its effect, again and again until its timeout is over.</summary>
public sealed class StepVerifier(RunChecks checks)
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(200);

    /// <summary>What was missed, in words; null when everything is there, or when a stop came. The newest round is on record.</summary>
    internal async Task<string?> MissedAsync(RunSession run, PlanStep step, int attempt, CancellationToken cancellationToken)
    {
        var began = run.Time.GetTimestamp();
        while (true)
        {
            var results = await LookAsync(run, step, cancellationToken).ConfigureAwait(false);
            if (run.State.IsHalted)
            {
                return null;
            }

            var missed = results.Find(result => !result.Passed);
            if (missed is not null && run.Time.GetElapsedTime(began) < step.Timeout && await run.WaitAsync(LookAgain, cancellationToken).ConfigureAwait(false))
            {
                continue;
            }

            if (run.State.IsHalted)
            {
                return null;
            }

            var data = new JsonObject { ["passed"] = missed is null, ["checks"] = new JsonArray([.. results.Select(result => (JsonNode)JournalJson.Gate(result))]) };
            await run.WriteAsync(new JournalDraft(JournalKinds.Verified, "system", data, step.Name, attempt), cancellationToken).ConfigureAwait(false);
            return missed is null ? null : $"it was done, but '{missed.Check}' is not as it must be after it: found {missed.Value}, asked {missed.Limit}";
        }
    }

    private async Task<List<GateResult>> LookAsync(RunSession run, PlanStep step, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(step.Timeout, run.Time);
        using var any = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token, run.HaltToken);
        var results = new List<GateResult>();
        foreach (var check in step.Verify)
        {
            try
            {
                results.AddRange(await checks.LookAsync(check, run.Plan, run.Estate, any.Token).ConfigureAwait(false));
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                results.Add(RunChecks.NoAnswer(check, step.Timeout));
            }
        }

        return results;
    }
}
