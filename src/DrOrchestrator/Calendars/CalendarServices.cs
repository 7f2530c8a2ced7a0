using DrOrchestrator.Calendars.Work;
using DrOrchestrator.Compliance.Alerts;
using DrOrchestrator.Drills.Carrying;
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
    /// <param name="databaseFile">
    /// Quartz's own SQLite file: free writers beside the journal would starve it. Null on PostgreSQL: there it has tables of its own in the same database, and the schedulers of all
    /// server processes are one cluster, of which one fires.
    /// </param>
    public static IServiceCollection AddCalendars(this IServiceCollection services, string? databaseFile)
    {
        services.AddQuartz(quartz =>
        {
            // Entries of one minute stand in line for a place; gates wait for their targets.
            quartz.UseDefaultThreadPool(8);
            quartz.UsePersistentStore(store =>
            {
                if (databaseFile is null)
                {
                    store.UsePostgres(source => source.DataSourceFactory = provider => ((PostgresDatabase)provider.GetRequiredService<Database>()).Source);
                    store.UseClustering();
                }
                else
                {
                    store.UseSqlite(SqliteFactory.Instance, new SqliteConnectionStringBuilder { DataSource = databaseFile, Pooling = true }.ToString());
                }

                store.ProvisionSchema();
            });
        });
        services.AddSingleton<IFireLedger, SqlFireLedger>();
        services.AddSingleton<ICalendarWork, OverdueCheck>();
        services.AddSingleton<ICalendarWork, ScheduledDrills>();
        services.AddSingleton<ICalendarWork, ScheduledGates>();
        services.AddSingleton<MissedFires>();
        services.AddSingleton<CalendarFiring>();
        services.AddSingleton<CalendarBoard>();
        services.AddSingleton<IAlertSource>(provider => provider.GetRequiredService<CalendarBoard>());
        services.AddHostedService<MissedWatch>();
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
