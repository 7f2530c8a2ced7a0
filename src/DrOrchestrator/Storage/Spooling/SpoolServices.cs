using DrOrchestrator.Calendars;
using DrOrchestrator.Time;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace DrOrchestrator.Storage.Spooling;

/// <summary>Registration of the write path of observations. Needs <c>Database</c>, <c>WriteGate</c>, <c>ITransactionalEvidence</c>, <c>ProcessClock</c>, configuration and logging.</summary>
public static class SpoolServices
{
    /// <summary>
    /// Adds the spool in <c>spool/observations</c> of the data folder, the stores behind it, what reads promptly, and what replays it. Add it before the slices that observe: what an
    /// earlier process left must be in the database before they go on from there.
    /// </summary>
    public static IServiceCollection AddSpool(this IServiceCollection services, string dataFolder)
    {
        services.AddOptions<SpoolOptions>().BindConfiguration(SpoolOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        return services
            .AddSingleton(provider => new SpoolFile(
                Path.Combine(dataFolder, "spool", "observations"), (long)provider.GetRequiredService<IOptions<SpoolOptions>>().Value.LimitMiB * 1024 * 1024))
            .AddSingleton<ISpoolTarget, SpoolTarget>()
            .AddSingleton<SpooledWrites>()

            // Opened when it is used: commands that only ask what kinds there are leave no file behind.
            .AddSingleton(provider => new Lazy<SpooledWrites>(provider.GetRequiredService<SpooledWrites>))
            .AddSingleton<IWritePath>(provider => provider.GetRequiredService<SpooledWrites>())
            .AddSingleton(provider => new PromptReads(
                provider.GetRequiredService<ProcessClock>().Provider, provider.GetRequiredService<Database>().AnswersWithin, provider.GetRequiredService<ILogger<PromptReads>>()))
            .AddSingleton<SqlTimelineStore>()
            .AddSingleton<SqlProbeMinuteStore>()
            .AddSingleton<SqlExposureStore>()
            .AddSingleton<SqlSynchronyStore>()
            .AddSingleton<IEngine, DatabaseEngine>()
            .AddHostedService<SpoolKeeper>();
    }
}
