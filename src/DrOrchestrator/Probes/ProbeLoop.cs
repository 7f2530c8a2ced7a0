using DrOrchestrator.Estates;
using DrOrchestrator.Probes.Vantage;
using DrOrchestrator.Time;
using Microsoft.Extensions.Logging;

namespace DrOrchestrator.Probes;

/// <summary>Looks through one probe for ever: fixed cadence on monotonic time, a random place inside the interval to start at, results handed on in order.</summary>
internal sealed class ProbeLoop(
    ProbeDefinition definition,
    IProbe probe,
    ControlTargets controls,
    IProbeResultSink sink,
    ProcessClock clock,
    SemaphoreSlim slots,
    double placeInInterval,
    ILogger logger)
{
    private readonly VantageCheck _vantage = new(definition, controls, clock);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var began = clock.Provider.GetTimestamp();
        var due = definition.Interval * placeInInterval;
        try
        {
            while (true)
            {
                await WaitUntilAsync(began, due, cancellationToken).ConfigureAwait(false);
                await LookAsync(cancellationToken).ConfigureAwait(false);
                due = NextDue(due, definition.Interval, clock.Provider.GetElapsedTime(began));
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

    private async Task WaitUntilAsync(long began, TimeSpan due, CancellationToken cancellationToken)
    {
        var wait = due - clock.Provider.GetElapsedTime(began);
        if (wait > TimeSpan.Zero)
        {
            await Task.Delay(wait, clock.Provider, cancellationToken).ConfigureAwait(false);
        }

        cancellationToken.ThrowIfCancellationRequested();
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        await slots.WaitAsync(cancellationToken).ConfigureAwait(false);
        ProbeResult result;
        try
        {
            result = await probe.RunAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            slots.Release();
        }

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
}
