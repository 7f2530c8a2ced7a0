using System.Globalization;
using System.Text.Json.Nodes;
using DrOrchestrator.Estates;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.Probes;
using DrOrchestrator.Probes.Kubernetes;
using DrOrchestrator.Testing.Kubernetes;
using DrOrchestrator.Tests.Drills.Steps;
using DrOrchestrator.Time;
using Microsoft.Extensions.Time.Testing;

namespace DrOrchestrator.Tests.Probes.Kubernetes;

/// <summary>Against the fake across the wire, with whatever a real API would say.</summary>
public sealed class KubernetesProbeTests : IAsyncLifetime
{
    private const string Deployments = "/apis/apps/v1/namespaces/ledger/deployments";
    private const string Pods = "/api/v1/namespaces/ledger/pods";
    private const string Nodes = "/api/v1/nodes";
    private const string Leases = "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases";
    private static readonly KubernetesCheck.WorkloadReady Api = new("ledger", "deployment", "ledger-api", null);
    private static readonly KubernetesCheck.Nodes AllNodes = new("", null, TimeSpan.FromSeconds(40));

    private readonly ClusterConnections _connections = new(TimeProvider.System);
    private FakeCluster _cluster = null!;

    public async Task InitializeAsync() => _cluster = await FakeCluster.StartAsync();

    public async Task DisposeAsync()
    {
        _connections.Dispose();
        await _cluster.DisposeAsync();
    }

    [Theory]
    [InlineData(2, 2, null, ProbeOutcome.Up, "2 of 2 ready")]
    [InlineData(2, 1, null, ProbeOutcome.Down, "1 of 2 ready")]
    [InlineData(2, 1, 1, ProbeOutcome.Up, "1 of 2 ready")]
    [InlineData(4, 2, 3, ProbeOutcome.Down, "2 of 4 ready, at least 3 wanted")]
    [InlineData(0, 0, null, ProbeOutcome.Down, "it is scaled to 0")]
    [InlineData(0, 0, 0, ProbeOutcome.Up, "0 of 0 ready")]
    public async Task Workload_Counts_AreHeldToWhatIsWanted(int wanted, int ready, int? least, ProbeOutcome outcome, string reason)
    {
        PutDeployment(wanted, ready);

        (await LookAsync(Api with { AtLeast = least })).Should().BeEquivalentTo(new { Outcome = outcome, Reason = reason, Value = (double)ready });
    }

    [Theory]
    [InlineData("statefulset", "statefulsets", """{"spec":{"replicas":2,"selector":{"matchLabels":{"app":"x"}}},"metadata":{"generation":1},"status":{"observedGeneration":1,"readyReplicas":2}}""")]
    [InlineData("daemonset", "daemonsets", """{"spec":{"selector":{"matchLabels":{"app":"x"}}},"metadata":{"generation":1},"status":{"observedGeneration":1,"desiredNumberScheduled":2,"numberReady":2}}""")]
    public async Task Workload_OtherKinds_AreReadToo(string kind, string path, string body)
    {
        Put($"/apis/apps/v1/namespaces/ledger/{path}/x", body);

        (await LookAsync(new KubernetesCheck.WorkloadReady("ledger", kind, "x", null))).Should().BeEquivalentTo(new { Outcome = ProbeOutcome.Up, Reason = "2 of 2 ready" });
    }

    [Fact]
    public async Task Workload_ItsControllerIsBehind_IsDown()
    {
        PutDeployment(2, 2, observed: 6);

        (await LookAsync(Api)).Should().BeEquivalentTo(new { Outcome = ProbeOutcome.Down, Reason = "its controller has seen form 6, the newest is 7" });
    }

    [Fact]
    public async Task Workload_PodsInTrouble_AreNamedWithTheirReasons()
    {
        PutDeployment(5, 1, conditions: """[{"type":"Progressing","status":"False","reason":"ProgressDeadlineExceeded","message":"has timed out"}]""");
        PutPod("a", """{"phase":"Running","conditions":[{"type":"Ready","status":"True"}]}""");
        PutPod("b", """{"phase":"Pending","containerStatuses":[{"name":"c","state":{"waiting":{"reason":"ImagePullBackOff"}}}]}""");
        PutPod("c", """{"phase":"Running","containerStatuses":[{"name":"c","state":{"waiting":{"reason":"CrashLoopBackOff"}},"lastState":{"terminated":{"reason":"OOMKilled","exitCode":137}}}]}""");
        PutPod("d", """{"phase":"Pending","conditions":[{"type":"PodScheduled","status":"False","reason":"Unschedulable","message":"0/3 nodes are available"}]}""");

        var result = await LookAsync(Api);

        result.Reason.Should().Be(
            "1 of 5 ready; ProgressDeadlineExceeded: has timed out; pod b: ImagePullBackOff; pod c: CrashLoopBackOff after OOMKilled (exit code 137); pod d: Unschedulable: 0/3 nodes are available");
    }

