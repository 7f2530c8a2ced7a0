using System.Text.Json.Nodes;
using DrOrchestrator.Estates;
using DrOrchestrator.Plans;
using DrOrchestrator.RecoveryPoints;
using Microsoft.Extensions.Logging;

namespace DrOrchestrator.Drills;

/// <summary>
/// Carries a run from wherever its journal says it stands. <see cref="CarryOnceAsync"/> and <see cref="RunStagesAsync"/> are the drill engine on one page: lease,
/// gates, approvals, steady state before, the switch, steady state after, the way back, steady state again, measuring, the closing record. Every stage may be
/// entered again after a crash: what is on record is not done twice.
/// </summary>
public sealed class DrillRunner(
    IDrillJournal journal,
    EstateHolder estates,
    PlanLibrary plans,
    DrillStages stages,
    StepEngine steps,
    Rollback rollback,
    RunCloser closer,
    ICanaries canaries,
    RunSignals signals,
    IRunQueue queue,
    TimeProvider time,
    ILogger<DrillRunner> logger) : IRunCarrier
{
    /// <summary>A crash shorter than this is carried on alone; a longer one waits for a person.</summary>
    public static readonly TimeSpan ResumeWithin = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan LeaseRenewal = TimeSpan.FromSeconds(2);

    private readonly string _owner = Guid.NewGuid().ToString("N");
    private readonly Dictionary<long, bool> _carried = [];

    /// <inheritdoc />
    public Task<IReadOnlyList<long>> OpenRunsAsync(CancellationToken cancellationToken) => journal.RunsAsync(openOnly: true, cancellationToken);

    /// <inheritdoc />
    public async Task CarryAsync(long run, CancellationToken cancellationToken)
    {
        lock (_carried)
        {
            // A call that comes while the run is carried (an answer) makes the carrier look once more before it lets go.
            if (_carried.ContainsKey(run))
            {
                _carried[run] = true;
                return;
            }

            _carried[run] = false;
        }

        try
        {
            do
            {
                await CarryOnceAsync(run, cancellationToken).ConfigureAwait(false);
            }
            while (!LetGo(run));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            Log.CarrierStopped(logger, run);
        }
        catch (StaleEpochException stale)
        {
            Log.TakenOver(logger, run, stale.Message);
        }
        finally
        {
            lock (_carried)
            {
                _carried.Remove(run);
            }
        }
    }

    private async Task CarryOnceAsync(long run, CancellationToken cancellationToken)
    {
        var state = new DrillRun(run, await journal.ReadAsync(run, 0, cancellationToken).ConfigureAwait(false));
        if (state.Closed is not null)
        {
            return;
        }

        var claim = await journal.ClaimAsync(run, _owner, cancellationToken).ConfigureAwait(false);
        using var lease = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var renewing = RenewLeaseAsync(run, claim.Epoch, lease);
        try
        {
            if (plans.Find(state.Opened.Text("plan")) is not { } plan || plan.Hash != state.Opened.Text("planHash"))
            {
                Log.PlanChanged(logger, run, state.Opened.Text("plan"));
                return;
            }

            var session = new RunSession(run, claim.Epoch, plan, estates.Current, state, journal, signals, time);
            await ConcludeAsync(session, await AdmitAsync(session, claim, lease.Token).ConfigureAwait(false) ?? await RunStagesAsync(session, lease.Token).ConfigureAwait(false), lease.Token)
                .ConfigureAwait(false);
        }
        finally
        {
            await lease.CancelAsync().ConfigureAwait(false);
            await renewing.ConfigureAwait(false);
        }
    }

    private async Task<StageResult> RunStagesAsync(RunSession run, CancellationToken cancellationToken)
    {
        if (run.State.Reached(DrillPhase.RollingBack))
        {
            return new StageResult.Failed(run.State.Failure ?? "", RunOutcome.Failed, FailurePolicy.Rollback);
        }

        // A canary ended with the process that wrote it; its leg goes on under the same numbering.
        foreach (var leg in CanaryLegs.Running(run.Plan, run.State).Where(leg => !canaries.IsRunning(run.Run, leg.Leg)))
        {
            await canaries.StartAsync(leg, cancellationToken).ConfigureAwait(false);
        }

        Func<RunSession, CancellationToken, Task<StageResult>>[] inOrder =
        [
            stages.GatesAsync,
            stages.ApprovalsAsync,
            stages.SteadyBeforeAsync,
            steps.SwitchAsync,
            stages.SteadyAfterAsync,
            steps.WayBackAsync,
            stages.SteadyBackAsync,
        ];
        foreach (var stage in inOrder)
        {
            if (await stage(run, cancellationToken).ConfigureAwait(false) is var result and not StageResult.Done)
            {
                return result;
            }
        }

        return StageResult.Passed;
    }

    private async Task ConcludeAsync(RunSession run, StageResult result, CancellationToken cancellationToken)
    {
        switch (result)
        {
            case StageResult.Waits waits:
                await run.RefreshAsync(cancellationToken).ConfigureAwait(false);
                if (run.State.WaitingFor != waits.Reason)
                {
                    await run.WriteAsync(new JournalDraft(JournalKinds.Waiting, "system", new JsonObject { ["reason"] = waits.Reason }), cancellationToken).ConfigureAwait(false);
                }

                if (waits.LookAgainAfter is { } delay)
                {
                    queue.EnqueueAfter(run.Run, delay);
                }

                break;
            case StageResult.Failed failed:
                var undone = failed.Then is FailurePolicy.Rollback ? await rollback.RunAsync(run, failed.Reason, cancellationToken).ConfigureAwait(false) : null;
                await closer.CloseAsync(run, failed.Outcome, failed.Reason, undone, cancellationToken).ConfigureAwait(false);
                break;
            default:
                await closer.CloseAsync(run, RunOutcome.Passed, null, null, cancellationToken).ConfigureAwait(false);
                break;
        }
    }

    /// <summary>After a takeover: alone only when the gap was short; otherwise a person says "go on" first. Null lets it in.</summary>
    private async Task<StageResult?> AdmitAsync(RunSession run, LeaseClaim claim, CancellationToken cancellationToken)
    {
        if (claim.PreviousOwner is null || claim.PreviousOwner != _owner)
        {
            var leased = new JsonObject
            {
                ["owner"] = _owner,
                ["epoch"] = claim.Epoch,
                ["takeover"] = claim.PreviousOwner is not null,
                ["gapSeconds"] = Math.Round(claim.Gap.TotalSeconds, 3),
            };
            var inFlight = run.State.Reached(DrillPhase.Steps) && run.State.WaitingFor is null;
            await run.WriteAsync(new JournalDraft(JournalKinds.Leased, "system", leased), cancellationToken).ConfigureAwait(false);
            if (claim.PreviousOwner is not null && inFlight && claim.Gap > ResumeWithin)
            {
                return await Questions.AskAsync(
                    run,
                    "resume",
                    $"resume-{claim.Epoch}",
                    null,
                    "operator",
                    1,
                    $"Nobody carried this run for {Durations.Format(TimeSpan.FromSeconds(Math.Round(claim.Gap.TotalSeconds)))}. Look who serves now, then confirm to go on from the journal or refuse to abort.",
                    null,
                    cancellationToken).ConfigureAwait(false);
            }
        }

        var pending = run.State.Questions.Where(question => question.Kind == "resume").ToList();
        return pending.Exists(question => run.State.Settled(question) is false) ? new StageResult.Failed("a person refused to resume the run", RunOutcome.Aborted, FailurePolicy.Close)
            : pending.Find(question => run.State.Settled(question) is null) is { } open ? new StageResult.Waits($"resume '{open.Item}' by {open.Role}", null)
            : null;
    }

    private async Task RenewLeaseAsync(long run, long epoch, CancellationTokenSource lease)
    {
        try
        {
            while (!lease.IsCancellationRequested)
            {
                await Task.Delay(LeaseRenewal, time, lease.Token).ConfigureAwait(false);
                await journal.RenewAsync(run, epoch, lease.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (lease.IsCancellationRequested)
        {
            // The run has been carried as far as it goes.
        }
        catch (Exception lost) when (lost is not OperationCanceledException)
        {
            // Without a lease no further effect may begin: everything in flight is cancelled and observed by the next owner.
            Log.LeaseLost(logger, run, lost);
            await lease.CancelAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Lets the run go unless somebody asked for it meanwhile; under one lock, so that no such call falls between.</summary>
    private bool LetGo(long run)
    {
        lock (_carried)
        {
            if (_carried[run])
            {
                _carried[run] = false;
                return false;
            }

            _carried.Remove(run);
            return true;
        }
    }
}
