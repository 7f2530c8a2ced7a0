using System.Runtime.Versioning;
using DrOrchestrator.Commands;
using DrOrchestrator.Estates;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.Testing.Kubernetes.Real;
using DrOrchestrator.Tests.Drills.Steps;
using k8s;
using k8s.Models;

namespace DrOrchestrator.Tests.Kubernetes;

/// <summary>Ways in, against a real API server (passed on kube-apiserver v1.36.2): service accounts of a namespace of the test's own, and their tokens.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class ClusterConnectionsConformanceTests : IAsyncLifetime
{
    private static readonly string? Real = RealClusters.Kubeconfig;

    private readonly string _folder = Path.Combine(AppContext.BaseDirectory, "work", "conformance-" + Guid.NewGuid().ToString("N")[..8]);
    private readonly string _space = "conn-" + Guid.NewGuid().ToString("N")[..8];
    private readonly ClusterConnections _admin = new(TimeProvider.System);

    private string Plugin => Path.Combine(_folder, "plugin");

    private IKubernetes Admin => _admin.Of(new StepBench(Real!).Estate, "primary");

    public async Task InitializeAsync()
    {
        if (Real is null)
        {
            return;
        }

        var access = Kubeconfig.Read(Real, "primary");
        Directory.CreateDirectory(_folder);
        await File.WriteAllTextAsync(Path.Combine(_folder, "ca.crt"), string.Concat(access.Authorities.Select(authority => authority.ExportCertificatePem() + "\n")));
        await Admin.CoreV1.CreateNamespaceAsync(new V1Namespace { Metadata = new V1ObjectMeta { Name = _space } });
    }

    public async Task DisposeAsync()
    {
        if (Real is not null)
        {
            await Admin.CoreV1.DeleteNamespaceAsync(_space);
            Directory.Delete(_folder, recursive: true);
        }

        _admin.Dispose();
    }

    [RealClusterFact]
    public async Task NotFound_IsAbsenceWhereTheApiSaysSoOfAnObject()
    {
        (await Admin.FindAsync("api/v1/namespaces/nowhere-at-all", default)).Should().BeNull();
        (await Admin.FindAsync($"api/v1/namespaces/{_space}/pods/none", default)).Should().BeNull();
        foreach (var (path, unserved) in ((string, bool)[])[("apis/apps/v1/namespaces/default/nothings/x", true), ("apis/apps/v9/namespaces/default/deployments/x", true), ("apis/nowhere.example.org/v1/namespaces/default/things/x", false)])
        {
            var act = () => Admin.FindAsync(path, default);
            ClusterFailure.Of((await act.Should().ThrowAsync<Exception>(path)).Which, default).Should().Match<ClusterFailure>(failure => !failure.IsNotFound && failure.IsNotServed == unserved, path);
        }

        (await Admin.ServedVersionAsync("apps", default)).Should().Be("apps/v1");
        (await Admin.ServedVersionAsync("nowhere.example.org", default)).Should().BeNull();
        foreach (var (api, plural, served) in ((string, string, bool)[])[("v1", "pods", true), ("v1", "things", false), ("apps/v1", "deployments", true), ("apps/v9", "deployments", false), ("nowhere.example.org/v1", "things", false)])
        {
            (await Admin.ServesAsync(new ServedKind(api, plural, true), default)).Should().Be(served, api);
        }
    }

    [RealClusterFact]
    public async Task Exec_TokenThatTheServerNoLongerKnows_IsFetchedAnewForARead()
    {
        await TokenAsync("one", "token");
        await File.WriteAllTextAsync(Plugin, $"#!/bin/sh\nprintf '{{\"kind\":\"ExecCredential\",\"apiVersion\":\"client.authentication.k8s.io/v1\",\"status\":{{\"token\":\"%s\"}}}}' \"$(cat {_folder}/token)\"\n");
        File.SetUnixFileMode(Plugin, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        using var connections = new ClusterConnections(TimeProvider.System) { Allowed = new AllowedCommands([Plugin]) };
        var client = connections.Of(Estate("exec: {apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never, command: ./plugin}"), "primary");

        (await WhoAmIAsync(client)).Should().Be($"system:serviceaccount:{_space}:one");
        await TokenAsync("two", "token");
        await Admin.CoreV1.DeleteNamespacedServiceAccountAsync("one", _space);
        await UntilKnownNoMoreAsync(client);

        (await WhoAmIAsync(client)).Should().Be($"system:serviceaccount:{_space}:two");
    }

    [RealClusterFact]
    public async Task InCluster_ServiceAccount_IsWhoAsks()
    {
        await TokenAsync("pod", "token");
        var server = Kubeconfig.Read(Real!, "primary").Server;
        var variables = new Dictionary<string, string> { ["KUBERNETES_SERVICE_HOST"] = server.IdnHost, ["KUBERNETES_SERVICE_PORT"] = $"{server.Port}" };
        using var connections = new ClusterConnections(TimeProvider.System) { Pod = new InCluster(_folder, variables.GetValueOrDefault) };
        var client = connections.Of(new StepBench(Site.InCluster, Site.InCluster).Estate, "primary");

        (await WhoAmIAsync(client)).Should().Be($"system:serviceaccount:{_space}:pod");
        await TokenAsync("rotated", "token");
        (await WhoAmIAsync(client)).Should().Be($"system:serviceaccount:{_space}:rotated");
    }

    [RealClusterFact]
    public async Task RightAuthorityAndWrongName_IsRefusedWithTheNamesItIsFor()
    {
        using var connections = new ClusterConnections(TimeProvider.System);
        var client = connections.Of(Estate("token: t", "tls-server-name: elsewhere.example"), "primary");

        var call = () => WhoAmIAsync(client);

        var thrown = await call.Should().ThrowAsync<HttpRequestException>();
        ClusterFailure.Of(thrown.Which, CancellationToken.None)!.Reason.Should().Match("the server's certificate is refused: it is for *kubernetes* and not for elsewhere.example (RemoteCertificateNameMismatch); *");
    }

    [RealClusterFact]
    public async Task ListOfFiles_ClusterOfOneAndUserOfTheOther_AreOneContext()
    {
        await TokenAsync("one", "token");
        Estate("tokenFile: none");
        var users = Path.Combine(_folder, "users");
        await File.WriteAllTextAsync(users, "users: [{name: u1, user: {tokenFile: token}}]");
        using var connections = new ClusterConnections(TimeProvider.System);

        (await WhoAmIAsync(connections.Of(new StepBench($"{users}:{_folder}/kubeconfig").Estate, "primary"))).Should().Be($"system:serviceaccount:{_space}:one");
    }

    private Estate Estate(string user, string cluster = "")
    {
        var path = Path.Combine(_folder, "kubeconfig");
        File.WriteAllText(
            path,
            $$"""
            clusters:
            - name: c1
              cluster:
                server: {{Kubeconfig.Read(Real!, "primary").Server.AbsoluteUri}}
                certificate-authority: ca.crt
                {{cluster}}
            users:
            - name: u1
              user:
                {{user}}
            contexts:
            - name: primary
              context: { cluster: c1, user: u1 }
            """);
        return new StepBench(path).Estate;
    }

    private async Task TokenAsync(string account, string file)
    {
        await Admin.CoreV1.CreateNamespacedServiceAccountAsync(new V1ServiceAccount { Metadata = new V1ObjectMeta { Name = account } }, _space);
        var asked = await Admin.CoreV1.CreateNamespacedServiceAccountTokenAsync(new Authenticationv1TokenRequest { Spec = new V1TokenRequestSpec { ExpirationSeconds = 3600, Audiences = [] } }, account, _space);
        await File.WriteAllTextAsync(Path.Combine(_folder, file), asked.Status.Token);
    }

    // The server knows of the deletion a moment after it. Until then a read still is the old account's; then it is 401, and sent once more with what the program says by then.
    private async Task UntilKnownNoMoreAsync(IKubernetes client)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            try
            {
                await client.CoreV1.ListNamespacedPodAsync(_space, cancellationToken: deadline.Token);
                return;
            }
            catch (k8s.Autorest.HttpOperationException e) when (e.Response.Content.Contains($"{_space}:one", StringComparison.Ordinal))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, deadline.Token);
            }
            catch (k8s.Autorest.HttpOperationException e) when (e.Response.Content.Contains($"{_space}:two", StringComparison.Ordinal))
            {
                return;
            }
        }
    }

    private static async Task<string> WhoAmIAsync(IKubernetes client) =>
        (await client.AuthenticationV1.CreateSelfSubjectReviewAsync(new V1SelfSubjectReview())).Status.UserInfo.Username;
}
