using DrOrchestrator.Commands;
using DrOrchestrator.Drills.Gates;
using DrOrchestrator.Evidence;
using DrOrchestrator.Kubernetes;
using Microsoft.Extensions.DependencyInjection;

namespace DrOrchestrator.Drills.Steps.Postgres;

/// <summary>Registers the step and gate kinds that act on PostgreSQL.</summary>
public static class PostgresStepServices
{
    /// <summary>Needs <c>ProcessClock</c>; starts no program unless <c>AllowedCommands</c> names it.</summary>
    public static IServiceCollection AddPostgresSteps(this IServiceCollection services) => services
        .AddSingleton(provider => new DatabaseHosts(
            provider.GetService<AllowedCommands>() ?? AllowedCommands.None,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetService<ClusterConnections>() is { } connections ? new HostJobs(connections, provider.GetRequiredService<TimeProvider>()) : null,
            provider.GetService<ClusterConnections>() is { } clusters ? new HostExecs(clusters, provider.GetRequiredService<TimeProvider>()) : null))
        .AddSingleton<DatabaseSessions>()
        .AddSingleton<PromotionSight>()
        .AddSingleton<OtherServers>()
        .AddSingleton(provider => new RowMask(provider.GetService<EvidenceKeyFile>()))
        .AddSingleton<IStepKind, PostgresFenceStep>()
        .AddSingleton<IStepKind, PostgresPromoteStep>()
        .AddSingleton<IStepKind, PostgresReplicationStep>()
        .AddSingleton<IStepKind, PostgresDivergenceStep>()
        .AddSingleton<IStepKind, PostgresRebuildStep>()
        .AddSingleton<IStepKind, PostgresSynchronousStep>()
        .AddSingleton<IStepKind, PostgresSqlStep>()
        .AddSingleton<IGateKind, PostgresReadyGate>();
}
