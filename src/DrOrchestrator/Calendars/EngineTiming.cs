using Microsoft.Extensions.Hosting;
using Quartz;

namespace DrOrchestrator.Calendars;

internal static class EngineTiming
{
    /// <summary>Completes when the application has started, so that engines take no time from the way there.</summary>
    public static async Task Started(this IHostApplicationLifetime lifetime, CancellationToken cancellationToken)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var onStarted = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The local scheduler's own status; a field of this process behind a task-shaped signature.</summary>
    public static SchedulerStatus GetStatusNow(this IScheduler scheduler)
    {
        var status = scheduler.GetStatus();
        return status.IsCompletedSuccessfully ? status.Result : SchedulerStatus.Unknown;
    }
}
