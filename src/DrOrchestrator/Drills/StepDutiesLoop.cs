using System.Text.Json.Nodes;
using DrOrchestrator.Estates;
using DrOrchestrator.Time;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DrOrchestrator.Drills;

/// <summary>
/// Looks now and then whether what closed runs have left to do is done, where the world can show it (old data that somebody has removed): then the duty is closed on that run's record.
/// Where it cannot, a person says so. The look changes nothing.
/// </summary>
public sealed class StepDutiesLoop(IDrills drills, IDrillJournal journal, StepKinds kinds, EstateHolder estates, RunSignals signals, ProcessClock clock, ILogger<StepDutiesLoop> logger) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(10);

    /// <summary>One look at every duty that stands.</summary>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        foreach (var view in (await drills.ListAsync(cancellationToken).ConfigureAwait(false)).Where(run => run.Duties.Count > 0))
        {
            var run = new DrillRun(view.Id, await journal.ReadAsync(view.Id, 0, cancellationToken).ConfigureAwait(false));
            foreach (var duty in StepDuties.Standing(run).ToList())
            {
                if (await IsDoneAsync(duty.Subject, cancellationToken).ConfigureAwait(false))
                {
                    await SettleAsync(run.Run, duty.Step, cancellationToken).ConfigureAwait(false);
                }
            }
        }
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, clock.Provider);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
            {
                try
                {
                    await LookAsync(stoppingToken).ConfigureAwait(false);
                }
                catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
                {
                    Log.StepDutiesNotLooked(logger, failure.Message);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // We are stopping; the duties stand on record.
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

    /// <summary>Said once, whoever else looks too.</summary>
    private async Task SettleAsync(long run, string step, CancellationToken cancellationToken)
    {
        var result = await journal.AppendAnswerAsync(
            run,
            new JournalDraft(JournalKinds.DutySettled, "system", new JsonObject { ["fence"] = step, ["reason"] = "seen: it is done" }),
            lines => StepDuties.Standing(new DrillRun(run, lines)).Any(duty => duty.Step == step) ? null : new AnswerResult(false, "no-duty", "it is closed already"),
            cancellationToken).ConfigureAwait(false);
        if (result.Accepted)
        {
            signals.Order(run);
        }
    }
}
