using Microsoft.Extensions.DependencyInjection;

namespace DrOrchestrator.Web.Security;

/// <summary>Who may do what.</summary>
internal static class SecurityServices
{
    public static IServiceCollection AddSecurity(this IServiceCollection services, DataFolder folder) => services
        .AddSingleton(LocalOperator.Of(folder))
        .AddSingleton<People>()
        .AddSingleton<SignInThrottle>()
        .AddSingleton<SignInGate>()
        .AddSingleton<Sessions>();
}
