using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Steps;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.Plans;
using Microsoft.Extensions.DependencyInjection;

namespace DrOrchestrator.Cli.Commands;

/// <summary>The kinds a plan may use, for commands that read plans without a server: the same registrations the server makes, asked for their shapes only.</summary>
internal sealed class KnownKinds : IStepKindCatalog
{
    private static readonly Lazy<KnownKinds> Loaded = new(() => new KnownKinds());

    private KnownKinds()
    {
        using var services = new ServiceCollection().AddSingleton(TimeProvider.System).AddKubernetes().AddKubernetesSteps().BuildServiceProvider();
        Steps = services.GetServices<IStepKind>().ToDictionary(kind => kind.Shape.Kind, kind => kind.Shape, StringComparer.Ordinal);
        Gates = services.GetServices<IGateKind>().ToDictionary(kind => kind.Shape.Kind, kind => kind.Shape, StringComparer.Ordinal);
    }

    public IReadOnlyDictionary<string, StepKindShape> Steps { get; }

    public IReadOnlyDictionary<string, StepKindShape> Gates { get; }

    public IReadOnlyDictionary<string, StepKindShape> SteadyState { get; } = new Dictionary<string, StepKindShape>();

    /// <summary>Made when it is first asked for: most commands never need it.</summary>
    public static IStepKindCatalog Catalog() => Loaded.Value;
}
