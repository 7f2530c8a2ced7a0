using DrOrchestrator.Estates;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.Testing.Kubernetes;
using DrOrchestrator.Tests.Drills.Steps;
using k8s;

namespace DrOrchestrator.Tests.Kubernetes;

public sealed class InClusterTests : IAsyncLifetime
{
    private static readonly Estate Estate = new StepBench(Site.InCluster, Site.InCluster).Estate;

    private readonly Dictionary<string, string> _variables = [];
    private FakeCluster _cluster = null!;

    public async Task InitializeAsync()
    {
        _cluster = await FakeCluster.StartAsync();
        _cluster.WriteFile("ca.crt", _cluster.AuthorityPem);
        _cluster.WriteFile("token", "first\n");
        _variables["KUBERNETES_SERVICE_HOST"] = _cluster.Url.Host;
        _variables["KUBERNETES_SERVICE_PORT"] = $"{_cluster.Url.Port}";
    }

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    [Fact]
    public async Task Of_ServiceAccount_IsItsTokenOfThatMomentAndItsAuthority()
    {
        using var connections = Connections();
        var client = connections.Of(Estate, "primary");

        await client.CoreV1.ListNamespacedPodAsync("ledger");
        _cluster.WriteFile("token", "second\n");
        await client.CoreV1.ListNamespacedPodAsync("ledger");

        _cluster.Requests.Select(r => r.Authorization).Should().Equal("Bearer first", "Bearer second");
        connections.Of(Estate, "primary").Should().BeSameAs(client);
    }

    [Fact]
    public async Task Of_AuthorityOfAnother_IsRefused()
    {
        await using var other = await FakeCluster.StartAsync();
        _cluster.WriteFile("ca.crt", other.AuthorityPem);
        using var connections = Connections();

        var call = () => connections.Of(Estate, "primary").CoreV1.ListNamespacedPodAsync("ledger");

        await call.Should().ThrowAsync<HttpRequestException>();
        _cluster.Requests.Should().BeEmpty();
    }

    [Fact]
    public async Task WithCredentialOf_ServiceAccount_IsShownToTheOtherCluster()
    {
        await using var other = await FakeCluster.StartAsync();
        var both = Estate with { Sites = [.. Estate.Sites, new Site("dr", SiteRole.SameCity, null, other.KubeconfigPath, "primary")] };
        using var connections = Connections();

        using var client = connections.WithCredentialOf(both, "dr", "primary");
        await client.CoreV1.ListNamespacedPodAsync("ledger");

        other.Requests.Single().Authorization.Should().Be("Bearer first");
    }

    [Fact]
    public void Of_NoPod_SaysSo()
    {
        _variables.Remove("KUBERNETES_SERVICE_PORT");
        using var connections = Connections();

        var call = () => connections.Of(Estate, "primary");

        call.Should().Throw<ClusterAccessException>().WithMessage("'kubeconfig: in-cluster', but KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not both set: *");
    }

    [Fact]
    public void Of_NoServiceAccount_SaysSo()
    {
        File.Delete(Path.Combine(_cluster.Folder, "token"));
        using var connections = Connections();

        var call = () => connections.Of(Estate, "primary");

        call.Should().Throw<ClusterAccessException>().WithMessage("'kubeconfig: in-cluster', but there is no */token: *");
    }

    private ClusterConnections Connections() => new(TimeProvider.System) { Pod = new InCluster(_cluster.Folder, _variables.GetValueOrDefault) };
}
