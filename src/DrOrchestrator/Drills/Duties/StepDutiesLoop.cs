using DrOrchestrator.Drills.Carrying;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Drills.Steps.Postgres;
using DrOrchestrator.Estates;
using DrOrchestrator.Time;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DrOrchestrator.Drills.Duties;

/// <summary>
/// Looks now and then whether what closed runs have left to do is done, where the world can show it (old data that somebody has removed): then the duty is closed on that run's record.
/// Where it cannot, a person says so. The look changes nothing.
/// </summary>
public sealed class StepDutiesLoop(IDrills drills, IDrillJournal journal, StepKinds kinds, EstateHolder estates, LinkedDuties linked, ProcessClock clock, ILogger<StepDutiesLoop> logger) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(10);

    /// <summary>For one duty: a host that hangs keeps nobody else's waiting for longer. What a look has its own limit for gives up before, and takes away what it made.</summary>
    private static readonly TimeSpan Longest = HostJobs.LongestLook + TimeSpan.FromSeconds(15);

    /// <summary>One look at every duty that stands, those of the oldest run first. One that cannot be looked at is said, and the others are looked at all the same.</summary>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        foreach (var view in (await drills.ListAsync(cancellationToken).ConfigureAwait(false)).Where(run => run.Duties.Count > 0).OrderBy(run => run.Id))
        {
            var run = new DrillRun(view.Id, await journal.ReadAsync(view.Id, 0, cancellationToken).ConfigureAwait(false));
            foreach (var duty in StepDuties.Standing(run).ToList())
            {
                await LookAtAsync(view, duty, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <inheritdoc />
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        LookLoop.RunAsync(Every, clock, LookAsync, failure => Log.StepDutiesNotLooked(logger, failure.Message), stoppingToken);

    private async Task LookAtAsync(RunView view, LeftDuty duty, CancellationToken cancellationToken)
    {
        var run = view.Id;
        // What was taken over is closed where it was left, and follows from there.
        if (duty.Of is { } of)
        {
            if (await linked.IsClosedAsync(of, cancellationToken).ConfigureAwait(false))
            {
                await linked.SettleAsync(run, duty.Step, FormattableString.Invariant($"closed on the record of run {of.Run}"), cancellationToken).ConfigureAwait(false);
            }

            return;
        }

        // A look may be a pod on the very volume that a run is about to fence, keep or rebuild, and keep it from there for minutes. The duty can wait.
        if ((await drills.ListAsync(cancellationToken).ConfigureAwait(false)).Any(other => other.ClosedAt is null && other.Systems.Intersect(view.Systems).Any()))
        {
            return;
        }

        var look = await BoundedLook.TakeAsync(token => IsDoneAsync(duty.Subject, token), Longest, clock.Provider, CancellationToken.None, cancellationToken).ConfigureAwait(false);
        if (look.Failed is { } failed)
        {
            Log.StepDutyNotLooked(logger, run, duty.Step, failed.Message);
        }
        else if (look.Value)
        {
            await linked.SettleAsync(run, duty.Step, "seen: it is done", cancellationToken).ConfigureAwait(false);
            await linked.FollowAsync(run, duty.Step, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<bool> IsDoneAsync(string subject, CancellationToken cancellationToken)
    {
        foreach (var kind in kinds.WithDuties)
        {
            if (await kind.IsDoneAsync(subject, estates.Current, cancellationToken).ConfigureAwait(false))
            {
                return true;
            }
        }

        return false;
    }
}
