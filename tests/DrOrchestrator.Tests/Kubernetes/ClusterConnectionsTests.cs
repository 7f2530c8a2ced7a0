using System.Net;
using System.Text.Json.Nodes;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.Testing.Kubernetes;
using DrOrchestrator.Tests.Drills.Steps;
using k8s;

namespace DrOrchestrator.Tests.Kubernetes;

public sealed class ClusterConnectionsTests
{
    [Fact]
    public async Task Of_RightAuthorityAndRightHost_Answers()
    {
        await using var cluster = await FakeCluster.StartAsync();
        _ = new FakeLedgerSite(cluster.Objects);
        using var connections = new ClusterConnections(TimeProvider.System);

        var pods = await connections.Of(new StepBench(cluster.KubeconfigPath).Estate, "primary").CoreV1.ListNamespacedPodAsync("ledger");

        pods.Items.Should().HaveCount(3);
        cluster.Requests.Single().UserAgent.Should().MatchRegex(@"^dro/\d+\.\d+\.\d+$");
        cluster.Requests.Single().Authorization.Should().Be("Bearer test-token");
    }

    [Fact]
    public async Task Of_RightAuthorityButCertificateForAnotherHost_IsRefused()
    {
        await using var cluster = await FakeCluster.StartAsync(dnsName: "other.example");
        using var connections = new ClusterConnections(TimeProvider.System);

        var call = () => connections.Of(new StepBench(cluster.KubeconfigPath).Estate, "primary").CoreV1.ListNamespacedPodAsync("ledger");

        var thrown = await call.Should().ThrowAsync<HttpRequestException>();
        ClusterFailure.Of(thrown.Which, CancellationToken.None)!.Reason.Should().StartWith("the server's certificate is refused:").And.Contain("NameMismatch");
        cluster.Requests.Should().BeEmpty();
    }

    [Fact]
    public async Task Of_TlsServerName_IsTheNameThatIsCompared()
    {
        await using var cluster = await FakeCluster.StartAsync(dnsName: "other.example");
        cluster.WriteKubeconfig("token: t", "tls-server-name: other.example");
        using var connections = new ClusterConnections(TimeProvider.System);

        await connections.Of(new StepBench(cluster.KubeconfigPath).Estate, "primary").CoreV1.ListNamespacedPodAsync("ledger");

        cluster.Requests.Should().ContainSingle();
    }

    [Fact]
    public async Task Of_AnotherAuthority_IsRefused()
    {
        await using var cluster = await FakeCluster.StartAsync();
        await using var other = await FakeCluster.StartAsync();
        var mixed = (await File.ReadAllTextAsync(other.KubeconfigPath)).Replace(other.Url.AbsoluteUri, cluster.Url.AbsoluteUri, StringComparison.Ordinal);
        await File.WriteAllTextAsync(other.KubeconfigPath, mixed);
        using var connections = new ClusterConnections(TimeProvider.System);

        var call = () => connections.Of(new StepBench(other.KubeconfigPath).Estate, "primary").CoreV1.ListNamespacedPodAsync("ledger");

        await call.Should().ThrowAsync<HttpRequestException>();
        cluster.Requests.Should().BeEmpty();
    }

    [Fact]
    public async Task Of_MissingContext_NamesThoseThereAre()
    {
        await using var cluster = await FakeCluster.StartAsync();
        using var connections = new ClusterConnections(TimeProvider.System);

        var call = () => connections.Of(new StepBench(cluster.KubeconfigPath, "dr").Estate, "primary");

        call.Should().Throw<ClusterAccessException>().WithMessage($"context 'dr' not found in {cluster.KubeconfigPath}; it has: primary, x");
    }

    [Fact]
    public void Of_UnknownSite_NamesThoseThereAre()
    {
        using var connections = new ClusterConnections(TimeProvider.System);

        var call = () => connections.Of(new StepBench("k").Estate, "mars");

        call.Should().Throw<ClusterAccessException>().WithMessage("site 'mars' is not in the estate; it has: primary");
    }

