using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace DrOrchestrator.Kubernetes;

/// <summary>Registers the slice.</summary>
public static class KubernetesServices
{
    /// <summary>Adds <see cref="ClusterConnections"/>.</summary>
    public static IServiceCollection AddKubernetes(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(provider => new ClusterConnections(provider.GetRequiredService<TimeProvider>()));
        return services;
    }
}
