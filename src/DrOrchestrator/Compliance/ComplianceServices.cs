using Microsoft.Extensions.DependencyInjection;

namespace DrOrchestrator.Compliance;

/// <summary>Registration of the slice. Needs <c>AddAvailability</c>, <c>AddRecoveryPoints</c>, <c>IServingSites</c> and an <see cref="IDemonstratedRecords"/>.</summary>
public static class ComplianceServices
{
    /// <summary>Adds the status of every system.</summary>
    public static IServiceCollection AddCompliance(this IServiceCollection services) => services.AddSingleton<ISystemStatuses, SystemStatuses>();
}