    [Theory]
    [InlineData("as: root", "", "user 'u1' in * uses 'as', which is not supported; supported: token, tokenFile, *")]
    [InlineData("exec: {command: aws}", "", "exec of user 'u1' in * has no apiVersion; supported: client.authentication.k8s.io/v1, *v1beta1")]
    [InlineData("exec: {command: aws, apiVersion: client.authentication.k8s.io/v1alpha1}", "", "exec of user 'u1' in * has apiVersion '*v1alpha1', which is not supported; *")]
    [InlineData("exec: {command: aws, apiVersion: client.authentication.k8s.io/v1}", "", "exec of user 'u1' in * has no interactiveMode; supported: Never, IfAvailable")]
    [InlineData("exec: {command: aws, apiVersion: client.authentication.k8s.io/v1, interactiveMode: Always}", "", "exec of user 'u1' in * has interactiveMode 'Always', which is not supported; *")]
    [InlineData("exec: {command: aws, apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never, stdin: x}", "", "exec of user 'u1' in * uses 'stdin', which is not supported; *")]
    [InlineData("exec: {apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never}", "", "exec of user 'u1' in * has no command")]
    [InlineData("{token: t, exec: {command: aws, apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never}}", "", "user 'u1' in * has 'exec' and another credential; keep one of them")]
    [InlineData("{token: t, as-groups: [g]}", "", "user 'u1' in * uses 'as-groups', which is not supported; *")]
    [InlineData("client-key-data: aaaa", "", "user 'u1' in * has a client key and no client certificate; both are needed")]
    [InlineData("auth-provider: {name: gcp}", "", "user 'u1' in * uses 'auth-provider', which is not supported; *")]
    [InlineData("token: t", "proxy-url: ftp://me:secret@p:1", "cluster 'c1' in *kubeconfig: its proxy-url is no address of the kind http://HOST:PORT, https://HOST:PORT, socks5://HOST:PORT")]
    [InlineData("token: t", "insecure-skip-tls-verify: true", "cluster 'c1' in * uses 'insecure-skip-tls-verify', which is not supported; *")]
    public async Task Of_WhatIsNotSupported_IsRefusedByName(string user, string extra, string message)
    {
        await using var cluster = await FakeCluster.StartAsync();
        cluster.WriteKubeconfig(user, extra);
        using var connections = new ClusterConnections(TimeProvider.System);

        var call = () => connections.Of(new StepBench(cluster.KubeconfigPath).Estate, "primary");

        call.Should().Throw<ClusterAccessException>().WithMessage(message);
    }

    [Fact]
    public async Task Of_TokenFile_IsReadForEachRequest()
    {
        await using var cluster = await FakeCluster.StartAsync();
        var token = cluster.WriteFile("token", "first\n");
        cluster.WriteKubeconfig("tokenFile: token");
        using var connections = new ClusterConnections(TimeProvider.System);
        var client = connections.Of(new StepBench(cluster.KubeconfigPath).Estate, "primary");

        await client.CoreV1.ListNamespacedPodAsync("ledger");
        await File.WriteAllTextAsync(token, "second\n");
        await client.CoreV1.ListNamespacedPodAsync("ledger");

        cluster.Requests.Select(r => r.Authorization).Should().Equal("Bearer first", "Bearer second");
    }

    [Fact]
    public async Task Of_RewrittenKubeconfig_IsPickedUpByTheNextCall()
    {
        await using var cluster = await FakeCluster.StartAsync();
        using var connections = new ClusterConnections(TimeProvider.System);
        var estate = new StepBench(cluster.KubeconfigPath).Estate;
        var before = connections.Of(estate, "primary");
        connections.Of(estate, "primary").Should().BeSameAs(before);

        cluster.WriteKubeconfig("token: rotated");
        File.SetLastWriteTimeUtc(cluster.KubeconfigPath, File.GetLastWriteTimeUtc(cluster.KubeconfigPath).AddSeconds(5));
        await connections.Of(estate, "primary").CoreV1.ListNamespacedPodAsync("ledger");
        await before.CoreV1.ListNamespacedPodAsync("ledger");

        cluster.Requests.Select(r => r.Authorization).Should().Equal("Bearer rotated", "Bearer test-token");
    }

    [Theory]
    [InlineData(503)]
    [InlineData(429)]
    public async Task Requests_ReadAnsweredBusy_IsRepeated(int status)
    {
        await using var cluster = await FakeCluster.StartAsync();
        var busy = 2;
        cluster.Intercept = (_, _) => busy-- > 0 ? FakeObjects.Status(status, "Busy", "busy") : null;
        using var connections = new ClusterConnections(TimeProvider.System);

        await connections.Of(new StepBench(cluster.KubeconfigPath).Estate, "primary").CoreV1.ListNamespacedPodAsync("ledger");

        cluster.Requests.Should().HaveCount(3);
    }

