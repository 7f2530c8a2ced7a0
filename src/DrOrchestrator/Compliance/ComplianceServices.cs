using DrOrchestrator.Compliance.Alerts;
using DrOrchestrator.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace DrOrchestrator.Compliance;

/// <summary>Registration of the slice. Needs <c>AddAvailability</c>, <c>AddRecoveryPoints</c>, <c>IServingSites</c> <c>IPlans</c>, <c>AddEvidence</c>, and the ports the composition fills: <see cref="IDemonstratedRecords"/>, <see cref="IStepHistory"/>, <see cref="IAssessedChanges"/>, <see cref="ICurrentFingerprints"/>.</summary>
public static class ComplianceServices
{
    /// <summary>Adds the status of every system.</summary>
    public static IServiceCollection AddCompliance(this IServiceCollection services) => services
        .AddSingleton<IAssessments, SqlAssessments>()
        .AddSingleton<IAlerts, SqlAlerts>()
        .AddSingleton<RecoveryReader>()
        .AddSingleton<StandbyWatch>()
        .AddSingleton<QosWatch>()
        .AddSingleton<QosHistory>()
        .AddSingleton<IntervalHashes>()
        .AddSingleton<AlertFeed>()
        .AddSingleton<AlertWatch>()
        .AddHostedService(provider => provider.GetRequiredService<AlertWatch>())
        .AddHostedService(provider => provider.GetRequiredService<QosHistory>())
        .AddSingleton<ISystemStatuses, SystemStatuses>();
}
