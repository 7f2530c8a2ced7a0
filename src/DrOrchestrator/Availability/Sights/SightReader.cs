using DrOrchestrator.Estates;
using DrOrchestrator.Probes.Vantage;
using DrOrchestrator.Time;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DrOrchestrator.Availability.Sights;

/// <summary>Reads about once a second what other vantage points see, where the estate declares any and the database can be reached by them; does nothing elsewhere.</summary>
internal sealed class SightReader(ISightStore store, OtherSights others, IVantageRoll roll, OwnVantage own, EstateHolder estates, ProcessClock clock, ILogger<SightReader> logger) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);
    private readonly HashSet<string> _voting = new(StringComparer.Ordinal);
    private Estate? _toldOf;

    /// <summary>One reading.</summary>
    internal async Task ReadAsync(CancellationToken cancellationToken)
    {
        var estate = estates.Current;
        if (estate.VantagePoints.Count < 2)
        {
            return;
        }

        if (!store.IsShared)
        {
            if (!ReferenceEquals(_toldOf, estate))
            {
                _toldOf = estate;
                Log.VotesNeedPostgres(logger, estate.VantagePoints.Count);
            }

            return;
        }

        try
        {
            var began = clock.Provider.GetTimestamp();
            others.Take(await store.ReadAsync(others.Known, cancellationToken).ConfigureAwait(false), began, estate, own.Of(estate).Name);
            others.IsAway = false;
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            if (!others.IsAway)
            {
                Log.SightsNotRead(logger, failure.Message);
            }

            others.IsAway = true;
        }

        Tell();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, clock.Provider);
        try
        {
            do
            {
                // A reading is synchronous and may wait for a database that is away; nobody's start waits for that.
                await Task.Yield();
                await ReadAsync(stoppingToken).ConfigureAwait(false);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    private void Tell()
    {
        foreach (var standing in roll.Read().Where(standing => !standing.Decides))
        {
            if (standing.Votes && _voting.Add(standing.Name))
            {
                Log.Votes(logger, standing.Name);
            }
            else if (!standing.Votes && _voting.Remove(standing.Name))
            {
                Log.VotesNoMore(logger, standing.Name, standing.Why!);
            }
        }
    }
}
