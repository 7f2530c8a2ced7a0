using DrOrchestrator.Storage;
using DrOrchestrator.Storage.Spooling;
using Microsoft.Extensions.DependencyInjection;

namespace DrOrchestrator.RecoveryPoints;

/// <summary>Registration of the slice. Needs <c>Database</c>, <c>WriteGate</c>, <c>EstateHolder</c>, <c>IServingSites</c> and <c>ProcessClock</c>.</summary>
public static class RecoveryPointsServices
{
    /// <summary>Adds exposures with their history, the loop that reads them, and canaries.</summary>
    public static IServiceCollection AddRecoveryPoints(this IServiceCollection services) => services
        .AddSingleton<IExposureStore>(provider => new SpooledExposureStore(provider.GetRequiredService<SqlExposureStore>(), provider.GetRequiredService<Lazy<SpooledWrites>>()))
        .AddSingleton<ISynchronyStore, SqlSynchronyStore>()
        .AddSingleton<ICanaryStore, SqlCanaryStore>()

        // The kinds of recovery points: those that read log positions, and those that read the moment a copy represents.
        .AddSingleton<ILogPositionReader, PositionsReader>()
        .AddSingleton<RecoveryPointKinds>()
        .AddSingleton<ExposureHistory>()
        .AddSingleton<IExposureHistory>(provider => provider.GetRequiredService<ExposureHistory>())
        .AddSingleton<IExposureWindows>(provider => provider.GetRequiredService<ExposureHistory>())
        .AddSingleton<IPositions, SitePositions>()
        .AddSingleton<Exposures>()
        .AddSingleton<IExposures>(provider => provider.GetRequiredService<Exposures>())
        .AddSingleton<ICanaries, Canaries>()
        .AddHostedService<RecoveryPointLoop>();
}
