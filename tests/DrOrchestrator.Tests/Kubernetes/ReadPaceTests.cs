using DrOrchestrator.Estates;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.Testing.Kubernetes;
using DrOrchestrator.Tests.Drills.Steps;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Time.Testing;

namespace DrOrchestrator.Tests.Kubernetes;

/// <summary>How often a cluster is asked: by a clock of the test's own.</summary>
public sealed class ReadPaceTests : ClusterFixture
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly FakeTimeProvider _time = new();

    private int Lists => Cluster.Requests.Count(request => request.Method == "GET" && request.Path == FakeLedgerSite.Pods);

    [Fact]
    public async Task Reads_InABurst_ComeInTheirPaceAndAWriteGoesPastThem()
    {
        Cluster.PageSize = null;
        using var connections = new ClusterConnections(_time);
        var client = connections.Of(Paced(1), "primary");

        var lists = Enumerable.Range(0, 5).Select(_ => client.CoreV1.ListNamespacedPodAsync("ledger")).ToList();
        await UntilAsync(() => Lists == 2);

        // Nothing else was let through: both of these have gone out and come back meanwhile.
        await client.AppsV1.ReadNamespacedDeploymentAsync("ledger-api", "ledger");
        await client.AppsV1.PatchNamespacedDeploymentAsync(new V1Patch("""{"metadata":{"annotations":{"a":"b"}}}""", V1Patch.PatchType.MergePatch), "ledger-api", "ledger");
        Lists.Should().Be(2);
        Cluster.Mutations.Should().ContainSingle();

        for (var second = 1; second <= 3; second++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await UntilAsync(() => Lists == 2 + second);
            lists.Count(list => !list.IsCompleted).Should().BeGreaterThanOrEqualTo(3 - second);
        }

        await Task.WhenAll(lists);
    }

    [Fact]
    public async Task Read_ThatIsGivenUpWhileItWaits_TakesNobodysTurn()
    {
        var pace = new ReadPace(_time) { PerSecond = 1 };
        using var over = new CancellationTokenSource();
        await pace.TakeAsync(default);
        await pace.TakeAsync(default);
        var givenUp = pace.TakeAsync(over.Token).AsTask();

        await over.CancelAsync();
        var act = () => givenUp;
        await act.Should().ThrowAsync<OperationCanceledException>();
        var next = pace.TakeAsync(default).AsTask();

        next.IsCompleted.Should().BeFalse();
        _time.Advance(TimeSpan.FromSeconds(1));
        await next.WaitAsync(Patience);
    }

    /// <summary>A backlog of a hundred seconds, by a number that somebody corrects then.</summary>
    [Fact]
    public async Task Reads_ThatWaitWhenTheNumberIsRaised_WaitByTheNewOne()
    {
        var pace = new ReadPace(_time) { PerSecond = 1 };
        var reads = Enumerable.Range(0, 102).Select(_ => pace.TakeAsync(default).AsTask()).ToList();
        reads.Count(read => read.IsCompleted).Should().Be(2);

        pace.PerSecond = 100;
        var late = pace.TakeAsync(default).AsTask();

        // A timer of the old time may still be about to be replaced: the clock goes on in the steps of the new one.
        await UntilAsync(() =>
        {
            _time.Advance(TimeSpan.FromMilliseconds(10));
            return late.IsCompleted;
        });
        await Task.WhenAll(reads).WaitAsync(Patience);
        (_time.GetUtcNow() - _time.Start).Should().BeLessThan(TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task Writes_AreCounted_AndAnEmptyBucketOwesNothingForThem()
    {
        var pace = new ReadPace(_time) { PerSecond = 1 };
        for (var writes = 0; writes < 100; writes++)
        {
            pace.Count();
        }

        var read = pace.TakeAsync(default).AsTask();
        read.IsCompleted.Should().BeFalse("the writes took what was there");
        _time.Advance(TimeSpan.FromSeconds(1));
        await read.WaitAsync(Patience);
    }

    [Fact]
    public async Task Of_NewNumberInTheEstate_HoldsForTheConnectionThatStands()
    {
        Cluster.PageSize = null;
        using var connections = new ClusterConnections(_time);
        var client = connections.Of(Paced(1), "primary");
        await client.CoreV1.ListNamespacedPodAsync("ledger");
        await client.CoreV1.ListNamespacedPodAsync("ledger");

        connections.Of(Paced(10), "primary").Should().BeSameAs(client);

        _time.Advance(TimeSpan.FromSeconds(1));
        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => client.CoreV1.ListNamespacedPodAsync("ledger"))).WaitAsync(Patience);
    }

    [Theory]
    [InlineData("/api/v1/namespaces/ledger/pods", false)]
    [InlineData("/api/v1/namespaces/ledger/pods/a", true)]
    [InlineData("/api/v1/namespaces/ledger/pods/a/log", true)]
    [InlineData("/behind/a/proxy/api/v1/namespaces/ledger/pods", false)]
    [InlineData("/apis/apps/v1/namespaces/ledger/deployments", false)]
    [InlineData("/apis/apps/v1/namespaces/ledger/deployments/api", true)]
    [InlineData("/api/v1/namespaces", false)]
    [InlineData("/api/v1/namespaces/ledger", true)]
    [InlineData("/api/v1/nodes", false)]
    [InlineData("/api/v1/nodes/n1", true)]
    [InlineData("/apis", false)]
    [InlineData("/apis/apps/v1", false)]
    [InlineData("/version", false)]
    public void IsOfOne_Path_TellsObjectsFromLists(string path, bool one) => ReadPace.IsOfOne(path).Should().Be(one);

    private Estate Paced(int perSecond) => Bench.Estate with { Sites = [.. Bench.Estate.Sites.Select(site => site with { ReadsPerSecond = perSecond })] };

    private static async Task UntilAsync(Func<bool> holds)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!holds())
        {
            TimeProvider.System.GetElapsedTime(began).Should().BeLessThan(Patience);
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        }
    }
}
