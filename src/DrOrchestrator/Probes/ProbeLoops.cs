using DrOrchestrator.Estates;
using DrOrchestrator.Probes.Vantage;
using DrOrchestrator.Time;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DrOrchestrator.Probes;

/// <summary>One loop for every probe of the estate in force; a new snapshot ends the old loops and starts its own.</summary>
internal sealed class ProbeLoops(EstateHolder estates, ProbeKinds kinds, IProbeResultSink sink, ProbeStories stories, OwnVantage vantage, ProcessClock clock, ILogger<ProbeLoops> logger) : BackgroundService
{
    /// <summary>Looks at the same time, over all probes: beyond this they queue, so that a thousand hanging targets cannot take all sockets.</summary>
    private const int MostAtOnce = 512;

    private static readonly TimeSpan ReloadCheck = TimeSpan.FromSeconds(1);
    private readonly StoryKeepingSink _sink = new(stories, sink);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var slots = new SemaphoreSlim(MostAtOnce);
        while (!stoppingToken.IsCancellationRequested)
        {
            var estate = estates.Current;
            stories.KeepOnly(estate.Probes);
            using var replaced = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
            using var controls = new ControlTargets(vantage.Of(estate), kinds.CreateFresh, clock, logger);
            var loops = estate.Probes.Select(probe => RunAsync(probe, controls, slots, replaced.Token)).ToList();
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

    private async Task RunAsync(ProbeDefinition definition, ControlTargets controls, SemaphoreSlim slots, CancellationToken cancellationToken)
    {
        try
        {
            using var probe = kinds.Create(definition);
            await new ProbeLoop(definition, probe, controls, _sink, clock, slots, Random.Shared.NextDouble(), logger).RunAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            Log.LoopEnded(logger, definition.Name, exception);
        }
    }
}
