using System.Net;
using System.Net.Sockets;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.Testing.Kubernetes;
using DrOrchestrator.Tests.Drills.Steps;
using k8s;

namespace DrOrchestrator.Tests.Kubernetes;

/// <summary>What people read when a cluster cannot be spoken to.</summary>
public sealed class ClusterErrorTests
{
    [Fact]
    public async Task CertificateForAnotherHost_NamesBoth()
    {
        await using var cluster = await FakeCluster.StartAsync(dnsName: "other.example");

        (await ReasonAsync(cluster)).Should().Be(
            "the server's certificate is refused: it is for other.example and not for 127.0.0.1 (RemoteCertificateNameMismatch); correct the server's address, or give the cluster tls-server-name");
    }

    [Fact]
    public async Task CertificateOfAnotherAuthority_NamesItsIssuerAndWhereTheRightOneStands()
    {
        await using var cluster = await FakeCluster.StartAsync();
        await using var other = await FakeCluster.StartAsync();
        await File.WriteAllTextAsync(other.KubeconfigPath, (await File.ReadAllTextAsync(other.KubeconfigPath)).Replace(other.Url.AbsoluteUri, cluster.Url.AbsoluteUri, StringComparison.Ordinal));

        (await ReasonAsync(other)).Should().Match(
            $"the server's certificate is refused: it was issued by 'CN=test-ca', which is not the certificate authority of cluster 'c1' in {other.KubeconfigPath} (*)");
        cluster.Requests.Should().BeEmpty();
    }

    [Fact]
    public async Task CertificateOfTheServerHasExpired_SaysSinceWhen()
    {
        var until = TimeProvider.System.GetUtcNow().AddHours(-3);
        await using var cluster = await FakeCluster.StartAsync(until: until);

        (await ReasonAsync(cluster)).Should().Contain("is not valid now").And.Contain($" to {until:yyyy-MM-dd HH:mm:ss} UTC");
    }

