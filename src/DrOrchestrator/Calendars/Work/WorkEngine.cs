using System.Data.Common;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Carrying;
using DrOrchestrator.Time;
using Hangfire;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DrOrchestrator.Calendars.Work;

/// <summary>Hangfire's workers, started beside the server; takes up every open run first, because the queue itself remembers nothing.</summary>
internal sealed class WorkEngine : BackgroundService, IEngine
{
    private const int DrillWorkers = 4;

    // A disaster is one run, two at most; they only take what no drill may delay.
    private const int RealWorkers = 2;

    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(5);

    /// <summary>How late a deadline may be looked at, and a run whose owner was silent taken up.</summary>
    private static readonly TimeSpan DelayedEvery = TimeSpan.FromSeconds(1);

    // The queue of PostgreSQL lists the workers of every process; ours have a name of their own.
    private readonly string _name = $"dro-{Guid.NewGuid():N}"[..12];
    private readonly JobStorage _storage;
    private readonly IServiceProvider _services;
    private readonly IHostApplicationLifetime _lifetime;
    private readonly ProcessClock _clock;
    private readonly ILogger _logger;
    private readonly EngineSight _sight;
    private volatile BackgroundJobServer? _server;
    private volatile BackgroundJobServer? _real;
    private volatile bool _failed;
    private bool _announced;

    public WorkEngine(JobStorage storage, IServiceProvider services, IHostApplicationLifetime lifetime, ProcessClock clock, ILogger<WorkEngine> logger)
    {
        (_storage, _services, _lifetime, _clock, _logger) = (storage, services, lifetime, clock, logger);
        _sight = new EngineSight("workers (Hangfire)", _ => Task.FromResult(Look()), clock, logger);
    }

    /// <summary>The workers; null until they are up.</summary>
    public BackgroundJobServer? Server => _server;

    public EngineState Read()
    {
        var (condition, at) = _failed ? (EngineCondition.Stopped, null) : _sight.Read();
        return new EngineState("workers", condition, condition switch
        {
            EngineCondition.Stopped =>
                "The workers (Hangfire) have stopped: no run begins, goes on after an answer or is rolled back any more. Probes, figures and pages go on. Where the database is away they go on by themselves once it is back; otherwise restart dro serve. Open runs are taken up then.",
            EngineCondition.Unknown =>
                "Whether the workers (Hangfire) work is not known: their tables do not answer. While they do not, no run begins or goes on. Probes, figures and pages go on, and the workers once the database is back.",
            _ => null,
        }) { ObservedAt = at };
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await _lifetime.Started(stoppingToken).ConfigureAwait(false);
            _real = Start("real", [WorkQueue.Real], RealWorkers, keepsHouse: false);
            _server = Start("all", [WorkQueue.Real, WorkQueue.Drills], DrillWorkers, keepsHouse: true);
            var watching = _sight.WatchAsync(stoppingToken);
            await TakeUpOpenRunsAsync(stoppingToken).ConfigureAwait(false);
            await watching.ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
        {
            _failed = true;
            _logger.WorkersFailed(failure);
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken).ConfigureAwait(false);

        // Waits for jobs, up to the shutdown timeout; a thread of its own, because Hangfire only knows how to block.
        await Task.WhenAll(new[] { _server, _real }.OfType<BackgroundJobServer>().Select(server => Task.Run(server.Dispose, CancellationToken.None))).WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <param name="keepsHouse">Hands out the jobs of later, too, and removes those of long ago from the tables: one of the two does. A lightweight server has workers and nothing beside them.</param>
    private BackgroundJobServer Start(string name, string[] queues, int workers, bool keepsHouse) => new(
        new BackgroundJobServerOptions
        {
            Activator = new ServiceActivator(_services),
            Queues = queues,
            WorkerCount = workers,
            ServerName = $"{_name}-{name}",
            HeartbeatInterval = Heartbeat,
            StopTimeout = TimeSpan.FromSeconds(1),
            ShutdownTimeout = TimeSpan.FromSeconds(5),
            IsLightweightServer = !keepsHouse,
            SchedulePollingInterval = DelayedEvery,
        },
        _storage);

    private async Task TakeUpOpenRunsAsync(CancellationToken cancellationToken)
    {
        var queue = _services.GetRequiredService<IRunQueue>();
        var drills = _services.GetRequiredService<IDrills>();
        foreach (var run in await _services.GetRequiredService<IRunCarrier>().OpenRunsAsync(cancellationToken).ConfigureAwait(false))
        {
            var view = await drills.ShowAsync(run, cancellationToken).ConfigureAwait(false);
            queue.Enqueue(run, view?.Mode == "real");
        }
    }

    private EngineCondition Look()
    {
        // The store is asked, not our own field: it knows also of a server that was disposed or died without a word.
        bool alive;
        try
        {
            var beating = _storage.GetMonitoringApi().Servers().Where(server => server.Heartbeat is { } beat && _clock.Provider.GetUtcNow().UtcDateTime - beat < 3 * Heartbeat).ToList();
            alive = new[] { "real", "all" }.All(name => beating.Exists(server => server.Name.StartsWith($"{_name}-{name}", StringComparison.Ordinal)));
        }
        catch (DbException)
        {
            return EngineCondition.Stopped;
        }

        _announced |= alive;
        return alive ? EngineCondition.Running : _announced ? EngineCondition.Stopped : EngineCondition.Starting;
    }

    private sealed class ServiceActivator(IServiceProvider services) : JobActivator
    {
        public override object ActivateJob(Type jobType) => services.GetRequiredService(jobType);
    }
}
