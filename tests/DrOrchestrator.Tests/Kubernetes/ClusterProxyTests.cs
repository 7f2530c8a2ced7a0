using System.Net;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.Testing.Kubernetes;
using DrOrchestrator.Tests.Drills.Steps;
using k8s;

namespace DrOrchestrator.Tests.Kubernetes;

public sealed class ClusterProxyTests : IAsyncLifetime
{
    private FakeCluster _cluster = null!;

    public async Task InitializeAsync() => _cluster = await FakeCluster.StartAsync();

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    [Theory]
    [InlineData("http")]
    [InlineData("https")]
    [InlineData("socks5")]
    public async Task Requests_ProxyUrl_GoThroughItToLoopbackToo(string scheme)
    {
        using var certificate = _cluster.ServerCertificate(IPAddress.Loopback);
        using var proxy = scheme switch { "socks5" => FakeProxy.Socks5(), "https" => FakeProxy.Http(certificate), _ => FakeProxy.Http() };
        _cluster.WriteKubeconfig("token: t", $"proxy-url: {scheme}://127.0.0.1:{proxy.Port}");
        using var connections = new ClusterConnections(TimeProvider.System);

        await ListAsync(connections);

        proxy.Tunnels.Should().Equal(_cluster.Url.Authority);
        _cluster.Requests.Should().ContainSingle();
    }

    [Theory]
    [InlineData("http")]
    [InlineData("https")]
    public async Task Requests_ProxyUrlWithPassword_ShowsItToTheProxyAlone(string scheme)
    {
        using var certificate = _cluster.ServerCertificate(IPAddress.Loopback);
        using var proxy = FakeProxy.Http(scheme is "https" ? certificate : null, asksForName: true);
        _cluster.WriteKubeconfig("token: t", $"proxy-url: {scheme}://me:p%40ss@127.0.0.1:{proxy.Port}");
        using var connections = new ClusterConnections(TimeProvider.System);

        await ListAsync(connections);

        proxy.Tunnels.Should().Equal($"{_cluster.Url.Authority} me:p@ss");
    }

    [Fact]
    public async Task Requests_ProxyThatIsGone_FailAndDoNotGoAroundIt()
    {
        var proxy = FakeProxy.Http();
        proxy.Dispose();
        _cluster.WriteKubeconfig("token: t", "proxy-url: http://me:secret@127.0.0.1:1");
        using var connections = new ClusterConnections(TimeProvider.System);

        var call = () => ListAsync(connections);

        (await call.Should().ThrowAsync<HttpRequestException>()).Which.ToString().Should().Contain("127.0.0.1:1").And.NotContain("secret");
        _cluster.Requests.Should().BeEmpty();
    }

    private Task<k8s.Models.V1PodList> ListAsync(ClusterConnections connections) =>
        connections.Of(new StepBench(_cluster.KubeconfigPath).Estate, "primary").CoreV1.ListNamespacedPodAsync("ledger");
}
