using System.Text;
using System.Text.Json.Nodes;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Steps;
using DrOrchestrator.Drills.Steps.Pods;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.Testing.Kubernetes;
using DrOrchestrator.Testing.Kubernetes.Real;
using DrOrchestrator.Tests.Drills.Steps.Postgres;
using k8s;
using k8s.Models;
using Microsoft.AspNetCore.Http;

namespace DrOrchestrator.Tests.Drills.Steps.Pods;

/// <summary>Commands in pods of a real API server (passed on Kubernetes 1.36.2), which hands the WebSocket through to a played node, or translates it to SPDY: what it refuses, and what it says then, is its own.</summary>
public sealed class K8sExecConformanceTests : IAsyncLifetime
{
    private readonly string _namespace = "dro-test-" + Guid.NewGuid().ToString("N")[..8];
    private readonly ClusterConnections _connections = new(TimeProvider.System);
    private IKubernetes? _client;

    public async Task InitializeAsync()
    {
        if (RealClusters.Kubeconfig is not null)
        {
            _client = RealClusters.Connect("primary");
            await _client.CoreV1.CreateNamespaceAsync(new V1Namespace { Metadata = new V1ObjectMeta { Name = _namespace } });
            await LabSite.UntilAsync(async () => (await _client.CoreV1.ListNamespacedServiceAccountAsync(_namespace)).Items.Count > 0);
        }
    }

    public async Task DisposeAsync()
    {
        if (_client is not null)
        {
            await _client.CoreV1.DeleteNamespaceAsync(_namespace);
        }

        _connections.Dispose();
    }

    [RealClusterFact]
    public async Task Execute_CommandOnANodeThatTakesWebSockets_IsCarriedByItsExitCodeAndBothStreams()
    {
        await using var node = await PlayedNode.StartAsync("primary");
        await RunPodAsync(node.Name);
        node.Exec.Play = async command =>
        {
            await command.SayAsync(Encoding.UTF8.GetBytes("切换")[..4]);
            await command.SayAsync(Encoding.UTF8.GetBytes("切换\n")[4..]);
            await command.ComplainAsync("careful\n");
            await command.ExitAsync(0);
        };
        var done = (await ExecuteAsync()).Should().BeOfType<StepOutcome.Done>().Which;
        Text(done.Objects, "s-stdout.txt").Should().Be("切换\n");
        Text(done.Objects, "s-stderr.txt").Should().Be("careful\n");
        var sent = node.Exec.Commands.Single();
        sent.Words.Should().Equal("app", "--queue", "a b&c");
        sent.Query.Should().Contain("output=1").And.Contain("error=1").And.NotContain("input=1", "nothing is on its standard input");

        foreach (var (code, end) in ((int, string)[])[(1, "exit code 1"), (137, "was ended by a signal, exit code 137")])
        {
            node.Exec.Play = command => command.ExitAsync(code);
            (await ExecuteAsync()).Should().BeOfType<StepOutcome.Unknown>().Which.Reason.Should().Be($"app failed, and whether it changed something is not known: {end}");
        }

        node.Exec.Play = async command =>
        {
            for (var i = 0; i < 640; i++)
            {
                await command.SayAsync(new byte[16 * 1024]);
            }

            await command.ExitAsync(0);
        };
        Record((await ExecuteAsync()).Should().BeOfType<StepOutcome.Done>().Which.Objects)["stdout"]!.ToJsonString().Should().Be("""{"bytes":10485760,"kept":65536,"cut":true}""");
    }

