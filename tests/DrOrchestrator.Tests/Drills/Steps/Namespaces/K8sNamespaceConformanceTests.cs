using System.Text;
using System.Text.Json.Nodes;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Steps.Namespaces;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.Testing.Kubernetes;
using DrOrchestrator.Testing.Kubernetes.Real;
using k8s;
using k8s.Autorest;
using k8s.Models;

namespace DrOrchestrator.Tests.Drills.Steps.Namespaces;

/// <summary>
/// Namespaces of runs on a real API server with its controllers (passed on kube-apiserver v1.36.2). No kubelet runs there: a played node says that the pod of the proof ended, and its log is
/// the last word of its command; no network is tried. Policy, quota, pod security, finalizers and deletion are the cluster's own.
/// </summary>
public sealed class K8sNamespaceConformanceTests : IAsyncLifetime
{
    private static readonly string? Real = RealClusters.Kubeconfig;

    private readonly string _mark = "dro-runspace" + Guid.NewGuid().ToString("N")[..6] + "-7";
    private readonly ClusterConnections _connections = new(TimeProvider.System);
    private readonly StepBench _bench = new(Real ?? "none");

    private IKubernetes Client => _connections.Of(_bench.Estate, "primary");

    private string Space => $"{_mark}-space";

    private string Lab => $"{_mark}-lab";

    public async Task InitializeAsync()
    {
        if (Real is null)
        {
            return;
        }

        await Client.CoreV1.CreateNamespaceAsync(new V1Namespace { Metadata = new V1ObjectMeta { Name = Lab } });
        await Client.CoreV1.CreateNamespacedSecretAsync(new V1Secret { Metadata = new V1ObjectMeta { Name = "login" }, StringData = new Dictionary<string, string> { ["password"] = "hunter2" } }, Lab);
    }

    public async Task DisposeAsync()
    {
        if (Real is not null)
        {
            foreach (var ns in (await Client.CoreV1.ListNamespaceAsync()).Items.Where(ns => ns.Metadata.Name.StartsWith(_mark, StringComparison.Ordinal)))
            {
                foreach (var held in (await Client.CoreV1.ListNamespacedConfigMapAsync(ns.Metadata.Name)).Items.Where(map => map.Metadata.Finalizers?.Count > 0))
                {
                    await Client.CoreV1.PatchNamespacedConfigMapAsync(new V1Patch("""{"metadata":{"finalizers":null}}""", V1Patch.PatchType.MergePatch), held.Metadata.Name, ns.Metadata.Name);
                }

                await Client.CoreV1.DeleteNamespaceAsync(ns.Metadata.Name);
            }
        }

        _connections.Dispose();
    }

