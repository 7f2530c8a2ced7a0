using System.Text.Json.Nodes;
using DrOrchestrator.Testing.Kubernetes.Real;

namespace DrOrchestrator.Sandbox.Tests.Kubernetes.Conformance;

/// <summary>
/// A real cluster, of the kubeconfig named by <see cref="RealClusters.Variable" />. Its API server, controllers, admission and scheduler are real; where it has no kubelet <see cref="NodePlayer" />
/// plays the node the cases' pods are put on.
/// </summary>
public abstract class RealCluster(string context) : ConformanceCluster
{
    private NodePlayer? _node;

    /// <inheritdoc />
    public override bool IsSandbox => false;

    /// <inheritdoc />
    public override async Task InitializeAsync()
    {
        if (RealClusters.Kubeconfig is { } path)
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