    [Fact]
    public async Task Workload_PodsCannotBeRead_StandsWithoutThem()
    {
        PutDeployment(2, 1);
        Refuse(403, "pods is forbidden", "/pods");

        (await LookAsync(Api)).Should().BeEquivalentTo(new { Outcome = ProbeOutcome.Down, Reason = "1 of 2 ready" });
    }

    [Theory]
    [InlineData(401, ProbeOutcome.Unknown, "could not look: the Kubernetes API of primary does not accept our credentials (401)")]
    [InlineData(403, ProbeOutcome.Unknown, "could not look: we lack a right at the Kubernetes API of primary (403 no)")]
    [InlineData(404, ProbeOutcome.Down, "there is no deployment ledger-api in ledger")]
    [InlineData(410, ProbeOutcome.Unknown, "could not look: the Kubernetes API of primary refuses the question: 410 no")]
    [InlineData(429, ProbeOutcome.Unknown, "could not look: the Kubernetes API of primary asks us to wait (429)")]
    [InlineData(500, ProbeOutcome.Down, "the Kubernetes API of primary fails: 500 no")]
    [InlineData(503, ProbeOutcome.Down, "the Kubernetes API of primary fails: 503 no")]
    public async Task Workload_TheApiRefuses_IsDownOnlyWhenItIsTheClustersFault(int status, ProbeOutcome outcome, string reason)
    {
        Refuse(status, "no", "");

        (await LookAsync(Api)).Should().BeEquivalentTo(new { Outcome = outcome, Reason = reason });
    }

    [Fact]
    public async Task Workload_AProxySays404_NobodyLooked()
    {
        _cluster.Intercept = (_, _) => (404, JsonValue.Create("default backend - 404"));

        (await LookAsync(Api)).Should().BeEquivalentTo(new { Outcome = ProbeOutcome.Unknown });
    }

    [Fact]
    public async Task Workload_TheApiHangs_IsDownInTime()
    {
        using var hang = new SemaphoreSlim(0);
        _cluster.Intercept = (_, _) =>
        {
            hang.Wait();
            return null;
        };
        var time = new FakeTimeProvider();
        using var probe = Probe(new KubernetesProbeSettings(Api), "primary", time);
        var look = probe.RunAsync(default);

        time.Advance(TimeSpan.FromSeconds(30));

        (await look).Should().BeEquivalentTo(new { Outcome = ProbeOutcome.Down, Reason = "the Kubernetes API of primary: no answer within 30s" });
        hang.Release(10);
    }

    [Fact]
    public async Task Workload_PodsAreSlow_StandsWithoutThem()
    {
        PutDeployment(3, 1);
        using var hang = new SemaphoreSlim(0);
        var asked = new TaskCompletionSource();
        _cluster.Intercept = (request, _) =>
        {
            if (request.Path.Value!.EndsWith("/pods", StringComparison.Ordinal))
            {
                asked.TrySetResult();
                hang.Wait();
            }

            return null;
        };
        var time = new FakeTimeProvider();
        using var probe = Probe(new KubernetesProbeSettings(Api), "primary", time);
        var look = probe.RunAsync(default);
        await asked.Task;

        time.Advance(TimeSpan.FromSeconds(30));

        try
        {
            (await look).Should().BeEquivalentTo(new { Outcome = ProbeOutcome.Down, Reason = "1 of 3 ready" });
        }
        finally
        {
            hang.Release(10);
        }
    }

    [Fact]
    public async Task Workload_SiteWithoutACluster_IsUnknown()
    {
        using var probe = Probe(new KubernetesProbeSettings(Api), "nowhere", TimeProvider.System);

        var result = await probe.RunAsync(default);

        result.Outcome.Should().Be(ProbeOutcome.Unknown);
        result.Reason.Should().StartWith("could not look: the Kubernetes API of nowhere refuses the question: site 'nowhere' is not in the estate");
    }

