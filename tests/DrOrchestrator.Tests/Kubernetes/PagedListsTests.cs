using System.Text.Json.Nodes;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.Testing.Kubernetes;
using DrOrchestrator.Tests.Drills.Steps;

namespace DrOrchestrator.Tests.Kubernetes;

public sealed class PagedListsTests : IAsyncLifetime
{
    private readonly ClusterConnections _connections = new(TimeProvider.System);
    private FakeCluster _cluster = null!;
    private FakePods _pods = null!;

    public async Task InitializeAsync()
    {
        _cluster = await FakeCluster.StartAsync();
        _pods = new FakePods(_cluster);
        for (var pod = 0; pod < 1100; pod++)
        {
            _pods.Put("ledger", FakePods.Pod("ledger", $"p-{pod:0000}"));
        }
    }

    public async Task DisposeAsync()
    {
        _connections.Dispose();
        await _cluster.DisposeAsync();
    }

    [Fact]
    public async Task AllPods_MoreThanAPage_AreAllOnce()
    {
        var all = await _connections.Of(new StepBench(_cluster.KubeconfigPath).Estate, "primary").AllPodsAsync("ledger", null, default);

        all.Select(pod => pod.Metadata.Name).Should().OnlyHaveUniqueItems().And.HaveCount(1100);
        _pods.Lists.Should().HaveCount(3);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task All_ContinuationGone_AreAskedForOnceMoreAndAtOnce(bool anyKind)
    {
        _pods.Before = async context =>
        {
            if (context.Request.Query["continue"] != "1000")
            {
                return false;
            }

            context.Response.StatusCode = 410;
            await Microsoft.AspNetCore.Http.HttpResponseWritingExtensions.WriteAsync(context.Response, FakeObjects.Status(410, "Expired", "The provided continue parameter is too old").Body!.ToJsonString());
            return true;
        };

        var client = _connections.Of(new StepBench(_cluster.KubeconfigPath).Estate, "primary");
        var all = anyKind
            ? (await client.ListObjectsAsync("v1", "pods", "ledger", default)).Select(pod => pod["metadata"]!["name"]!.ToString())
            : (await client.AllPodsAsync("ledger", null, default)).Select(pod => pod.Metadata.Name);

        all.Should().OnlyHaveUniqueItems().And.HaveCount(1100);
        _pods.Lists.Should().HaveCount(4).And.Subject.Last().Should().NotContain("limit=");
    }
}