    [Fact]
    public async Task OwnCertificateHasExpired_SaysSinceWhenAndSendsNothing()
    {
        await using var cluster = await FakeCluster.StartAsync();
        var until = TimeProvider.System.GetUtcNow().AddHours(-3);
        Show(cluster, until);

        (await ReasonAsync(cluster)).Should().Be(
            $"the client certificate of user 'u1' in {cluster.KubeconfigPath} expired at {until:yyyy-MM-dd HH:mm:ss} UTC (3 hours ago); nothing was sent to {cluster.Url.Authority}. Put a new one there");
        cluster.Requests.Should().BeEmpty();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void WhatMayPassByItself_IsNoRefusalOfTheServer(bool mayPass)
    {
        var failure = ClusterFailure.Of(new ClusterAccessException("the program ended with 1") { MayPass = mayPass }, default)!;

        failure.Should().BeEquivalentTo(new { IsPassing = mayPass, IsRefusal = !mayPass, Reason = "the program ended with 1" });
    }

    [Fact]
    public async Task OwnCertificateIsGood_IsShown()
    {
        await using var cluster = await FakeCluster.StartAsync();
        Show(cluster, null);
        using var connections = new ClusterConnections(TimeProvider.System);

        await connections.Of(new StepBench(cluster.KubeconfigPath).Estate, "primary").CoreV1.ListNamespacedPodAsync("ledger");

        cluster.Requests.Single().ClientCertificate.Should().Be("CN=dro");
    }

    [Fact]
    public async Task ServerRefusesOurCertificateInTheHandshake_ItsPeriodIsSaid()
    {
        await using var cluster = await FakeCluster.StartAsync();
        Show(cluster, null);
        cluster.AcceptsClients = false;

        // A machine under load may miss the bound of the handshake, which is another answer and no wrong one.
        var (reason, began) = (await ReasonAsync(cluster), TimeProvider.System.GetTimestamp());
        while (reason.Contains(" within ", StringComparison.Ordinal) && TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromSeconds(60))
        {
            reason = await ReasonAsync(cluster);
        }

        reason.Should().Contain($"{cluster.Url.Authority} may refuse the client certificate of user 'u1' in {cluster.KubeconfigPath}, valid from ");
    }

    /// <summary>Each way in which a refusal behind our side of a TLS 1.3 handshake comes: the alert at the first read, and the reset that overtakes it, with HttpClient's words around or bare.</summary>
    [Fact]
    public async Task ServerRefusesOurCertificateBehindTheHandshake_ItsPeriodIsSaidHoweverItComes()
    {
        await using var cluster = await FakeCluster.StartAsync();
        var (certificate, key) = cluster.ClientCertificate("dro");
        var reset = new SocketException((int)SocketError.ConnectionReset);
        foreach (var (thrown, said) in ((Exception, bool)[])
            [
                (reset, true),
                (new IOException("reset", reset), true),
                (new HttpRequestException("sending", new IOException("reset", reset)), true),
                (new HttpRequestException("sending", new IOException("alert", new System.Security.Authentication.AuthenticationException("bad certificate"))), true),
                (new HttpRequestException(HttpRequestError.ConnectionError, "refused", reset), false),
                (new HttpRequestException("no connection to 127.0.0.1 within 3 s"), false),
                (new HttpRequestException(HttpRequestError.SecureConnectionError, "ours", new System.Security.Authentication.AuthenticationException("for another host")), false),
            ])
        {
            using var guard = new ClientCertificateGuard(ClientCertificate.Of(certificate, key, "user 'u1'"), "user 'u1'", TimeProvider.System) { InnerHandler = new Throwing(thrown) };
            using var invoker = new HttpMessageInvoker(guard);
            using var request = new HttpRequestMessage(HttpMethod.Get, cluster.Url);
            var call = () => invoker.SendAsync(request, default);

            (await call.Should().ThrowAsync<Exception>()).Which.Message.Contains("may refuse the client certificate of user 'u1', valid from ", StringComparison.Ordinal).Should().Be(said, thrown.ToString());
        }
    }

    [Fact]
    public async Task KeyOfAnotherCertificate_IsSaidWithoutTheKey()
    {
        await using var cluster = await FakeCluster.StartAsync();
        var (certificate, key) = (cluster.ClientCertificate("one").Certificate, cluster.ClientCertificate("two").Key);
        cluster.WriteKubeconfig($"{{client-certificate: {cluster.WriteFile("c.pem", certificate)}, client-key: {cluster.WriteFile("k.pem", key)}}}");

        (await ReasonAsync(cluster)).Should().Be(
            $"user 'u1' in {cluster.KubeconfigPath}: its client certificate and key cannot be used together: one of them is no PEM, or the key is of another certificate");
    }

    [Fact]
    public async Task NobodyListens_NamesTheAddress()
    {
        await using var cluster = await FakeCluster.StartAsync();
        await MoveAsync(cluster, 1);

        (await ReasonAsync(cluster)).Should().Contain("127.0.0.1:1");
    }

    [Fact]
    public async Task HostThatNeverFinishesTheHandshake_NamesTheAddressAndTheBound()
    {
        await using var cluster = await FakeCluster.StartAsync();
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var port = ((IPEndPoint)silent.LocalEndpoint).Port;
        await MoveAsync(cluster, port);

        (await ReasonAsync(cluster)).Should().Be($"no connection to 127.0.0.1:{port} within 3 s");
    }

    private sealed class Throwing(Exception what) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => throw what;
    }

    private static async Task MoveAsync(FakeCluster cluster, int port) => await File.WriteAllTextAsync(
        cluster.KubeconfigPath, (await File.ReadAllTextAsync(cluster.KubeconfigPath)).Replace(cluster.Url.Authority, $"127.0.0.1:{port}", StringComparison.Ordinal));

    private static void Show(FakeCluster cluster, DateTimeOffset? until)
    {
        var (certificate, key) = cluster.ClientCertificate("dro", until);
        cluster.WriteFile("c.pem", certificate);
        cluster.WriteFile("k.pem", key);
        cluster.WriteKubeconfig("{client-certificate: c.pem, client-key: k.pem}");
    }

    private static async Task<string> ReasonAsync(FakeCluster cluster)
    {
        using var connections = new ClusterConnections(TimeProvider.System);
        var call = async () => await connections.Of(new StepBench(cluster.KubeconfigPath).Estate, "primary").CoreV1.ListNamespacedPodAsync("ledger");
        return ClusterFailure.Of((await call.Should().ThrowAsync<Exception>()).Which, CancellationToken.None)!.Reason;
    }
}
