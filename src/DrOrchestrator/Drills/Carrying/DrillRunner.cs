using System.Runtime.ExceptionServices;
using System.Text.Json.Nodes;
using DrOrchestrator.Drills.Duties;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Drills.Owners;
using DrOrchestrator.Drills.Stops;
using DrOrchestrator.Estates;
using DrOrchestrator.Plans;
using DrOrchestrator.RecoveryPoints;
using Microsoft.Extensions.Logging;

namespace DrOrchestrator.Drills.Carrying;

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
    RunStop stopping,
    RunLocks locks,
    RunCloser closer,
    LateFences lateFences,
    UnreadableRun unreadableRun,
    WorldCheck world,
    ICanaries canaries,
    RunSignals signals,
    IRunQueue queue,
    OwnerProof proof,
    StepKinds kinds,
    TimeProvider time,
    ILogger<DrillRunner> logger) : IRunCarrier
{
    private static readonly TimeSpan LeaseRenewal = TimeSpan.FromSeconds(2);

    /// <summary>How often the journal is read for what people have said in another process; here they are heard at once.</summary>
    private static readonly TimeSpan Listening = TimeSpan.FromMilliseconds(500);

    private readonly string _owner = Guid.NewGuid().ToString("N");
    private readonly CarriedRuns _carried = new();

    /// <inheritdoc />
    public Task<IReadOnlyList<long>> OpenRunsAsync(CancellationToken cancellationToken) => journal.RunsAsync(openOnly: true, cancellationToken);

    /// <inheritdoc />
    public async Task CarryAsync(long run, CancellationToken cancellationToken)
    {
        if (!_carried.Begin(run))
        {
            return;
        }

        var letGo = false;
        try
        {
            do
            {
                await CarryOnceAsync(run, cancellationToken).ConfigureAwait(false);
            }
            while (!(letGo = _carried.LetGo(run)));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            Log.CarrierStopped(logger, run);
        }
        catch (LeaseLapsedException lapsed)
        {
            Log.StoodStill(logger, run, lapsed.Message);
            queue.EnqueueAfter(run, TimeSpan.FromSeconds(1), await IsRealAsync(run, cancellationToken).ConfigureAwait(false));
        }
        catch (LeaseHeldException held)
        {
            Log.StillHeld(logger, run, held.Left.TotalSeconds);
            queue.EnqueueAfter(run, held.Left, await IsRealAsync(run, cancellationToken).ConfigureAwait(false));
        }
        catch (StaleEpochException stale)
        {
            Log.TakenOver(logger, run, stale.Message);
        }
        finally
        {
            // Once it is let go it may be another carrier's already.
            if (!letGo)
            {
                _carried.Drop(run);
            }
        }
    }

    private async Task<bool> IsRealAsync(long run, CancellationToken cancellationToken) =>
        RunModes.IsReal(await journal.ReadAsync(run, 0, cancellationToken).ConfigureAwait(false));

    private async Task CarryOnceAsync(long run, CancellationToken cancellationToken)
    {
        var before = new DrillRun(run, await journal.ReadAsync(run, 0, cancellationToken).ConfigureAwait(false));
        if (before.Closed is not null)
        {
            return;
        }

        var (carriedBy, _) = await plans.FindAsync(before, cancellationToken).ConfigureAwait(false);
        var proof = LeaseProof.Now(time);
        var claim = await journal.ClaimAsync(run, _owner, (claim, lines) => FirstLines(claim, new DrillRun(run, lines), carriedBy), cancellationToken).ConfigureAwait(false);
        using var lease = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var renewing = RenewLeaseAsync(run, claim.Epoch, lease);
        var hearing = Task.CompletedTask;
        RunSession? session = null;
        try
        {
            var state = new DrillRun(run, await journal.ReadAsync(run, 0, lease.Token).ConfigureAwait(false));
            var (plan, unreadable) = await plans.FindAsync(state, lease.Token).ConfigureAwait(false);
            session = new RunSession(run, claim.Epoch, plan, estates.Current, state, journal, signals, time, proof, logger) { WorldKnown = claim.PreviousOwner is null || claim.LetGo };
            hearing = HearAsync(session, lease.Token);
            var result = unreadable is null
                ? await lateFences.BesideAsync(session, token => AdvanceAsync(session, token), lease.Token).ConfigureAwait(false)
                : await unreadableRun.FollowAsync(session, unreadable, lease.Token).ConfigureAwait(false);
            await ConcludeAsync(session, result, lease.Token).ConfigureAwait(false);
        }
        catch (StaleEpochException stale) when (session is not null && stale is not LeaseLapsedException)
        {
            await LeaveAsync(session).ConfigureAwait(false);
            throw;
        }
        catch (Exception failure) when (session is not null && failure is not (StaleEpochException or OperationCanceledException))
        {
            // Whoever looks at the run must see that it does not go on; the worker takes it up again.
            await ConcludeAsync(session, new StageResult.Waits($"the engine, which failed and tries again by itself: {failure.Message}", null) { LetsGo = false }, lease.Token).ConfigureAwait(false);
            throw;
        }
        catch (OperationCanceledException) when (lease.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            // Cut off because the lease was lost: that is what happened, not the cancellation.
            var lost = (await renewing.ConfigureAwait(false))!;
            if (session is not null && lost is StaleEpochException and not LeaseLapsedException)
            {
                await LeaveAsync(session).ConfigureAwait(false);
            }

            ExceptionDispatchInfo.Throw(lost);
        }
        finally
        {
            await lease.CancelAsync().ConfigureAwait(false);
            await renewing.ConfigureAwait(false);
            await hearing.ConfigureAwait(false);
        }
    }

    /// <summary>Another owner carries the run: what of it still writes in this process ends, because that one has begun it again under the same numbers.</summary>
    private async Task LeaveAsync(RunSession run)
    {
        foreach (var leg in CanaryLegs.Running(run.Plan, run.State))
        {
            await canaries.StopAsync(run.Run, leg.Leg, CancellationToken.None).ConfigureAwait(false);
        }
    }

    /// <summary>From stage to stage, through failures and stops, to where it waits or ends; null once it is closed.</summary>
    private async Task<StageResult?> AdvanceAsync(RunSession run, CancellationToken cancellationToken)
    {
        while (true)
        {
            var result = run.State.IsHalted
                ? await FollowStopAsync(run, cancellationToken).ConfigureAwait(false)
                : await FollowStagesAsync(run, cancellationToken).ConfigureAwait(false);
            if (result is not (StageResult.Again or StageResult.Halted))
            {
                return result;
            }
        }
    }

    private async Task<StageResult?> FollowStopAsync(RunSession run, CancellationToken cancellationToken)
    {
        run.Followed = run.State.Stop;
        var result = await stopping.FollowAsync(run, cancellationToken).ConfigureAwait(false);
        return result is StageResult.Failed failed ? await aftermath.FollowAsync(run, failed, cancellationToken).ConfigureAwait(false) : result;
    }

    /// <summary>Whatever the stages say: where a stop came meanwhile, that is followed.</summary>
    private async Task<StageResult?> FollowStagesAsync(RunSession run, CancellationToken cancellationToken)
    {
        if (Takeover.Refused(run.State) is { } refused)
        {
            // Who does not let it go on ends it: from here on as with every abort, with what is open observed first.
            await run.WriteAsync(Takeover.Abort(refused), cancellationToken).ConfigureAwait(false);
            return StageResult.Stopped;
        }

        var result = Takeover.Answered(run.State) ?? await world.LookAsync(run, cancellationToken).ConfigureAwait(false) ?? await RunStagesAsync(run, cancellationToken).ConfigureAwait(false);
        await run.RefreshAsync(cancellationToken).ConfigureAwait(false);
        run.Followed = run.State.Stop;
        if (run.State.IsHalted)
        {
            return StageResult.Stopped;
        }

        switch (result)
        {
            case StageResult.Failed failed:
                return await aftermath.FollowAsync(run, failed, cancellationToken).ConfigureAwait(false);
            case StageResult.Done:
                // With this line, in every mode, nobody can stop it any more; whoever did before it is heard.
                if (run.State.Phase != DrillPhase.Measuring || run.State.WaitingFor is not null)
                {
                    await run.EnterAsync(DrillPhase.Measuring, cancellationToken).ConfigureAwait(false);
                }

                if (run.State.IsHalted)
                {
                    return StageResult.Stopped;
                }

                await closer.MeasureAsync(run, cancellationToken).ConfigureAwait(false);
                return run.State.IsHalted ? StageResult.Stopped : result;
            default:
                return result;
        }
    }

    private IReadOnlyList<JournalDraft> FirstLines(LeaseClaim claim, DrillRun run, Plan plan) =>
        TakeoverWait.Left(claim, _owner, proof, run, plan, kinds) is { Ticks: > 0 } left
            ? throw new LeaseHeldException(run.Run, left)
            : Takeover.FirstLines(claim, _owner, estates.Current, run);

    private async Task<StageResult> RunStagesAsync(RunSession run, CancellationToken cancellationToken)
    {
        if (run.State.Reached(DrillPhase.RollingBack))
        {
            return new StageResult.Failed(run.State.Failure ?? "", run.State.FailureOutcome ?? RunOutcome.Failed, FailurePolicy.Rollback);
        }

        // A canary ended with the process that wrote it; its leg goes on under the same numbering.
        foreach (var leg in CanaryLegs.Running(run.Plan, run.State).Where(leg => !canaries.IsRunning(run.Run, leg.Leg)))
        {
            await canaries.StartAsync(leg, cancellationToken).ConfigureAwait(false);
        }

        Func<RunSession, CancellationToken, Task<StageResult>>[] inOrder =
        [
            Reading(locks.TakeAsync),
            Reading(stages.GatesAsync),
            Reading(stages.ApprovalsAsync),
            Reading(stages.SteadyBeforeAsync),
            Reading(fingerprinter.RecordAsync),
            steps.SwitchAsync,
            Reading(stages.SteadyAfterAsync),
            steps.WayBackAsync,
            Reading(stages.SteadyBackAsync),
        ];
        foreach (var stage in inOrder)
        {
            if (run.State.IsHalted)
            {
                return StageResult.Stopped;
            }

            if (await stage(run, cancellationToken).ConfigureAwait(false) is var result and not StageResult.Done)
            {
                return result;
            }
        }

        return StageResult.Passed;
    }

    /// <summary>A stop cuts short what only reads; steps hear it by themselves, because what becomes of their calls must be known.</summary>
    private static Func<RunSession, CancellationToken, Task<StageResult>> Reading(Func<RunSession, CancellationToken, Task<StageResult>> stage) => async (run, cancellationToken) =>
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, run.HaltToken);
        try
        {
            return await stage(run, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested && run.State.IsHalted)
        {
            return StageResult.Stopped;
        }
    };

    private async Task ConcludeAsync(RunSession run, StageResult? result, CancellationToken cancellationToken)
    {
        switch (result)
        {
            case StageResult.Waits waits:
                await run.RefreshAsync(cancellationToken).ConfigureAwait(false);
                if (run.State.WaitingFor != waits.Reason)
                {
                    await run.WriteAsync(new JournalDraft(JournalKinds.Waiting, "system", new JsonObject { ["reason"] = waits.Reason }, LetsGo: waits.LetsGo), cancellationToken).ConfigureAwait(false);
                }
                else if (waits.LetsGo)
                {
                    await journal.LetGoAsync(run.Run, run.Epoch, cancellationToken).ConfigureAwait(false);
                }

                if (run.State.Stop != run.Followed)
                {
                    // Said while the run was being let go: somebody has to hear it.
                    queue.Enqueue(run.Run, run.State.Mode is RunMode.Real);
                }
                else if (waits.LookAgainAfter is { } delay)
                {
                    queue.EnqueueAfter(run.Run, delay, run.State.Mode is RunMode.Real);
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

    /// <summary>Hears what people say while the run is carried: in this process at once, from another one by looking. What it hears, the session follows.</summary>
    private async Task HearAsync(RunSession run, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            var said = signals.NextOrder(run.Run);
            try
            {
                await run.RefreshAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
            {
                // A database that is away says nothing; the lease tells how long that may last.
                Log.NotHeard(logger, run.Run, failure.Message);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            await Task.WhenAny(said, Task.Delay(Listening, time, cancellationToken)).ConfigureAwait(false);
        }
    }
}
