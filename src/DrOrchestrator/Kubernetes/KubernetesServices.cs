using DrOrchestrator.Commands;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace DrOrchestrator.Kubernetes;

/// <summary>Registers the slice.</summary>
public static class KubernetesServices
{
    /// <summary>Adds <see cref="ClusterConnections"/>, which starts no program unless <c>AllowedCommands</c> names it, and the first call to every site.</summary>
    public static IServiceCollection AddKubernetes(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(provider => new ClusterConnections(provider.GetRequiredService<TimeProvider>())
        {
            Allowed = provider.GetService<AllowedCommands>() ?? AllowedCommands.None,
        });
        services.AddHostedService<ClusterGreeting>();
        return services;
    }
}