    [Fact]
    public async Task Nodes_TroublesOfAllSorts_AreNamed()
    {
        var now = TimeProvider.System.GetUtcNow();
        PutNode("n1", "True", now);
        PutNode("n2", "False", now);
        PutNode("n3", "True", now, "MemoryPressure");
        PutNode("n4", "True", now.AddHours(-1));
        PutNode("n5", "True", null);

        var strict = await LookAsync(AllNodes);
        var enough = await LookAsync(AllNodes with { AtLeast = 1 });

        strict.Outcome.Should().Be(ProbeOutcome.Down);
        strict.Value.Should().Be(1);
        strict.Reason.Should().MatchRegex(@"^1 of 5 nodes good; node n2: Ready=False; node n3: MemoryPressure; node n4: last heartbeat [0-9.]+s ago$");
        enough.Outcome.Should().Be(ProbeOutcome.Up);
        (await LookAsync(AllNodes with { AtLeast = 2 })).Reason.Should().StartWith("1 of 5 nodes good, at least 2 wanted; ");
    }

    [Fact]
    public async Task Nodes_Selector_ChoosesThem()
    {
        PutNode("n1", "False", TimeProvider.System.GetUtcNow());
        PutNode("n2", "True", TimeProvider.System.GetUtcNow(), labels: "db");

        (await LookAsync(AllNodes with { Selector = "pool=db" })).Should().BeEquivalentTo(new { Outcome = ProbeOutcome.Up, Reason = "1 of 1 nodes good" });
        (await LookAsync(AllNodes with { Selector = "pool=none" })).Should().BeEquivalentTo(new { Outcome = ProbeOutcome.Down, Reason = "there is no node with these labels" });
    }

    [Fact]
    public async Task Nodes_LeasesMayNotBeRead_IsUnknown()
    {
        PutNode("n1", "True", TimeProvider.System.GetUtcNow());
        Refuse(403, "leases is forbidden", "/leases");

        (await LookAsync(AllNodes)).Should().BeEquivalentTo(new { Outcome = ProbeOutcome.Unknown, Reason = "could not look: we lack a right at the Kubernetes API of primary (403 leases is forbidden)" });
    }

    private KubernetesProbe Probe(KubernetesProbeSettings settings, string site, TimeProvider time) => new(
        new ProbeDefinition("p", "s", site, ProbeRole.Component, null, TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(30), 1, settings),
        settings,
        new ProbeContext(new ProbeConnections(), new ProcessClock(time)) { Clusters = _connections, Estates = new EstateHolder(new StepBench(_cluster.KubeconfigPath).Estate) });

    private async Task<ProbeResult> LookAsync(KubernetesCheck check)
    {
        using var probe = Probe(new KubernetesProbeSettings(check), "primary", TimeProvider.System);
        return await probe.RunAsync(default);
    }

    private void Refuse(int status, string message, string path) => _cluster.Intercept = (request, _) =>
        request.Path.Value!.EndsWith(path, StringComparison.Ordinal) ? status == 404 ? FakeObjects.NotFound(request.Path.Value, message) : FakeObjects.Status(status, "Refused", message) : null;

    private void Put(string path, string body) => _cluster.Objects.Put(path, JsonNode.Parse(body)!.AsObject());

    private void PutDeployment(int wanted, int ready, int observed = 7, string conditions = "[]") => Put($"{Deployments}/ledger-api", $$$"""
        {"metadata":{"generation":7},"spec":{"replicas":{{{wanted}}},"selector":{"matchLabels":{"app":"ledger-api"} } },
         "status":{"observedGeneration":{{{observed}}},"readyReplicas":{{{ready}}},"conditions":{{{conditions}}} } }
        """);

    private void PutPod(string name, string status) => Put($"{Pods}/{name}", $$$"""{"metadata":{"labels":{"app":"ledger-api"}},"spec":{},"status":{{{status}}} }""");

    private void PutNode(string name, string ready, DateTimeOffset? heartbeat, string? pressure = null, string labels = "")
    {
        var more = pressure is null ? "" : $$""",{"type":"{{pressure}}","status":"True"}""";
        Put($"{Nodes}/{name}", $$$"""{"metadata":{"labels":{"pool":"{{{labels}}}"}},"status":{"conditions":[{"type":"Ready","status":"{{{ready}}}"}{{{more}}}]}}""");
        if (heartbeat is { } at)
        {
            Put($"{Leases}/{name}", $$"""{"spec":{"renewTime":"{{at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture)}}"} }""");
        }
    }
}
