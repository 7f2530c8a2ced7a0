using DrOrchestrator.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace DrOrchestrator.Evidence;

/// <summary>Registration of the evidence slice.</summary>
public static class EvidenceServices
{
    /// <summary>
    /// Adds the log (as <see cref="IEvidenceLog"/>, <see cref="ITransactionalEvidence"/>, <see cref="IEvidenceArchive"/>), the pack writer and the checkpoint loop.
    /// Needs <c>Database</c> (migrated before the host starts), <c>WriteGate</c>, <c>ProcessClock</c>, configuration and logging.
    /// </summary>
    public static IServiceCollection AddEvidence(this IServiceCollection services, string dataFolder)
    {
        services.AddOptions<EvidenceOptions>().BindConfiguration(EvidenceOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton(new EvidenceKeyFile(Path.Combine(dataFolder, "evidence.key")));
        services.AddSingleton<SqlEvidenceArchive>();
        services.AddSingleton<SqlEvidenceStore>();
        services.AddSingleton<IEvidenceLog>(provider => provider.GetRequiredService<SqlEvidenceStore>());
        services.AddSingleton<ITransactionalEvidence>(provider => provider.GetRequiredService<SqlEvidenceStore>());
        services.AddSingleton<IEvidenceArchive>(provider => provider.GetRequiredService<SqlEvidenceArchive>());
        services.AddSingleton<AuditPackWriter>();
        services.AddHostedService<CheckpointLoop>();
        return services;
    }
}
