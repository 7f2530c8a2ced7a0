using DrOrchestrator.Estates;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Quartz;

namespace DrOrchestrator.Calendars;

/// <summary>
/// Quartz, started beside the server and never on its path to ready: brings the stored schedule in line with the estate, then fires. A fire time that was missed is
/// left out, not made up for.
/// </summary>
internal sealed class CalendarEngine(ISchedulerFactory schedulers, EstateHolder estates, IHostApplicationLifetime lifetime, ILogger<CalendarEngine> logger)
    : BackgroundService, IEngine
{
    private const string Group = "calendar";
    private volatile IScheduler? _scheduler;
    private volatile bool _failed;

    public EngineState Read() => Condition() switch
    {
        EngineCondition.Stopped => new(
            "calendar",
            EngineCondition.Stopped,
            "The calendar (Quartz) has stopped: overdue drills are no longer looked for and no finding is recorded for them. Runs, probes and pages go on. Restart dro serve."),
        var condition => new("calendar", condition, null),
    };

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await lifetime.Started(stoppingToken).ConfigureAwait(false);
            var scheduler = await schedulers.GetScheduler(stoppingToken).ConfigureAwait(false);
            await SynchroniseAsync(scheduler, estates.Current, stoppingToken).ConfigureAwait(false);
            await scheduler.Start(stoppingToken).ConfigureAwait(false);
            _scheduler = scheduler;
        }
        catch (Exception failure) when (failure is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
        {
            _failed = true;
            logger.CalendarFailed(failure);
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
        var entries = estate.Calendars.Where(entry => entry.Kind == OverdueDrills.Kind).ToList();
        var stored = await scheduler.GetJobKeys(GroupMatcher<JobKey>.GroupEquals(Group), cancellationToken).ConfigureAwait(false);
        foreach (var key in stored.Where(key => entries.TrueForAll(entry => entry.Name != key.Name)))
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
                .Build();
            await scheduler.ScheduleJob(job, trigger, ScheduleJobOptions.Replacing, cancellationToken).ConfigureAwait(false);
        }
    }

    private EngineCondition Condition() => (_failed, _scheduler?.GetStatusNow()) switch
    {
        (true, _) => EngineCondition.Stopped,
        (_, null) => EngineCondition.Starting,
        (_, SchedulerStatus.Running) => EngineCondition.Running,
        _ => EngineCondition.Stopped,
    };
}
