using k8s;
using Xunit;

namespace DrOrchestrator.Testing.Kubernetes.Real;

/// <summary>
/// The clusters that tests may use as they are, beside the lab: <c>DRO_TEST_KUBECONFIG</c> names a kubeconfig with the contexts <c>primary</c> and <c>dr</c> and the right to
/// make namespaces, nodes and all that is in them. Tests keep to namespaces of their own and remove them.
/// </summary>
public static class RealClusters
{
    public const string Variable = "DRO_TEST_KUBECONFIG";

    /// <summary>Null where none is named.</summary>
    public static string? Kubeconfig => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } path ? path : null;

    public static IKubernetes Connect(string context) => new k8s.Kubernetes(KubernetesClientConfiguration.BuildConfigFromConfigFile(Kubeconfig, context));
}

/// <summary>A test against real clusters; passed over, and said so, where none are named.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RealClusterFactAttribute : FactAttribute
{
    public RealClusterFactAttribute() => Skip = RealClusters.Kubeconfig is null ? $"{RealClusters.Variable} names no kubeconfig with contexts 'primary' and 'dr'; real clusters were not tried." : null;
}

/// <summary>As <see cref="RealClusterFactAttribute"/>, for each row of data.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RealClusterTheoryAttribute : TheoryAttribute
{
    public RealClusterTheoryAttribute() => Skip = new RealClusterFactAttribute().Skip;
}