    [RealClusterFact]
    public async Task Execute_IsProvedAndBounded_AndRemovedWithAllThatIsInIt()
    {
        await using var node = await PlayedNode.StartAsync("primary");
        var (context, intent) = await PreparedAsync();

        var done = (await Step.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Done>().Which;

        _bench.Outputs["space"] = done.Outputs;
        Encoding.UTF8.GetString(done.Objects!.Single().Content).Should().Contain(PlayedNamespace.Kept.TrimEnd());
        var made = await Client.CoreV1.ReadNamespaceAsync(Space);
        made.Metadata.Uid.Should().Be(done.Outputs["uid"]!.ToString());
        made.Metadata.Labels[RunLabels.Log].Should().Be(_mark["dro-".Length..^"-7".Length]);
        (await Client.CoreV1.ReadNamespacedSecretAsync("login", Space)).Data["password"].Should().Equal("hunter2"u8.ToArray());
        (await RefusedAsync(Pod("greedy", "3"))).Should().Contain("exceeded quota: dro-quota");
        (await RefusedAsync(Pod("host", "100m", hostNetwork: true))).Should().Contain("violates PodSecurity").And.Contain("hostNetwork=true");
        (await Step.ContradictionAsync(context, intent, default)).Should().BeNull();

        var remove = new K8sNamespaceRemoveStep(_connections, TimeProvider.System);
        var removing = Context("k8s.namespace-remove", """{"made-by":"space"}""", "gone");
        (await remove.ExecuteAsync(removing, await remove.PrepareAsync(removing, default), default)).Should().BeOfType<StepOutcome.Done>();

        (await Client.CoreV1.ListNamespaceAsync(labelSelector: $"{RunLabels.Log}={_mark["dro-".Length..^2]}")).Items.Should().BeEmpty();
        (await Step.ContradictionAsync(context, intent, default)).Should().Be($"namespace {Space} is gone");
    }

    [RealClusterFact]
    public async Task Undo_HeldByAFinalizer_SaysByWhat_ThenIsGone()
    {
        var (context, intent) = await PreparedAsync("""{"prove":"none"}""");
        (await Step.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Done>();
        await Client.CoreV1.CreateNamespacedConfigMapAsync(new V1ConfigMap { Metadata = new V1ObjectMeta { Name = "held", Finalizers = ["runspace.test/hold"] } }, Space);

        // The controller says what holds it once it has looked at everything, which takes it some seconds.
        var reason = "";
        for (var tried = 0; tried < 20 && !reason.Contains("NamespaceFinalizersRemaining", StringComparison.Ordinal); tried++)
        {
            var held = await Step.UndoAsync(context with { Step = context.Step with { Timeout = TimeSpan.FromSeconds(3) } }, intent, null, default);
            reason = held.Should().BeOfType<StepOutcome.Failed>().Which.Reason;
        }

        reason.Should().Contain("NamespaceFinalizersRemaining").And.Contain("runspace.test/hold in 1 resource instances");
        await Client.CoreV1.PatchNamespacedConfigMapAsync(new V1Patch("""{"metadata":{"finalizers":null}}""", V1Patch.PatchType.MergePatch), "held", Space);
        (await Step.UndoAsync(context, intent, null, default)).Should().BeOfType<StepOutcome.Done>();
        (await Client.FindAsync(RunNamespace.PathOf(Space), default)).Should().BeNull();
    }

    /// <summary>At the namespace, at the quota, at the Secret: the answer is lost, or the request.</summary>
    [RealClusterFact]
    public async Task Execute_KilledAtAWrite_GoesOnFromThere()
    {
        await using var node = await PlayedNode.StartAsync("primary");
        foreach (var (write, landed) in new[] { (1, true), (3, false), (5, true), (6, true) })
        {
            var (context, intent) = await PreparedAsync();
            var dying = new DyingProcess(write, landed);
            using (var mortal = new ClusterConnections(TimeProvider.System, _ => dying))
            {
                var act = () => PlayedNamespace.Step(mortal, time: TimeProvider.System).ExecuteAsync(context, intent, dying.Token);
                await act.Should().ThrowAsync<OperationCanceledException>();
            }

            (await Step.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Done>();
            (await Step.UndoAsync(context, intent, null, default)).Should().BeOfType<StepOutcome.Done>();
        }
    }

    [RealClusterFact]
    public async Task Delete_OfAnotherUid_IsRefusedByTheServer()
    {
        var act = () => Client.DeleteAsync(RunNamespace.PathOf(Lab), Guid.NewGuid().ToString(), default);

        (await act.Should().ThrowAsync<HttpOperationException>()).Which.Response.Content.Should().Contain("Precondition failed: UID in precondition");
        (await Client.CoreV1.ReadNamespaceAsync(Lab)).Metadata.DeletionTimestamp.Should().BeNull();
    }

    /// <summary>Policies, quota and limits as the server defaults them, beside what another adds and takes away.</summary>
    [RealClusterFact]
    public async Task Contradiction_AnotherOpensOrTakesAway_IsSaid()
    {
        var (context, intent) = await PreparedAsync("""{"prove":"none"}""");
        (await Step.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Done>();
        await Client.NetworkingV1.CreateNamespacedNetworkPolicyAsync(Policy("quiet", new V1NetworkPolicySpec { PodSelector = new V1LabelSelector(), PolicyTypes = ["Egress"] }), Space);
        (await Step.ContradictionAsync(context, intent, default)).Should().BeNull();

        await Client.NetworkingV1.CreateNamespacedNetworkPolicyAsync(Policy("open", new V1NetworkPolicySpec { PodSelector = new V1LabelSelector(), Egress = [new V1NetworkPolicyEgressRule()] }), Space);
        (await Step.ContradictionAsync(context, intent, default)).Should().Be($"namespace {Space} has another policy that opens egress (open): policies add up, so that what it lets pass is let pass");
        await Client.NetworkingV1.DeleteNamespacedNetworkPolicyAsync("open", Space);

        await Client.CoreV1.PatchNamespacedLimitRangeAsync(new V1Patch("""{"spec":{"limits":[]}}""", V1Patch.PatchType.MergePatch), NamespaceObjects.LimitsName, Space);
        (await Step.ContradictionAsync(context, intent, default)).Should().Be($"what bounds namespace {Space} (dro-limits) is not as it was made");

        await Client.CoreV1.PatchNamespaceAsync(new V1Patch("""{"metadata":{"labels":{"pod-security.kubernetes.io/enforce":null}}}""", V1Patch.PatchType.MergePatch), Space);
        (await Step.ContradictionAsync(context, intent, default)).Should().Be($"namespace {Space} has not the label pod-security.kubernetes.io/enforce=baseline that was asked for");
    }

    /// <summary>As an API server writes its own (those of the test write none: their addresses are loopback).</summary>
    [RealClusterFact]
    public async Task Prepare_ForbiddenByDefault_IsWherePodsFindTheApiServer()
    {
        var slice = new V1EndpointSlice
        {
            Metadata = new V1ObjectMeta { Name = _mark, Labels = new Dictionary<string, string> { ["kubernetes.io/service-name"] = "kubernetes" } },
            AddressType = "IPv4",
            Endpoints = [new V1Endpoint { Addresses = ["10.8.0.1"], Conditions = new V1EndpointConditions { Ready = true } }, new V1Endpoint { Addresses = ["10.8.0.2"], Conditions = new V1EndpointConditions { Ready = false } }],
            Ports = [new Discoveryv1EndpointPort { Name = "https", Port = 6443 }],
        };
        await Client.DiscoveryV1.CreateNamespacedEndpointSliceAsync(slice, "default");
        try
        {
            var (_, intent) = await PreparedAsync(With.Replace($"\"forbidden\":[\"{PlayedNamespace.ApiServer}\"],", "", StringComparison.Ordinal));

            intent["prove"]!["forbidden"]!.ToJsonString().Should().Contain("""{"what":"API server of primary","at":"10.8.0.1:6443","answers":true}""").And.NotContain("10.8.0.2");
        }
        finally
        {
            await Client.DiscoveryV1.DeleteNamespacedEndpointSliceAsync(_mark, "default");
        }
    }

    private static V1NetworkPolicy Policy(string name, V1NetworkPolicySpec spec) => new() { Metadata = new V1ObjectMeta { Name = name }, Spec = spec };

    private K8sNamespaceStep Step => PlayedNamespace.Step(_connections, time: TimeProvider.System);

    private string With => new JsonObject
    {
        ["prove"] = new JsonObject
        {
            ["image"] = "lab/tools:1",
            ["control"] = PlayedNamespace.Control,
            ["forbidden"] = new JsonArray(PlayedNamespace.ApiServer),
            ["targets"] = new JsonArray(PlayedNamespace.Production),
            ["command"] = new JsonArray("echo", PlayedNamespace.Kept),
        },
        ["allow-egress"] = new JsonArray(new JsonObject { ["cidr"] = "10.9.0.0/16", ["ports"] = new JsonArray(9000) }, new JsonObject { ["namespace"] = "minio" }),
        ["dns"] = true,
        ["copy-secrets"] = new JsonArray($"{Lab}/login"),
    }.ToJsonString();

    private StepContext Context(string kind, string with, string step) => _bench.Context(kind, with, step, timeoutSeconds: 60) with { RunMark = _mark };

    private async Task<(StepContext Context, JsonObject Intent)> PreparedAsync(string? with = null)
    {
        var context = Context("k8s.namespace", with ?? With, "space");
        return (context, _bench.Intents["space"] = JsonNode.Parse((await Step.PrepareAsync(context, default)).ToJsonString())!.AsObject());
    }

    private async Task<string> RefusedAsync(V1Pod pod)
    {
        var act = () => Client.CoreV1.CreateNamespacedPodAsync(pod, Space);
        return (await act.Should().ThrowAsync<HttpOperationException>()).Which.Response.Content;
    }

    private static V1Pod Pod(string name, string cpu, bool hostNetwork = false) => new()
    {
        Metadata = new V1ObjectMeta { Name = name },
        Spec = new V1PodSpec
        {
            HostNetwork = hostNetwork ? true : null,
            Containers = [new V1Container { Name = "c", Image = "i", Resources = new V1ResourceRequirements { Limits = new Dictionary<string, ResourceQuantity> { ["cpu"] = new(cpu), ["memory"] = new("64Mi") } } }],
        },
    };
}
