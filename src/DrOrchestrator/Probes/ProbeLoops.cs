using DrOrchestrator.Estates;
using DrOrchestrator.Probes.Vantage;
using DrOrchestrator.Time;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DrOrchestrator.Probes;

/// <summary>One loop for every probe of the estate in force; a new snapshot ends the old loops and starts its own.</summary>
internal sealed class ProbeLoops(EstateHolder estates, ProbeKinds kinds, IProbeResultSink sink, ProbeStories stories, ProbeLateness lateness, OwnVantage vantage, ProcessClock clock, ILogger<ProbeLoops> logger) : BackgroundService
{
    /// <summary>Multiples of it fill the interval evenly however many there are, and put neighbours in the estate, which often share a host, far apart.</summary>
    private const double GoldenSection = 0.6180339887498949;

    private static readonly TimeSpan ReloadCheck = TimeSpan.FromSeconds(1);

    /// <summary>How much later a look may begin so that others begin with it; little beside the 250 ms that lateness may be.</summary>
    private static readonly TimeSpan Together = TimeSpan.FromMilliseconds(20);

    private readonly StoryKeepingSink _sink = new(stories, sink);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timers = new LoopTimers(clock.Provider, Together);
        using var lanes = new ProbeLanes(LaneSizes.Default, clock);
        while (!stoppingToken.IsCancellationRequested)
        {
            var estate = estates.Current;
            stories.KeepOnly(estate.Probes);
            using var replaced = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
            using var controls = new ControlTargets(vantage.Of(estate), kinds.CreateFresh, clock, logger);
            var first = Random.Shared.NextDouble();
            var loops = estate.Probes.Select((probe, index) => RunAsync(probe, controls, timers, lanes, Place(index, first), replaced.Token)).ToList();
            Log.Started(logger, loops.Count);
            try
            {
                while (ReferenceEquals(estate, estates.Current))
                {
                    await Task.Delay(ReloadCheck, clock.Provider, stoppingToken).ConfigureAwait(false);
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
            }

            await replaced.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(loops).ConfigureAwait(false);
        }
    }

    /// <summary>Where in its interval a probe begins, 0 to 1.</summary>
    internal static double Place(int index, double first) => (first + (index * GoldenSection)) % 1;

    private async Task RunAsync(ProbeDefinition definition, ControlTargets controls, LoopTimers timers, ProbeLanes lanes, double place, CancellationToken cancellationToken)
    {
        try
        {
            using var probe = kinds.Create(definition);
            await new ProbeLoop(definition, probe, controls, _sink, clock, timers, lanes, lateness, place, logger).RunAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            Log.LoopEnded(logger, definition.Name, exception);
        }
    }
}
