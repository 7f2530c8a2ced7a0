using DrOrchestrator.Commands;
using DrOrchestrator.Estates;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.Probes.Command;
using DrOrchestrator.Probes.Vantage;
using DrOrchestrator.Time;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace DrOrchestrator.Probes;

/// <summary>Registration of the slice. Needs <c>EstateHolder</c>, <c>ProcessClock</c> and an <see cref="IProbeResultSink"/>.</summary>
public static class ProbesServices
{
    /// <summary>Adds the probes and the loops that run them.</summary>
    public static IServiceCollection AddProbes(this IServiceCollection services)
    {
        services.TryAddSingleton(AllowedCommands.None);
        services.TryAddSingleton(new OwnVantage(null));
        return services
            .AddSingleton<ProbeConnections>()
            .AddSingleton(provider => new ProbeContext(provider.GetRequiredService<ProbeConnections>(), provider.GetRequiredService<ProcessClock>())
            {
                Commands = provider.GetRequiredService<AllowedCommands>(),
                Estates = provider.GetRequiredService<EstateHolder>(),
                Clusters = provider.GetService<ClusterConnections>(),
            })
            .AddSingleton<IDatabaseVersions>(provider => provider.GetRequiredService<ProbeContext>().Versions)
            .AddSingleton<ProbeKinds>()
            .AddSingleton<IProbeOnce, ProbeOnce>()
            .AddSingleton<ProbeLateness>()
            .AddSingleton<IProbeLateness>(provider => provider.GetRequiredService<ProbeLateness>())
            .AddSingleton<ProbeStories>()
            .AddSingleton<IProbeStories>(provider => provider.GetRequiredService<ProbeStories>())
            .AddHostedService<RefusedCommands>()
            .AddHostedService<ProbeLoops>();
    }
}
