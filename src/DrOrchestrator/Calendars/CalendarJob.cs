using Microsoft.Extensions.Logging;
using Quartz;

namespace DrOrchestrator.Calendars;

/// <summary>The one Quartz job: it hands the fire time on and keeps no state of its own.</summary>
internal sealed class CalendarJob(CalendarFiring firing, ILogger<CalendarJob> logger) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        var schedule = context.JobDetail.Key.Name;
        var fireTime = context.ScheduledFireTimeUtc ?? context.FireTimeUtc;
        try
        {
            await firing.FireAsync(schedule, fireTime, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            logger.FireFailed(schedule, fireTime, failure);
        }
    }
}
