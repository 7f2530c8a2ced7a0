using System.Runtime.CompilerServices;
using DrOrchestrator.Estates;
using DrOrchestrator.Probes.Vantage;
using DrOrchestrator.Time;
using Microsoft.Extensions.Logging;

namespace DrOrchestrator.Probes;

/// <summary>Looks through one probe for ever: fixed cadence on monotonic time, a place of its own inside the interval, results handed on in order.</summary>
internal sealed class ProbeLoop(
    ProbeDefinition definition,
    IProbe probe,
    ControlTargets controls,
    IProbeResultSink sink,
    ProcessClock clock,
    LoopTimers timers,
    ProbeLanes lanes,
    ProbeLateness lateness,
    double placeInInterval,
    ILogger logger)
{
    private readonly VantageCheck _vantage = new(definition, controls, clock);
    private TimeSpan _due;
    private long _began;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        _began = clock.Provider.GetTimestamp();
        _due = definition.Interval * placeInInterval;
        using var timer = new LoopTimer(timers, cancellationToken);
        using var ticket = new LaneTicket();
        Action<LaneTicket> began = NoteLateness;
        try
        {
            while (true)
            {
                if (_due - clock.Provider.GetElapsedTime(_began) is var wait && wait > TimeSpan.Zero)
                {
                    await timer.WaitAsync(wait).ConfigureAwait(false);
                }

                cancellationToken.ThrowIfCancellationRequested();
                await LookAsync(ticket, began, cancellationToken).ConfigureAwait(false);
                var next = NextDue(_due, definition.Interval, clock.Provider.GetElapsedTime(_began));
                lateness.AddMissed((long)Math.Round((next - _due) / definition.Interval) - 1);
                _due = next;
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
        }
    }

    /// <summary>The next place on the grid; of those that were missed only the newest, at once: a late loop looks again, it does not make up for the looks it missed.</summary>
    internal static TimeSpan NextDue(TimeSpan due, TimeSpan interval, TimeSpan elapsed)
    {
        due += interval;
        return elapsed <= due ? due : due + (interval * Math.Floor((elapsed - due) / interval));
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask LookAsync(LaneTicket ticket, Action<LaneTicket> began, CancellationToken cancellationToken)
    {
        var result = await lanes.LookAsync(ticket, probe, began, cancellationToken).ConfigureAwait(false);
        result = await _vantage.JudgeAsync(result, cancellationToken).ConfigureAwait(false);
        try
        {
            await sink.AcceptAsync(definition, result, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // The next look must go out all the same; what was not taken shows as a gap.
            Log.ResultNotTaken(logger, definition.Name, exception);
        }
    }

    private void NoteLateness(LaneTicket ticket) => lateness.Add(ticket.Lane == Lane.Hanging, clock.Provider.GetElapsedTime(_began) - _due);
}
