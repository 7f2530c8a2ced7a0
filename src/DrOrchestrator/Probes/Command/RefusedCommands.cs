using DrOrchestrator.Commands;
using DrOrchestrator.Estates;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DrOrchestrator.Probes.Command;

/// <summary>Says at start which programs of the estate will not be run, so that nobody has to find out by a probe that sees nothing.</summary>
internal sealed class RefusedCommands(EstateHolder estates, AllowedCommands allowed, ILogger<RefusedCommands> logger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var probe in estates.Current.Probes)
        {
            if (probe.Settings is CommandProbeSettings command && allowed.Refusal(command.Program) is { } refusal)
            {
                Log.CommandRefused(logger, probe.Name, refusal);
            }
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
