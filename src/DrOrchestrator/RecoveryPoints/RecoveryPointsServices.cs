using DrOrchestrator.RecoveryPoints.Moments;
using DrOrchestrator.RecoveryPoints.Postgres;
using DrOrchestrator.Storage;
using DrOrchestrator.Storage.Spooling;
using Microsoft.Extensions.DependencyInjection;

namespace DrOrchestrator.RecoveryPoints;

/// <summary>Registration of the slice. Needs <c>Database</c>, <c>WriteGate</c>, <c>EstateHolder</c>, <c>IServingSites</c>, <c>ClusterConnections</c>, <c>AllowedCommands</c> and <c>ProcessClock</c>.</summary>
public static class RecoveryPointsServices
{
    /// <summary>Adds exposures with their history, the loop that reads them, and canaries.</summary>
    public static IServiceCollection AddRecoveryPoints(this IServiceCollection services) => services
        .AddSingleton<IExposureStore>(provider => new SpooledExposureStore(provider.GetRequiredService<SqlExposureStore>(), provider.GetRequiredService<Lazy<SpooledWrites>>()))
        .AddSingleton<ISynchronyStore, SqlSynchronyStore>()
        .AddSingleton<ICanaryStore, SqlCanaryStore>()

        // The kinds of recovery points: those that read log positions, and those that read the moment a copy represents.
        .AddSingleton<ILogPositionReader, PositionsReader>()
        .AddSingleton<ILogPositionReader, PostgresReader>()
        .AddSingleton<IMomentReader, HttpMomentReader>()
        .AddSingleton<IMomentReader, FilesMomentReader>()
        .AddSingleton<IMomentReader, PgBackRestMomentReader>()
        .AddSingleton<IMomentReader, ResticMomentReader>()
        .AddSingleton<IMomentReader, VeleroMomentReader>()
        .AddSingleton<IMomentReader, VolumeSnapshotMomentReader>()
        .AddSingleton<IMomentReader, PrometheusMomentReader>()
        .AddSingleton<RecoveryPointKinds>()
        .AddSingleton<MomentWeb>()
        .AddSingleton<MomentPrograms>()
        .AddSingleton<ClusterLists>()
        .AddSingleton<ExposureHistory>()
        .AddSingleton<IExposureHistory>(provider => provider.GetRequiredService<ExposureHistory>())
        .AddSingleton<IExposureWindows>(provider => provider.GetRequiredService<ExposureHistory>())
        .AddSingleton<IPositions, SitePositions>()
        .AddSingleton<Exposures>()
        .AddSingleton<IExposures>(provider => provider.GetRequiredService<Exposures>())
        .AddSingleton<ICanaries, Canaries>()
        .AddHostedService<RecoveryPointLoop>();
}
