using DrOrchestrator.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace DrOrchestrator.RecoveryPoints;

/// <summary>Registration of the slice. Needs <c>Database</c>, <c>WriteGate</c>, <c>EstateHolder</c>, <c>IServingSites</c> and <c>ProcessClock</c>.</summary>
public static class RecoveryPointsServices
{
    /// <summary>Adds exposures with their history, the loop that reads them, and canaries.</summary>
    public static IServiceCollection AddRecoveryPoints(this IServiceCollection services) => services
        .AddSingleton<IExposureStore, SqlExposureStore>()
        .AddSingleton<ICanaryStore, SqlCanaryStore>()
        .AddSingleton<PositionsReader>()
        .AddSingleton<ExposureHistory>()
        .AddSingleton<IExposureHistory>(provider => provider.GetRequiredService<ExposureHistory>())
        .AddSingleton<IPositions, SitePositions>()
        .AddSingleton<Exposures>()
        .AddSingleton<IExposures>(provider => provider.GetRequiredService<Exposures>())
        .AddSingleton<ICanaries, Canaries>()
        .AddHostedService<RecoveryPointLoop>();
}
