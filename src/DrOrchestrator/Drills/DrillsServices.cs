using DrOrchestrator.Commands;
using DrOrchestrator.Drills.Carrying;
using DrOrchestrator.Drills.Duties;
using DrOrchestrator.Drills.Gates;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Drills.Owners;
using DrOrchestrator.Drills.Results;
using DrOrchestrator.Drills.Steps;
using DrOrchestrator.Drills.Steps.Dns;
using DrOrchestrator.Drills.Steps.Postgres;
using DrOrchestrator.Drills.Steps.Programs;
using DrOrchestrator.Drills.Steps.Restores;
using DrOrchestrator.Drills.Stops;
using DrOrchestrator.Estates;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.Plans;
using DrOrchestrator.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace DrOrchestrator.Drills;

/// <summary>Registers the drill engine; every step kind, gate and steady-state check is one line here.</summary>
public static class DrillsServices
{
    /// <summary>Adds the slice. The journal, the queue and the readers are ports that the composition fills.</summary>
    public static IServiceCollection AddDrills(this IServiceCollection services) => services
        .AddSingleton<IStepKind>(_ => PersonStep.Task())
        .AddSingleton<LossNow>()
        .AddSingleton<IStepKind>(services => PersonStep.Approval(services.GetRequiredService<LossNow>()))
        .AddSingleton<IStepKind, WaitStep>()
        .AddSingleton<IStepKind, ProbeStep>()
        .AddSingleton<IStepKind, RecoveryPointStep>()
        .AddSingleton<IStepKind, CanaryStep>()
        .AddKubernetesSteps()
        .AddPostgresSteps()
        .AddRestoreSteps()
        .AddSingleton<IStepKind>(provider => new CommandStep(provider.GetService<AllowedCommands>() ?? AllowedCommands.None, provider.GetRequiredService<TimeProvider>()))
        .AddSingleton<IStepKind, DnsStep>()
        .AddSingleton<IStepKind, NotifyStep>()
        .AddSingleton<IGateKind, StandbyHealthyGate>()
        .AddSingleton<IGateKind, ExposureGate>()
        .AddSingleton<IGateKind, BackupsVerifiedGate>()
        .AddSingleton<IGateKind, PeopleGate>()
        .AddSingleton<IGateKind, SiteDarkGate>()
        .AddSingleton<ISteadyStateKind, ProbeSteadyState>()
        .AddSingleton<StepKinds>()
        .AddSingleton<PlanTrial>()
        .AddSingleton<GateKinds>()
        .AddSingleton<PlanGates>()
        .AddSingleton<SteadyStateKinds>()
        .AddSingleton<IStepKindCatalog, StepKindCatalog>()
        .AddSingleton<ServingSites>()
        .AddSingleton<IServingSites>(services => services.GetRequiredService<ServingSites>())
        .AddSingleton<RunSignals>()
        .AddSingleton<IRehearsalProof>(services => new RehearsalProof(
            services.GetService<ClusterConnections>() is { } connections ? new ClusterPowers(connections) : null,
            new DatabasePowers(services.GetRequiredService<DatabaseSessions>(), services.GetRequiredService<TimeProvider>()),
            services.GetRequiredService<IStepKindCatalog>(),
            services.GetRequiredService<IServingSites>(),
            services.GetRequiredService<PlanLibrary>(),
            services.GetRequiredService<TimeProvider>()))
        .AddSingleton<DrillStages>()
        .AddSingleton<RunFingerprinter>()
        .AddSingleton<IFingerprintStore, SqlFingerprintStore>()
        .AddSingleton<FingerprintWatch>()
        .AddSingleton<RunChecks>()
        .AddSingleton<FenceCheck>()
        .AddSingleton<IEarlierFences, EarlierFences>()
        .AddSingleton<StepObserver>()
        .AddSingleton<StepVerifier>()
        .AddSingleton<StepRunner>()
        .AddSingleton<Guardrails>()
        .AddSingleton<StepEngine>()
        .AddSingleton<Rollback>()
        .AddSingleton<Aftermath>()
        .AddSingleton<RunStop>()
        .AddSingleton<RunLocks>()
        .AddSingleton<RunPlans>()
        .AddSingleton<IRunDiffs, RunDiffs>()
        .AddSingleton<RunMeasurer>()
        .AddSingleton<FenceDutyLoop>()
        .AddSingleton<StepDutiesLoop>()
        .AddSingleton<LateFences>()
        .AddSingleton<UnreadableRun>()
        .AddSingleton<WorldCheck>()
        .AddSingleton<LinkedDuties>()
        .AddSingleton<RunCloser>()
        .AddSingleton<IInterruptions, Interruptions>()
        .AddSingleton<IRunForecasts, NoForecasts>()
        .AddSingleton(new OwnerProof(OthersAreDead: true))
        .AddSingleton<Storage.LeaseClock>()
        .AddSingleton<DrillRunner>()
        .AddSingleton<IRunCarrier>(services => services.GetRequiredService<DrillRunner>())
        .AddSingleton<IDrills>(provider => ActivatorUtilities.CreateInstance<DrillDesk>(provider, provider.GetService<AllowedCommands>() ?? AllowedCommands.None));

    /// <summary>Adds what a server needs whose database can go away or be another's for a while: leases are looked at, and a silent owner is waited for.</summary>
    public static IServiceCollection AddSharedRuns(this IServiceCollection services) => services
        .AddSingleton(new OwnerProof(OthersAreDead: false))
        .AddSingleton<ISharedRuns, Storage.SqlSharedRuns>()
        .AddHostedService<SharedRunsLoop>();
}
