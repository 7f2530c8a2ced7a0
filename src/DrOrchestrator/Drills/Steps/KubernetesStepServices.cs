using DrOrchestrator.Drills.Gates;
using DrOrchestrator.Drills.Results;
using DrOrchestrator.Drills.Steps.Cnpg;
using DrOrchestrator.Drills.Steps.Fences;
using DrOrchestrator.Drills.Steps.Http;
using DrOrchestrator.Drills.Steps.Namespaces;
using DrOrchestrator.Drills.Steps.Objects;
using DrOrchestrator.Drills.Steps.Pods;
using DrOrchestrator.Drills.Steps.Workloads;
using Microsoft.Extensions.DependencyInjection;

namespace DrOrchestrator.Drills.Steps;

/// <summary>Registers the step and gate kinds that act on clusters and load balancers.</summary>
public static class KubernetesStepServices
{
    /// <summary>Needs <c>AddKubernetes</c>. <see cref="K8sFenceStep"/> is there under its own type too, for the proof asked right before a promotion.</summary>
    public static IServiceCollection AddKubernetesSteps(this IServiceCollection services) => services
        .AddSingleton<K8sFenceStep>()
        .AddSingleton<IStepKind>(provider => provider.GetRequiredService<K8sFenceStep>())
        .AddSingleton<FenceLift>()
        .AddSingleton<LeftNamespaces>()
        .AddSingleton<LeftNamespaceWatch>()
        .AddSingleton<ILeftNamespaceSight>(provider => provider.GetRequiredService<LeftNamespaceWatch>())
        .AddHostedService(provider => provider.GetRequiredService<LeftNamespaceWatch>())
        .AddSingleton<IStepKind, K8sUnfenceStep>()
        .AddSingleton<IStepKind, K8sEarlierUnfenceStep>()
        .AddSingleton<IStepKind, K8sScaleStep>()
        .AddSingleton<IStepKind, K8sPatchStep>()
        .AddSingleton<IStepKind, K8sApplyStep>()
        .AddSingleton<IStepKind, K8sRolloutStep>()
        .AddSingleton<IStepKind, K8sJobStep>()
        .AddSingleton<IStepKind, K8sWaitStep>()
        .AddSingleton<IStepKind, K8sExecStep>()
        .AddSingleton<IStepKind, K8sNamespaceStep>()
        .AddSingleton<IStepKind, K8sNamespaceRemoveStep>()
        .AddSingleton<IStepKind, CnpgDemoteStep>()
        .AddSingleton<IStepKind, CnpgFollowStep>()
        .AddSingleton<IStepKind, HttpStep>()
        .AddSingleton<IWorkloadFingerprints, WorkloadFingerprints>()
        .AddSingleton<IGateKind, TargetsExistGate>()
        .AddSingleton<IGateKind, FenceProvableGate>()
        .AddSingleton<IGateKind, RightsGate>()
        .AddSingleton<IGateKind, CapacityGate>()
        .AddSingleton<IGateKind, FieldManagersGate>()
        .AddSingleton<IGateKind, ImagesKnownGate>()
        .AddSingleton<IGateKind, SinglePointsGate>();
}
