using DrOrchestrator.Drills.Carrying;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Drills.Results;
using DrOrchestrator.Time;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DrOrchestrator.Drills.Owners;

/// <summary>What other processes on the same database have done to runs since somebody last looked.</summary>
public interface ISharedRuns
{
    /// <summary>Every run that is open, and those closed in the last minute.</summary>
    Task<IReadOnlyList<SharedRun>> ReadAsync(CancellationToken cancellationToken);
}

/// <summary>One run as the database has it.</summary>
/// <param name="Sequence">Of its newest line.</param>
/// <param name="IsWaiting">Its owner has let it go, to wait for a person or an hour, and somebody will be called for that.</param>
/// <param name="Owner">Who carried it last; null when nobody has yet.</param>
/// <param name="Silent">Since its lease was last renewed; since it was opened where nobody has carried it yet.</param>
public sealed record SharedRun(long Run, bool Open, long Sequence, bool IsWaiting, string? Owner, TimeSpan Silent);

/// <summary>
/// Where the database can go away, or another process can write to it: who serves, and that a run has grown, is known here within a second also when its commit was not heard of,
/// and a run whose owner has fallen silent, or that never reached the queue, is taken up (blueprint, section 9: by a look at the leases, never by the queue's redelivery).
/// </summary>
internal sealed class SharedRunsLoop(
    ISharedRuns runs, IDrillJournal journal, ServingSites servingSites, RunSignals signals, IRunQueue queue, ProcessClock clock, ILogger<SharedRunsLoop> logger) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);
    private readonly Dictionary<long, long> _seen = [];
    private readonly Dictionary<long, TimeSpan> _calledFor = [];
    private bool _away;

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
                    _away = false;
                }
                catch (Exception failure) when (failure is not OperationCanceledException)
                {
                    // Said once: the database is away, and this looks again every second.
                    if (!_away)
                    {
                        Log.SharedRunsUnread(logger, failure.Message);
                    }

                    _away = true;
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // We are stopping.
        }
    }

    internal async Task LookAsync(CancellationToken cancellationToken)
    {
        foreach (var (system, site) in await journal.ServingSitesAsync(cancellationToken).ConfigureAwait(false))
        {
            servingSites.Moved(system, site);
        }

        foreach (var run in await runs.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            if (_seen.GetValueOrDefault(run.Run) < run.Sequence)
            {
                _seen[run.Run] = run.Sequence;
                signals.Pulse(run.Run);
            }

            if (run is { Open: true, IsWaiting: false } && run.Silent > TakeoverWait.LeaseLasts && IsDue(run))
            {
                queue.Enqueue(run.Run, RunModes.IsReal(await journal.ReadAsync(run.Run, 0, cancellationToken).ConfigureAwait(false)));
                _calledFor[run.Run] = run.Silent;
            }
        }
    }

    /// <summary>Once per lease time: what was called for may still wait for open effects, or for a worker.</summary>
    private bool IsDue(SharedRun run) =>
        !(_calledFor.TryGetValue(run.Run, out var silent) && run.Silent >= silent && run.Silent - silent < TakeoverWait.LeaseLasts);
}
