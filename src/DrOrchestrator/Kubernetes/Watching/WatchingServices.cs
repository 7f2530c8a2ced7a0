using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace DrOrchestrator.Kubernetes.Watching;

/// <summary>Registers the slice.</summary>
public static class WatchingServices
{
    /// <summary>Adds <see cref="ISitePods"/>, which follows the pods of the estate's sites once the server is up.</summary>
    public static IServiceCollection AddWatching(this IServiceCollection services) => services
        .AddSingleton<PodWatches>()
        .AddSingleton<ISitePods>(provider => provider.GetRequiredService<PodWatches>())
        .AddSingleton<IHostedService>(provider => provider.GetRequiredService<PodWatches>());
}
