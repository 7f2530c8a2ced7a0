using DrOrchestrator.Estates;
using DrOrchestrator.Time;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Quartz;

namespace DrOrchestrator.Calendars;

/// <summary>
/// Quartz, started beside the server and never on its path to ready: brings the stored schedule in line with the estate, then fires. A fire time that was missed is
/// left out, not made up for.
/// </summary>
internal sealed class CalendarEngine : BackgroundService, IEngine
{
    private const string Group = "calendar";
    private readonly ISchedulerFactory _schedulers;
    private readonly EstateHolder _estates;
    private readonly IHostApplicationLifetime _lifetime;
    private readonly ILogger _logger;
    private readonly EngineSight _sight;
    private volatile IScheduler? _scheduler;
    private volatile bool _failed;

    public CalendarEngine(ISchedulerFactory schedulers, EstateHolder estates, IHostApplicationLifetime lifetime, ProcessClock clock, ILogger<CalendarEngine> logger)
    {
        (_schedulers, _estates, _lifetime, _logger) = (schedulers, estates, lifetime, logger);
        _sight = new EngineSight("calendar (Quartz)", LookAsync, clock, logger);
    }

    public EngineState Read()
    {
        var (condition, at) = _failed ? (EngineCondition.Stopped, null) : _sight.Read();
        return new EngineState("calendar", condition, condition switch
        {
            EngineCondition.Stopped =>
                "The calendar (Quartz) has stopped: drills due are no longer opened, gates are no longer read and overdue drills are no longer looked for. What is missed is put on record all the same. Runs, probes and pages go on. Restart dro serve.",
            EngineCondition.Unknown =>
                "Whether the calendar (Quartz) works is not known: its tables do not answer. While they do not, drills due are not opened, gates are not read and overdue drills are not looked for. It goes on by itself once the database is back.",
            _ => null,
        }) { ObservedAt = at };
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await _lifetime.Started(stoppingToken).ConfigureAwait(false);
            var watching = _sight.WatchAsync(stoppingToken);
            var scheduler = await _schedulers.GetScheduler(stoppingToken).ConfigureAwait(false);
            await SynchroniseAsync(scheduler, _estates.Current, stoppingToken).ConfigureAwait(false);
            await scheduler.Start(stoppingToken).ConfigureAwait(false);
            _scheduler = scheduler;
            await watching.ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
        {
            _failed = true;
            _logger.CalendarFailed(failure);
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken).ConfigureAwait(false);
        if (_scheduler is { } scheduler && scheduler.GetStatusNow() != SchedulerStatus.Shutdown)
        {
            await scheduler.Shutdown(waitForJobsToComplete: false, cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task SynchroniseAsync(IScheduler scheduler, Estate estate, CancellationToken cancellationToken)
    {
        var entries = estate.Calendars;
        var stored = await scheduler.GetJobKeys(GroupMatcher<JobKey>.GroupEquals(Group), cancellationToken).ConfigureAwait(false);
        foreach (var key in stored.Where(key => entries.All(entry => entry.Name != key.Name)))
        {
            await scheduler.DeleteJob(key, cancellationToken).ConfigureAwait(false);
        }

        foreach (var entry in entries)
        {
            var job = JobBuilder.Create<CalendarJob>().WithIdentity(entry.Name, Group).DisallowConcurrentExecution().Build();
            var trigger = TriggerBuilder.Create()
                .WithIdentity(entry.Name, Group)
                .WithSchedule(CronScheduleBuilder.Create(entry.Cron)
                    .InTimeZone(TimeZoneInfo.FindSystemTimeZoneById(entry.TimeZone))
                    .WithMisfireInstruction(CronTriggerMisfireInstruction.DoNothing))
                .WithMisfireThreshold(FireTiming.Grace)
                .Build();
            await scheduler.ScheduleJob(job, trigger, ScheduleJobOptions.Replacing, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The scheduler's own word, and whether the tables it lives by answer.</summary>
    private async Task<EngineCondition> LookAsync(CancellationToken cancellationToken)
    {
        if (_scheduler is not { } scheduler)
        {
            return EngineCondition.Starting;
        }

        await scheduler.Exists(new JobKey(Group, Group), cancellationToken).ConfigureAwait(false);
        return scheduler.GetStatusNow() == SchedulerStatus.Running ? EngineCondition.Running : EngineCondition.Stopped;
    }
}
