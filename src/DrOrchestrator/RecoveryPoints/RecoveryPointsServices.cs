using DrOrchestrator.Commands;
using DrOrchestrator.RecoveryPoints.Moments;
using DrOrchestrator.RecoveryPoints.Postgres;
using DrOrchestrator.Storage;
using DrOrchestrator.Storage.Spooling;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace DrOrchestrator.RecoveryPoints;

/// <summary>Registration of the slice. Needs <c>Database</c>, <c>WriteGate</c>, <c>EstateHolder</c>, <c>IServingSites</c>, <c>ClusterConnections</c>, <c>AllowedCommands</c> and <c>ProcessClock</c>.</summary>
public static class RecoveryPointsServices
{
    /// <summary>Adds exposures with their history, the loop that reads them, and canaries.</summary>
    public static IServiceCollection AddRecoveryPoints(this IServiceCollection services)
    {
        // No program may be started unless the server's settings name it.
        services.TryAddSingleton(AllowedCommands.None);
        return services.AddReaders().AddExposures();
    }

    private static IServiceCollection AddExposures(this IServiceCollection services) => services
        .AddSingleton<IExposureStore>(provider => new SpooledExposureStore(
            provider.GetRequiredService<SqlExposureStore>(), provider.GetRequiredService<Lazy<SpooledWrites>>(), provider.GetRequiredService<PromptReads>()))
        .AddSingleton<ISynchronyStore>(provider => new SpooledSynchronyStore(
            provider.GetRequiredService<SqlSynchronyStore>(), provider.GetRequiredService<Lazy<SpooledWrites>>(), provider.GetRequiredService<PromptReads>()))
        .AddSingleton<ICanaryStore, SqlCanaryStore>()
        .AddSingleton<ExposureHistory>()
        .AddSingleton<IExposureHistory>(provider => provider.GetRequiredService<ExposureHistory>())
        .AddSingleton<IExposureWindows>(provider => provider.GetRequiredService<ExposureHistory>())
        .AddSingleton<IPositions, SitePositions>()
        .AddSingleton<Exposures>()
        .AddSingleton<IExposures>(provider => provider.GetRequiredService<Exposures>())
        .AddSingleton<IDatabaseFacts>(provider => provider.GetRequiredService<Exposures>())
        .AddSingleton<ICanaries, Canaries>()
        .AddHostedService<RecoveryPointLoop>();

    /// <summary>The kinds of recovery points: those that read log positions, and those that read the moment a copy represents.</summary>
    private static IServiceCollection AddReaders(this IServiceCollection services) => services
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
        .AddSingleton<ClusterLists>();
}