    [RealClusterFact]
    public async Task Execute_ConnectionOrRuntimeThatFails_IsFailedOnlyWhereNoProgramStarted()
    {
        await using var node = await PlayedNode.StartAsync("primary");
        await RunPodAsync(node.Name);
        node.Exec.Play = async command =>
        {
            await command.SayALotAsync();
            command.Cut();
        };
        (await ExecuteAsync()).Should().BeOfType<StepOutcome.Unknown>().Which.Reason.Should().StartWith("what app did in pod p is not known: the connection to its container ");

        node.Exec.Play = command => command.FailAsync("error executing command in container: OCI runtime exec failed: exec failed: unable to start container process: exec: \"app\": executable file not found in $PATH: unknown");
        (await ExecuteAsync()).Should().BeOfType<StepOutcome.Failed>().Which.Reason.Should().StartWith("container main of pod p cannot start app: ");

        node.Exec.Refuse = async http =>
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            await http.Response.WriteAsync("container not found (\"main\")");
            return true;
        };
        (await ExecuteAsync()).Should().BeOfType<StepOutcome.Failed>().Which.Reason.Should().Be("app could not be started: 404 container not found (\"main\"): the cluster lets nobody into container main of pod p");
    }

    /// <summary>Clusters before 1.36, and nodes that say nothing of WebSockets: a command without input goes to them by one all the same, and is not translated.</summary>
    [RealClusterFact]
    public async Task Execute_CommandOnANodeThatSaysNothingOfWebSockets_IsNotTranslated()
    {
        await using var node = await PlayedNode.StartAsync("primary", takesWebSockets: false);
        await RunPodAsync(node.Name);
        foreach (var (code, end) in ((int, string)[])[(1, "exit code 1"), (137, "was ended by a signal, exit code 137")])
        {
            node.Exec.Play = command => command.ExitAsync(code);
            (await ExecuteAsync()).Should().BeOfType<StepOutcome.Unknown>().Which.Reason.Should().Be($"app failed, and whether it changed something is not known: {end}");
        }

        node.Exec.Play = command => command.SayAsync("half");
        (await ExecuteAsync()).Should().BeOfType<StepOutcome.Unknown>("it left without a word").Which.Reason.Should().StartWith("what app did in pod p is not known: ");

        node.Exec.Refuse = async http =>
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            await http.Response.WriteAsync("container not found (\"main\")");
            return true;
        };
        (await ExecuteAsync()).Should().BeOfType<StepOutcome.Failed>().Which.Reason.Should().Be("app could not be started: 404 container not found (\"main\"): the cluster lets nobody into container main of pod p");
    }

    /// <summary>As clusters before 1.36 do with every node: the API server speaks SPDY to it, and says itself how the command ended; "Success" too where it has only lost it.</summary>
    [RealClusterFact]
    public async Task Run_CommandWithInputOnANodeThatIsSpokenToBySpdy_EndsInTheWordsOfTheApiServer()
    {
        await using var node = await PlayedNode.StartAsync("primary", takesWebSockets: false);
        await RunPodAsync(node.Name);
        var ends = new TaskCompletionSource();
        node.Exec.Play = async command =>
        {
            await ends.Task;
            for (var i = 0; i < 64; i++)
            {
                await command.SayAsync(new byte[16 * 1024]);
            }

            await command.ComplainAsync("careful\n");
            await command.ExitAsync(3);
        };
        var (output, error) = (new ExecOutput(1024, 1024), new ExecOutput(1024, 1024));
        var running = RunAsync(output, error);
        await LabSite.UntilAsync(() => Task.FromResult(!node.Exec.Commands.IsEmpty));
        running.IsCompleted.Should().BeFalse("it runs");
        ends.SetResult();
        (await running).Should().Be(new PodExecEnd.Ended(3));
        (output.Total, error.Text).Should().Be((64 * 16 * 1024, "careful\n"), "its end is told behind all it says");

        node.Exec.Play = command => command.FailAsync("error executing command in container: OCI runtime exec failed: exec failed: unable to start container process: exec: \"app\": executable file not found in $PATH: unknown");
        (await RunAsync(output, error)).Should().BeOfType<PodExecEnd.NotStarted>();
        node.Exec.Refuse = async http =>
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            await http.Response.WriteAsync("container not found (\"main\")");
            return true;
        };
        (await RunAsync(output, error)).Should().Be(new PodExecEnd.NotStarted("Internal error occurred: unable to upgrade connection: container not found (\"main\")"));

        node.Exec.Refuse = null;
        node.Exec.Play = command => command.SayAsync("half");
        (await RunAsync(output, error)).Should().Be(new PodExecEnd.Ended(0), "this is why a command without input is not asked for by version 5");
    }

    private Task<PodExecEnd> RunAsync(ExecOutput output, ExecOutput error) => PodExec.RunAsync(
        _connections.Of(Bench().Estate, "primary"), new PodCommand(_namespace, "p", "main", ["app"]), Encoding.UTF8.GetBytes("in"), () => { }, new ExecStreams(output, error), default);

    [RealClusterTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Execute_NodeThatCannotBeReached_HasFailed(bool takesWebSockets)
    {
        var name = "played-away-" + Guid.NewGuid().ToString("N")[..6];
        var node = await _client!.CoreV1.CreateNodeAsync(new V1Node { Metadata = new V1ObjectMeta { Name = name }, Spec = new V1NodeSpec { Unschedulable = true } });
        try
        {
            await MergeAsync(patch => _client.CoreV1.PatchNodeStatusAsync(patch, name), $$$"""{"status":{"addresses":[{"type":"InternalIP","address":"127.0.0.1"}],"daemonEndpoints":{"kubeletEndpoint":{"Port":1}}{{{(takesWebSockets ? $",\"declaredFeatures\":[\"{PlayedExec.Feature}\"]" : "")}}}}}""");
            await CreatePodAsync(name);
            await MergeAsync(
                patch => _client.CoreV1.PatchNamespacedPodStatusAsync(patch, "p", _namespace),
                """{"status":{"phase":"Running","containerStatuses":[{"name":"main","ready":true,"restartCount":0,"image":"i","imageID":"i","containerID":"played://main","state":{"running":{"startedAt":"2026-11-22T10:00:00Z"}}}]}}""");

            (await ExecuteAsync()).Should().BeOfType<StepOutcome.Failed>().Which.Reason.Should().StartWith("app could not be started: ").And.Contain("dial tcp 127.0.0.1:1: connect: connection refused");
        }
        finally
        {
            await _client.CoreV1.DeleteNamespacedPodAsync("p", _namespace, new V1DeleteOptions { GracePeriodSeconds = 0 });
            await _client.CoreV1.DeleteNodeAsync(name);
        }
    }

    [RealClusterFact]
    public async Task Execute_PodOrContainerThatIsNotThere_HasFailedInTheServersWords()
    {
        await using var node = await PlayedNode.StartAsync("primary");
        await RunPodAsync(node.Name);
        var other = await PodExec.RunAsync(
            _connections.Of(Bench().Estate, "primary"), new PodCommand(_namespace, "p", "none", ["app"]), () => { }, new ExecStreams(new ExecOutput(1, 1), new ExecOutput(1, 1)), default);
        (((PodExecEnd.NotBegun)other).Reason, ((PodExecEnd.NotBegun)other).IsSure).Should().Be(("400 container none is not valid for pod p: the cluster lets nobody into container none of pod p", true));

        using var late = new ClusterConnections(TimeProvider.System, _ => new ActBefore("/exec", () => _client!.CoreV1.DeleteNamespacedPodAsync("p", _namespace, new V1DeleteOptions { GracePeriodSeconds = 0 })));
        (await ExecuteAsync(late)).Should().BeOfType<StepOutcome.Failed>().Which.Reason.Should().Be("app could not be started: 404 pods \"p\" not found: the cluster lets nobody into container main of pod p");
        node.Exec.Commands.Should().BeEmpty();
    }

    /// <summary>A WebSocket is opened by GET: this release asks for both.</summary>
    [RealClusterFact]
    public async Task Execute_UserWithoutTheRights_IsRefusedUntilItHasBoth()
    {
        await using var node = await PlayedNode.StartAsync("primary");
        await RunPodAsync(node.Name);
        await _client!.CoreV1.CreateNamespacedServiceAccountAsync(new V1ServiceAccount { Metadata = new V1ObjectMeta { Name = "drill" } }, _namespace);
        var bench = await BenchOfAsync("drill");

        // Of the second right the server does not say which one it is.
        var refused = $" User \"system:serviceaccount:{_namespace}:drill\" cannot get resource \"pods/exec\" in API group \"\" in the namespace \"{_namespace}\"";
        foreach (var (verbs, words) in ((string[], string?)[])[([], refused), (["get"], ""), (["create"], refused), (["create", "get"], null)])
        {
            await AllowAsync(verbs);
            var wanted = words is null ? null : $"app could not be started: 403 pods \"p\" is forbidden:{words}{(words.Length > 0 ? ":" : "")} the cluster lets nobody into container main of pod p; it takes the rights to create and to get pods/exec in namespace {_namespace}";
            var said = "";
            await LabSite.UntilAsync(async () => (said = await SaidAsync(bench)) == wanted);
            said.Should().Be(wanted);
        }
    }

    /// <summary>Null where it is done. An authorizer sees a new role a little later.</summary>
    private async Task<string?> SaidAsync(StepBench bench)
    {
        try
        {
            return await ExecuteAsync(bench: bench) is var outcome && outcome is StepOutcome.Failed failed ? failed.Reason : outcome is StepOutcome.Done ? null : outcome.ToString();
        }
        catch (StepFailedException notYet)
        {
            return notYet.Message;
        }
    }

    private static string Text(IReadOnlyList<RawOutput>? objects, string name) => Encoding.UTF8.GetString(objects!.Single(one => one.Name == name).Content);

    private static JsonNode Record(IReadOnlyList<RawOutput>? objects) => JsonNode.Parse(Text(objects, "s-exec.json"))!;

    private static Task MergeAsync<T>(Func<V1Patch, Task<T>> send, string patch) => send(new V1Patch(patch, V1Patch.PatchType.MergePatch));

    private static StepBench Bench() => new(RealClusters.Kubeconfig!);

    private async Task<StepOutcome> ExecuteAsync(ClusterConnections? connections = null, StepBench? bench = null)
    {
        var step = new K8sExecStep(connections ?? _connections, TimeProvider.System);
        var context = (bench ?? Bench()).Context("k8s.exec", $$"""{"namespace":"{{_namespace}}","pod":"p","command":["app","--queue","a b&c"]}""");
        return await step.ExecuteAsync(context, JsonNode.Parse((await step.PrepareAsync(context, default)).ToJsonString())!.AsObject(), default);
    }

    private Task<V1Pod> CreatePodAsync(string node) => _client!.CoreV1.CreateNamespacedPodAsync(
        new V1Pod { Metadata = new V1ObjectMeta { Name = "p" }, Spec = new V1PodSpec { NodeName = node, Containers = [new V1Container { Name = "main", Image = "i" }] } }, _namespace);

    private async Task RunPodAsync(string node)
    {
        await CreatePodAsync(node);
        await LabSite.UntilAsync(async () => (await _client!.CoreV1.ReadNamespacedPodAsync("p", _namespace)).Status?.Phase == "Running");
    }

    /// <summary>May read pods, and this with <c>pods/exec</c>.</summary>
    private async Task AllowAsync(string[] verbs)
    {
        var role = new V1Role { Metadata = new V1ObjectMeta { Name = "drill" }, Rules = [new V1PolicyRule { ApiGroups = [""], Resources = ["pods"], Verbs = ["get"] }] };
        if (verbs.Length > 0)
        {
            role.Rules.Add(new V1PolicyRule { ApiGroups = [""], Resources = ["pods/exec"], Verbs = verbs });
        }

        if ((await _client!.RbacAuthorizationV1.ListNamespacedRoleAsync(_namespace)).Items.Count > 0)
        {
            await _client.RbacAuthorizationV1.ReplaceNamespacedRoleAsync(role, "drill", _namespace);
            return;
        }

        await _client.RbacAuthorizationV1.CreateNamespacedRoleAsync(role, _namespace);
        await _client.RbacAuthorizationV1.CreateNamespacedRoleBindingAsync(
            new V1RoleBinding
            {
                Metadata = new V1ObjectMeta { Name = "drill" },
                RoleRef = new V1RoleRef { ApiGroup = "rbac.authorization.k8s.io", Kind = "Role", Name = "drill" },
                Subjects = [new Rbacv1Subject { Kind = "ServiceAccount", Name = "drill", NamespaceProperty = _namespace }],
            },
            _namespace);
    }

    private async Task<StepBench> BenchOfAsync(string account)
    {
        var token = await _client!.CoreV1.CreateNamespacedServiceAccountTokenAsync(new Authenticationv1TokenRequest { Spec = new V1TokenRequestSpec { Audiences = [] } }, account, _namespace);
        var real = KubernetesClientConfiguration.BuildConfigFromConfigFile(RealClusters.Kubeconfig, "primary");
        var file = Path.Combine(AppContext.BaseDirectory, "work", $"kubeconfig-{_namespace}");
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        await File.WriteAllTextAsync(file, $$"""
            apiVersion: v1
            kind: Config
            clusters:
            - name: c
              cluster: { server: "{{real.Host}}", certificate-authority-data: {{Convert.ToBase64String(Encoding.ASCII.GetBytes(real.SslCaCerts[0].ExportCertificatePem()))}} }
            users:
            - name: u
              user: { token: {{token.Status.Token}} }
            contexts:
            - name: primary
              context: { cluster: c, user: u }
            """);
        return new StepBench(file);
    }
}
