using DrOrchestrator.Availability.Planned;
using DrOrchestrator.Availability.Sights;
using DrOrchestrator.Availability.Statements;
using DrOrchestrator.Estates;
using DrOrchestrator.Probes;
using DrOrchestrator.Storage;
using DrOrchestrator.Storage.Spooling;
using DrOrchestrator.Time;
using Microsoft.Extensions.DependencyInjection;

namespace DrOrchestrator.Availability;

/// <summary>Registration of the slice. Needs <c>AddProbes</c>, <c>AddSpool</c>, <c>EstateHolder</c> and <c>ProcessClock</c>.</summary>
public static class AvailabilityServices
{
    /// <summary>Adds the timeline (which takes the probes' results), its store, and the live view.</summary>
    public static IServiceCollection AddAvailability(this IServiceCollection services) => services
        .AddSingleton<ITimelineStore>(provider => new SpooledTimelineStore(
            provider.GetRequiredService<SqlTimelineStore>(), provider.GetRequiredService<Lazy<SpooledWrites>>(), provider.GetRequiredService<PromptReads>()))
        .AddSingleton<IProbeMinuteStore>(provider => new SpooledProbeMinuteStore(
            provider.GetRequiredService<SqlProbeMinuteStore>(), provider.GetRequiredService<Lazy<SpooledWrites>>(), provider.GetRequiredService<PromptReads>()))
        .AddSingleton<Timeline>()
        .AddSingleton<IProbeResultSink>(provider => new VotingSink(provider.GetRequiredService<OtherSights>(), provider.GetRequiredService<Timeline>()))
        .AddSingleton<ISightStore, SqlSightStore>()
        .AddSingleton(provider => new OtherSights(provider.GetRequiredService<ProcessClock>()))
        .AddSingleton<IVantageRoll, VantageRoll>()
        .AddHostedService<SightReader>()
        .AddSingleton<IServiceWatch, ServiceWatch>()
        .AddSingleton<LiveSubjects>()
        .AddSingleton<IDecidingStore, SqlDecidingStore>()
        .AddSingleton<DecidingSubjects>()
        .AddSingleton<LedgerReader>()
        .AddSingleton<SqlMaintenanceStore>()
        .AddSingleton<IMaintenanceStore>(provider => new PromptMaintenanceStore(provider.GetRequiredService<SqlMaintenanceStore>(), provider.GetRequiredService<PromptReads>()))
        .AddSingleton<MaintenanceDesk>()
        .AddSingleton<ISystemAvailability, SystemAvailability>()
        .AddSingleton<StatementDesk>()
        .AddSingleton<IProbeMinutes, ProbeMinutes>()
        .AddHostedService<TimelineKeeper>()
        .AddHostedService<ProbeHourKeeper>();

    /// <summary>What a lookout has of the slice: it looks and votes, and writes no time line. Needs <c>AddProbes</c>, <c>Database</c> and <c>ProcessClock</c>.</summary>
    public static IServiceCollection AddLookout(this IServiceCollection services, VantagePoint point, Estate estate) => services
        .AddSingleton<SightKeeper>()
        .AddSingleton<IProbeResultSink>(provider => provider.GetRequiredService<SightKeeper>())
        .AddSingleton<ISightStore, SqlSightStore>()
        .AddSingleton(new LookoutPost(point, estate.Hash))
        .AddSingleton<LookoutEnd>()
        .AddHostedService<SightWriter>();
}