    [Fact]
    public async Task Requests_WriteAnsweredBusy_IsSentOnce()
    {
        await using var cluster = await FakeCluster.StartAsync();
        cluster.Intercept = (_, _) => FakeObjects.Status(503, "Busy", "busy");
        using var connections = new ClusterConnections(TimeProvider.System);
        var patch = new k8s.Models.V1Patch(new JsonObject().ToJsonString(), k8s.Models.V1Patch.PatchType.MergePatch);

        var call = () => connections.Of(new StepBench(cluster.KubeconfigPath).Estate, "primary").CoreV1.PatchNamespacedPodAsync(patch, "p", "ledger");

        await call.Should().ThrowAsync<k8s.Autorest.HttpOperationException>().Where(e => e.Response.StatusCode == HttpStatusCode.ServiceUnavailable);
        cluster.Requests.Should().ContainSingle();
    }

    [Fact]
    public async Task Requests_WhatChangesNothing_IsRepeatedHoweverItIsSent()
    {
        await using var cluster = await FakeCluster.StartAsync();
        var asked = 0;
        cluster.Intercept = (_, _) => asked++ % 2 == 0 ? FakeObjects.Status(502, "Busy", "busy") : (200, new JsonObject { ["status"] = new JsonObject { ["allowed"] = true } });
        using var connections = new ClusterConnections(TimeProvider.System);
        var client = connections.Of(new StepBench(cluster.KubeconfigPath).Estate, "primary");

        await client.AuthorizationV1.CreateSelfSubjectAccessReviewAsync(new k8s.Models.V1SelfSubjectAccessReview { Spec = new k8s.Models.V1SelfSubjectAccessReviewSpec() });
        await client.BatchV1.CreateNamespacedJobAsync(new k8s.Models.V1Job(), "ledger", dryRun: "All");

        cluster.Requests.Select(request => request.Status).Should().Equal(502, 200, 502, 200);
        cluster.Requests.Select(request => request.Body).Distinct().Should().HaveCount(2, "the body is sent again with each");
    }

    [Fact]
    public async Task Dispose_ClosesTheConnectionsAndDisposesOfEveryHandler()
    {
        await using var cluster = await FakeCluster.StartAsync();
        var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        cluster.Takes = context =>
        {
            context.Features.Get<Microsoft.AspNetCore.Connections.Features.IConnectionLifetimeFeature>()?.ConnectionClosed.Register(closed.SetResult);
            return Task.FromResult(false);
        };
        var outermost = new Witness();
        var connections = new ClusterConnections(TimeProvider.System, _ => outermost);
        await connections.Of(new StepBench(cluster.KubeconfigPath).Estate, "primary").CoreV1.ListNamespacedPodAsync("ledger");

        connections.Dispose();

        outermost.Disposed.Should().BeTrue();
        await closed.Task.WaitAsync(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task CertificateSwitch_SameCertificateFetchedAgain_KeepsItsConnections()
    {
        await using var cluster = await FakeCluster.StartAsync();
        var (certificate, key) = cluster.ClientCertificate("one");
        var opened = 0;
        using var invoker = new HttpMessageInvoker(new CertificateSwitch(_ =>
        {
            opened++;
            return new SocketsHttpHandler();
        }));

        foreach (var _ in Enumerable.Range(0, 3))
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("http://127.0.0.1:1/"));
            request.Options.Set(CertificateSwitch.Certificate, ClientCertificate.Of(certificate, key, "test"));
            var call = () => invoker.SendAsync(request, default);
            await call.Should().ThrowAsync<HttpRequestException>();
        }

        opened.Should().Be(1);
    }

    private sealed class Witness : DelegatingHandler
    {
        public bool Disposed { get; private set; }

        protected override void Dispose(bool disposing)
        {
            Disposed = true;
            base.Dispose(disposing);
        }
    }

    [Fact]
    public async Task Requests_LeaveNothingInHome()
    {
        var store = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".dotnet", "corefx");
        string[] Files() => Directory.Exists(store) ? Directory.GetFileSystemEntries(store, "*", SearchOption.AllDirectories) : [];
        var before = Files();
        await using var cluster = await FakeCluster.StartAsync();
        using var connections = new ClusterConnections(TimeProvider.System);

        await connections.Of(new StepBench(cluster.KubeconfigPath).Estate, "primary").CoreV1.ListNamespacedPodAsync("ledger");

        Files().Should().Equal(before);
    }
}
