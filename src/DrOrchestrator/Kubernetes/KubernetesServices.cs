using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace DrOrchestrator.Kubernetes;

/// <summary>Registers the slice.</summary>
public static class KubernetesServices
{
    /// <summary>Adds <see cref="ClusterConnections"/> and the first call to every site.</summary>
    public static IServiceCollection AddKubernetes(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(provider => new ClusterConnections(provider.GetRequiredService<TimeProvider>()));
        services.AddHostedService<ClusterGreeting>();
        return services;
    }
}
