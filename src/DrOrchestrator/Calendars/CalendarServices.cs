using DrOrchestrator.Calendars.Work;
using DrOrchestrator.Drills;
using DrOrchestrator.Storage;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Quartz;

namespace DrOrchestrator.Calendars;

/// <summary>The calendar (Quartz) and the workers (Hangfire).</summary>
public static class CalendarServices
{
    /// <summary>Adds both engines. The caller adds Hangfire's <c>JobStorage</c>, because that is where a deployment chooses.</summary>
    /// <param name="databaseFile">Quartz's own SQLite file: free writers beside the journal would starve it.</param>
    public static IServiceCollection AddCalendars(this IServiceCollection services, string databaseFile)
    {
        var connection = new SqliteConnectionStringBuilder { DataSource = databaseFile, Pooling = true }.ToString();
        services.AddQuartz(quartz =>
        {
            quartz.UseDefaultThreadPool(2);
            quartz.UsePersistentStore(store =>
            {
                store.UseSqlite(SqliteFactory.Instance, connection);
                store.ProvisionSchema();
            });
        });
        services.AddSingleton<IFireLedger, SqlFireLedger>();
        services.AddSingleton<OverdueCheck>();
        services.AddSingleton<CalendarEngine>();
        services.AddSingleton<IEngine>(provider => provider.GetRequiredService<CalendarEngine>());
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<CalendarEngine>());

        services.AddSingleton<DrillWork>();
        services.AddSingleton<IRunQueue, WorkQueue>();
        services.AddSingleton<WorkEngine>();
        services.AddSingleton<IEngine>(provider => provider.GetRequiredService<WorkEngine>());
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<WorkEngine>());
        services.AddSingleton<IEngineStates, EngineStates>();
        return services;
    }
}
