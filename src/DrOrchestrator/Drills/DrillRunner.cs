using System.Runtime.ExceptionServices;
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
    RunPlans plans,
    DrillStages stages,
    RunFingerprinter fingerprinter,
    StepEngine steps,
    Aftermath aftermath,
    RunCloser closer,
    ICanaries canaries,
    RunSignals signals,
    IRunQueue queue,
    OwnerProof proof,
    TimeProvider time,
    ILogger<DrillRunner> logger) : IRunCarrier
{
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
        catch (LeaseLapsedException lapsed)
        {
            Log.StoodStill(logger, run, lapsed.Message);
            queue.EnqueueAfter(run, TimeSpan.FromSeconds(1));
        }
        catch (LeaseHeldException held)
        {
            Log.StillHeld(logger, run, held.Left.TotalSeconds);
            queue.EnqueueAfter(run, held.Left);
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
        var before = new DrillRun(run, await journal.ReadAsync(run, 0, cancellationToken).ConfigureAwait(false));
        if (before.Closed is not null)
        {
            return;
        }

        var (carriedBy, _) = await plans.FindAsync(before, cancellationToken).ConfigureAwait(false);
        var claim = await journal.ClaimAsync(run, _owner, (claim, lines) => FirstLines(claim, new DrillRun(run, lines), carriedBy), cancellationToken).ConfigureAwait(false);
        using var lease = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var renewing = RenewLeaseAsync(run, claim.Epoch, lease);
        RunSession? session = null;
        try
        {
            var state = new DrillRun(run, await journal.ReadAsync(run, 0, lease.Token).ConfigureAwait(false));
            var (plan, unreadable) = await plans.FindAsync(state, lease.Token).ConfigureAwait(false);
            session = new RunSession(run, claim.Epoch, plan, estates.Current, state, journal, signals, time, logger);
            var result = unreadable is null ? Takeover.Answered(state) ?? await RunStagesAsync(session, lease.Token).ConfigureAwait(false) : new StageResult.Waits(unreadable, null);
            while (result is StageResult.Failed failed)
            {
                // Passed: a person has said to try again; otherwise the run is closed or waits.
                result = await aftermath.FollowAsync(session, failed, lease.Token).ConfigureAwait(false) is not { } next ? null
                    : next is StageResult.Done ? await RunStagesAsync(session, lease.Token).ConfigureAwait(false)
                    : next;
            }

            await ConcludeAsync(session, result, lease.Token).ConfigureAwait(false);
        }
        catch (Exception failure) when (session is not null && failure is not (StaleEpochException or OperationCanceledException))
        {
            // Whoever looks at the run must see that it does not go on; the worker takes it up again.
            await ConcludeAsync(session, new StageResult.Waits($"the engine, which failed and tries again by itself: {failure.Message}", null), lease.Token).ConfigureAwait(false);
            throw;
        }
        catch (OperationCanceledException) when (lease.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            // Cut off because the lease was lost: that is what happened, not the cancellation.
            ExceptionDispatchInfo.Throw((await renewing.ConfigureAwait(false))!);
        }
        finally
        {
            await lease.CancelAsync().ConfigureAwait(false);
            await renewing.ConfigureAwait(false);
        }
    }

    private IReadOnlyList<JournalDraft> FirstLines(LeaseClaim claim, DrillRun run, Plan plan) =>
        TakeoverWait.Left(claim, _owner, proof, run, plan) is { Ticks: > 0 } left
            ? throw new LeaseHeldException(run.Run, left)
            : Takeover.FirstLines(claim, _owner, estates.Current.Hash, run);

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
            fingerprinter.RecordAsync,
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

    private async Task ConcludeAsync(RunSession run, StageResult? result, CancellationToken cancellationToken)
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
            case StageResult.Done:
                await closer.CloseAsync(run, RunOutcome.Passed, null, null, null, cancellationToken).ConfigureAwait(false);
                break;
        }
    }

    /// <summary>Renews until told to stop (null) or until the lease is lost, which it returns.</summary>
    private async Task<Exception?> RenewLeaseAsync(long run, long epoch, CancellationTokenSource lease)
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
            return null;
        }
        catch (Exception lost)
        {
            // Without a lease no further effect may begin: everything in flight is cancelled and observed by the next owner.
            Log.LeaseLost(logger, run, lost);
            await lease.CancelAsync().ConfigureAwait(false);
            return lost;
        }

        return null;
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
