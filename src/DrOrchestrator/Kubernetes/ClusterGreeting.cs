using DrOrchestrator.Estates;
using k8s;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DrOrchestrator.Kubernetes;

/// <summary>
/// Calls every site's API once at start: a kubeconfig that does not work is said in the log now, and not by a gate in the hour it is needed. It also opens the connections,
/// so that the first run does not pay for that.
/// </summary>
internal sealed partial class ClusterGreeting(EstateHolder estates, ClusterConnections connections, IHostApplicationLifetime lifetime, ILogger<ClusterGreeting> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await lifetime.StartedAsync(stoppingToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return;
        }

        await Task.WhenAll(estates.Current.Sites.Where(site => site.KubeconfigPath is not null).Select(site => GreetAsync(site.Name, stoppingToken))).ConfigureAwait(false);
    }

    private async Task GreetAsync(string site, CancellationToken stoppingToken)
    {
        try
        {
            var version = await connections.Of(estates.Current, site).Version.GetCodeAsync(stoppingToken).ConfigureAwait(false);
            Answers(logger, site, version.GitVersion);
        }
        catch (Exception failed) when (!stoppingToken.IsCancellationRequested)
        {
            DoesNotAnswer(logger, site, ClusterFailure.Of(failed, stoppingToken)?.Reason ?? failed.Message);
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
    }

    [LoggerMessage(3100, LogLevel.Information, "The Kubernetes API of site {Site} answers: {Version}")]
    private static partial void Answers(ILogger logger, string site, string version);

    [LoggerMessage(3101, LogLevel.Warning, "The Kubernetes API of site {Site} does not answer: {Reason}. Gates of plans that need it will not pass")]
    private static partial void DoesNotAnswer(ILogger logger, string site, string reason);
}
