using DrOrchestrator.Estates;
using DrOrchestrator.Plans;
using DrOrchestrator.Time;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DrOrchestrator.Kubernetes.Watching;

/// <summary>
/// Keeps one <see cref="WatchLoop"/> for each namespace that the estate in force acts in, once the server is up; one that the estate no longer names ends. Whatever a cluster
/// does, the server neither waits for it nor ends by it.
/// </summary>
internal sealed class PodWatches(EstateHolder estates, IPlans plans, ClusterConnections connections, ProcessClock clock, IHostApplicationLifetime lifetime, ILogger<PodWatches> logger)
    : BackgroundService, ISitePods
{
    private readonly Lock _gate = new();
    private readonly Dictionary<FollowedNamespace, Watched> _watched = [];

    /// <summary>The spans of every watch.</summary>
    internal WatchTimes Times { get; init; } = new();

    /// <summary>How often the estate in force is compared with what is followed.</summary>
    internal TimeSpan Compare { get; init; } = TimeSpan.FromSeconds(5);

    public IReadOnlyList<SitePods> Read()
    {
        lock (_gate)
        {
            return [.. _watched.OrderBy(one => one.Key.Site, StringComparer.Ordinal).ThenBy(one => one.Key.Namespace, StringComparer.Ordinal).Select(one => one.Value.Table.Read())];
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await lifetime.StartedAsync(stoppingToken).ConfigureAwait(false);
            using var timer = new PeriodicTimer(Compare, clock.Provider);
            do
            {
                await FollowAsync(FollowedNamespace.Of(estates.Current, plans.All), stoppingToken).ConfigureAwait(false);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // We are stopping.
        }
        finally
        {
            await FollowAsync([], stoppingToken).ConfigureAwait(false);
        }
    }

    private async Task FollowAsync(IReadOnlyList<FollowedNamespace> wanted, CancellationToken stoppingToken)
    {
        List<Watched> over = [];
        lock (_gate)
        {
            foreach (var gone in _watched.Keys.Except(wanted).ToList())
            {
                _watched.Remove(gone, out var one);
                over.Add(one!);
            }

            foreach (var one in wanted.Where(one => !_watched.ContainsKey(one)))
            {
                _watched.Add(one, Begin(one, stoppingToken));
            }
        }

        foreach (var one in over)
        {
            await one.EndAsync().ConfigureAwait(false);
        }
    }

    private Watched Begin(FollowedNamespace one, CancellationToken stoppingToken)
    {
        var table = new PodTable(one.Site, one.Namespace, clock, Times.Validity);
        var loop = new WatchLoop(one.Site, one.Namespace, () => connections.Of(estates.Current, one.Site), table, clock, Times, logger);
        var end = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        return new Watched(table, end, Task.Run(() => loop.RunAsync(end.Token), CancellationToken.None));
    }

    private sealed record Watched(PodTable Table, CancellationTokenSource End, Task Loop)
    {
        public async Task EndAsync()
        {
            await End.CancelAsync().ConfigureAwait(false);

            // However it ended, the others go on, and so does the server.
            await Loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            End.Dispose();
        }
    }
}
