using Microsoft.Extensions.Hosting;

namespace DrOrchestrator.Kubernetes;

/// <summary>For what must not begin before the server is up.</summary>
internal static class HostStart
{
    /// <summary>Until the server is up; throws <see cref="OperationCanceledException"/> when it stops before.</summary>
    public static async Task StartedAsync(this IHostApplicationLifetime lifetime, CancellationToken stoppingToken)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var onStarted = lifetime.ApplicationStarted.Register(() => started.TrySetResult()).ConfigureAwait(false);
        await using var onStopping = stoppingToken.Register(() => started.TrySetCanceled(stoppingToken)).ConfigureAwait(false);
        await started.Task.ConfigureAwait(false);
    }
}
