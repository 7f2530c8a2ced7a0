using DrOrchestrator.Kubernetes;
using DrOrchestrator.Testing.Kubernetes;

namespace DrOrchestrator.Tests.Drills.Steps;

/// <summary>A fake cluster with the ledger in it, one per test.</summary>
public abstract class ClusterFixture : IAsyncLifetime
{
    internal FakeCluster Cluster { get; private set; } = null!;

    internal FakeLedgerSite Site { get; private set; } = null!;

    internal ClusterConnections Connections { get; private set; } = null!;

    internal StepBench Bench { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Cluster = await FakeCluster.StartAsync();

        // Whatever the product lists it must read page by page.
        Cluster.PageSize = 1;
        Site = new FakeLedgerSite(Cluster.Objects);
        Connections = new ClusterConnections(TimeProvider.System);
        Bench = new StepBench(Cluster.KubeconfigPath);
    }

    public async Task DisposeAsync()
    {
        Connections.Dispose();
        await Cluster.DisposeAsync();
    }
}
