using DrOrchestrator.Time;
using Microsoft.Extensions.DependencyInjection;

namespace DrOrchestrator.Probes;

/// <summary>Registration of the slice. Needs <c>EstateHolder</c>, <c>ProcessClock</c> and an <see cref="IProbeResultSink"/>.</summary>
public static class ProbesServices
{
    /// <summary>Adds the probes and the loops that run them.</summary>
    public static IServiceCollection AddProbes(this IServiceCollection services) => services
        .AddSingleton<ProbeConnections>()
        .AddSingleton(provider => new ProbeContext(provider.GetRequiredService<ProbeConnections>(), provider.GetRequiredService<ProcessClock>()))
        .AddSingleton<ProbeKinds>()
        .AddSingleton<IProbeOnce, ProbeOnce>()
        .AddSingleton<ProbeLateness>()
        .AddSingleton<IProbeLateness>(provider => provider.GetRequiredService<ProbeLateness>())
        .AddSingleton<ProbeStories>()
        .AddSingleton<IProbeStories>(provider => provider.GetRequiredService<ProbeStories>())
        .AddHostedService<ProbeLoops>();
}
