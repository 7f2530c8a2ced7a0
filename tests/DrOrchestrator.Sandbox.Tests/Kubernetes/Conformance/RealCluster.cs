using System.Text.Json.Nodes;

namespace DrOrchestrator.Sandbox.Tests.Kubernetes.Conformance;

/// <summary>
/// A real cluster, of the kubeconfig named by <see cref="Variable" />. Its API server, controllers, admission and scheduler are real; where it has no kubelet <see cref="NodePlayer" />
/// plays the node the cases' pods are put on.
/// </summary>
public abstract class RealCluster(string context) : ConformanceCluster
{
    /// <summary>The environment variable that names the kubeconfig.</summary>
    public const string Variable = "DRO_TEST_KUBECONFIG";

    private NodePlayer? _node;

    /// <summary>The kubeconfig, or null when no real cluster is named.</summary>
    public static string? Kubeconfig => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } path ? path : null;

    /// <inheritdoc />
    public override bool IsSandbox => false;

    /// <inheritdoc />
    public override async Task InitializeAsync()
    {
        if (Kubeconfig is { } path)
        {
            Connect(path, context);
            _node = await NodePlayer.StartAsync(this);
        }
    }

    /// <inheritdoc />
    private protected override async Task ReleaseAsync()
    {
        if (_node is not null)
        {
            await _node.DisposeAsync();
        }
    }

    /// <inheritdoc />
    public override JsonObject PodSpec(string script)
    {
        var spec = base.PodSpec(script);
        spec["nodeName"] = _node!.Name;
        spec["terminationGracePeriodSeconds"] = 1;
        return spec;
    }

    private protected override Task SettleAsync(string name) => UntilAsync($"/api/v1/namespaces/{name}/serviceaccounts/default", body => (string?)body["kind"] == "ServiceAccount");
}

/// <summary>The context <c>primary</c>.</summary>
public sealed class PrimaryCluster() : RealCluster("primary");

/// <summary>The context <c>dr</c>.</summary>
public sealed class DrCluster() : RealCluster("dr");
