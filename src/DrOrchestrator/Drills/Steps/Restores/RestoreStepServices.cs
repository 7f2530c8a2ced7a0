using DrOrchestrator.Commands;
using Microsoft.Extensions.DependencyInjection;

namespace DrOrchestrator.Drills.Steps.Restores;

/// <summary>Registers the step kinds that restore backups and look into them.</summary>
public static class RestoreStepServices
{
    /// <summary>Needs <c>AddPostgresSteps</c>; starts no program unless <c>AllowedCommands</c> names it.</summary>
    public static IServiceCollection AddRestoreSteps(this IServiceCollection services) => services
        .AddSingleton(provider => new RestoreHosts(provider.GetService<AllowedCommands>() ?? AllowedCommands.None, provider.GetRequiredService<TimeProvider>()))
        .AddSingleton<IStepKind, PostgresRestoreStep>()
        .AddSingleton<IStepKind, RestoreCheckStep>()
        .AddSingleton<IStepKind, RestoreRemoveStep>();
}
