using DrOrchestrator.Availability;
using DrOrchestrator.Commands;
using DrOrchestrator.Compliance;
using DrOrchestrator.Compliance.Alerts;
using DrOrchestrator.Credentials;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Carrying;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Estates;
using DrOrchestrator.Evidence;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.Plans;
using DrOrchestrator.Probes;
using DrOrchestrator.RecoveryPoints;
using DrOrchestrator.Storage;
using DrOrchestrator.Storage.Spooling;
using DrOrchestrator.Time;
using DrOrchestrator.Web.Metrics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace DrOrchestrator.Web;

/// <summary>The slices of the product, put together: one line each.</summary>
public static class Product
{
    /// <summary>Adds every slice. The estate is empty until <see cref="EstateOpening"/> has read a folder.</summary>
    public static IServiceCollection AddProduct(this IServiceCollection services, string dataFolder) => services
        .AddSingleton(provider => new ProcessClock(provider.GetRequiredService<TimeProvider>()))
        .AddSingleton<Database>(_ => new SqliteDatabase(Path.Combine(dataFolder, "dro.db")))
        .AddSingleton<Migrator>()
        .AddSingleton<WriteGate>()
        .AddSingleton(new EstateHolder(Estate.None))
        .AddSingleton(new PlanLibrary(new Dictionary<string, Plan>()))
        .AddSingleton<IPlans>(provider => provider.GetRequiredService<PlanLibrary>())
        .AddEvidence(dataFolder)
        .AddSpool(dataFolder)
        .AddCredentials()
        .AddProbes()
        .AddAvailability()
        .AddRecoveryPoints()
        .AddKubernetes()
        .AddDrills()
        .AddSingleton<IDrillJournal, SqlDrillJournal>()
        .AddCompliance()
        .AddSingleton<EvidenceSize>()
        .AddSingleton<LastReadings>()
        .AddSingleton<IRunForecasts>(provider => new OpeningForecasts(provider.GetRequiredService<ISystemStatuses>, provider.GetRequiredService<TimeProvider>()))
        .AddSingleton<DemonstratedRuns>()
        .AddSingleton<IAlertSource, RunConcerns>()
        .AddSingleton<IDemonstratedRecords>(provider => provider.GetRequiredService<DemonstratedRuns>())
        .AddSingleton<IStepHistory>(provider => provider.GetRequiredService<DemonstratedRuns>())
        .AddSingleton<IAssessedChanges>(provider => provider.GetRequiredService<DemonstratedRuns>())
        .AddSingleton<ICurrentFingerprints>(provider => provider.GetRequiredService<DemonstratedRuns>());

    /// <summary>The kinds a plan may use, for commands that read plans without a server: the server's own registrations, asked for their shapes and nothing else.</summary>
    public static async Task<IStepKindCatalog> KindsAsync()
    {
        // The kinds bring singletons along that can only be disposed asynchronously.
        await using var provider = WithoutServer().BuildServiceProvider();
        return provider.GetRequiredService<IStepKindCatalog>();
    }

    /// <summary>One look of one probe of an estate that no server has loaded, told in full.</summary>
    /// <param name="allowed">The programs that it may start.</param>
    public static async Task<ProbeResult> LookOnceAsync(Estate estate, ProbeDefinition probe, AllowedCommands allowed, CancellationToken cancellationToken)
    {
        await using var provider = WithoutServer().AddSingleton(new EstateHolder(estate)).AddSingleton(allowed).BuildServiceProvider();
        return await provider.GetRequiredService<IProbeOnce>().LookAsync(probe, cancellationToken);
    }

    /// <summary>What the clusters say now to the Kubernetes steps of a plan, asked by dry runs and nothing else.</summary>
    /// <param name="allowed">The programs that kubeconfigs may have started for credentials.</param>
    public static async Task<IReadOnlyList<TriedStep>> TryPlanAsync(Plan plan, Estate estate, AllowedCommands allowed, CancellationToken cancellationToken)
    {
        await using var provider = WithoutServer().AddSingleton(new EstateHolder(estate)).AddSingleton(allowed).BuildServiceProvider();
        return await provider.GetRequiredService<PlanTrial>().RunAsync(plan, estate, cancellationToken);
    }

    private static IServiceCollection WithoutServer() => new ServiceCollection()
        .AddSingleton(TimeProvider.System)
        .AddSingleton<IConfiguration>(new ConfigurationBuilder().Build())
        .AddSingleton(typeof(ILogger<>), typeof(NullLogger<>))
        .AddSingleton<IRunQueue, NoQueue>()
        .AddProduct(AppContext.BaseDirectory);

    private sealed class NoQueue : IRunQueue
    {
        public void Enqueue(long run, bool real = false) => throw new InvalidOperationException("there is no server");

        public void EnqueueAfter(long run, TimeSpan delay, bool real = false) => throw new InvalidOperationException("there is no server");
    }
}
