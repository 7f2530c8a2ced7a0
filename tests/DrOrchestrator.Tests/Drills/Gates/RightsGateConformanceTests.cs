using System.Text.Json.Nodes;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Gates;
using DrOrchestrator.Drills.Steps;
using DrOrchestrator.Drills.Steps.Workloads;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.Plans;
using DrOrchestrator.Testing.Kubernetes.Real;
using DrOrchestrator.Tests.Drills.Steps;
using k8s;
using k8s.Models;

namespace DrOrchestrator.Tests.Drills.Gates;

/// <summary>What a service account may do, as a real API server judges it (passed on kube-apiserver v1.36.2, RBAC): the role that the gate prints is the role that the steps need.</summary>
public sealed class RightsGateConformanceTests : IAsyncLifetime
{
    private const string Roles = "apis/rbac.authorization.k8s.io/v1";

    private readonly ClusterConnections _connections = new(TimeProvider.System);
    private RealSpace _space = null!;
    private StepBench _bench = null!;

    private string PlanName => _space.Name;

    public async Task InitializeAsync()
    {
        if (RealClusters.Kubeconfig is null)
        {
            return;
        }

        _space = await RealSpace.CreateAsync("conf-rights");
        _bench = new StepBench(await _space.AccountAsync("dro"));
        await _space.Client.AppsV1.CreateNamespacedDeploymentAsync(
            KubernetesJson.Deserialize<V1Deployment>("""
                {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"api"},"spec":{"replicas":0,"selector":{"matchLabels":{"app":"api"}},
                 "template":{"metadata":{"labels":{"app":"api"}},"spec":{"containers":[{"name":"main","image":"none"}]}}}}
                """),
            _space.Name);
        await GrantAsync("narrow", "{apiGroups: [apps], resources: [deployments], verbs: [get], resourceNames: [api]}");
    }

    public async Task DisposeAsync()
    {
        if (RealClusters.Kubeconfig is not null)
        {
            await _space.DisposeAsync();
        }

        _connections.Dispose();
    }

    [RealClusterFact]
    public async Task Check_NarrowRole_WhatItPrintsIsWhatTheStepNeeds()
    {
        var plan = PlanOf(Scale);
        (await UntilAsync(plan, results => results[0].Value.StartsWith("1 of 2", StringComparison.Ordinal)))[0].Value.Should().Be("1 of 2 rights are missing: patch deployments.apps/api");
        (await ScaleAsync()).Should().BeOfType<StepOutcome.Failed>().Which.Reason.Should().Be(
            $"deployment/api cannot be changed: 403 deployments.apps \"api\" is forbidden: User \"system:serviceaccount:{_space.Name}:dro\" cannot patch resource \"deployments\" in API group \"apps\" in the namespace \"{_space.Name}\"");

        await ApplyAllAsync(plan);

        (await UntilAsync(plan, results => results.All(result => result.Passed)))[0].Value.Should().Be("all 2 rights");
        (await ScaleAsync()).Should().BeOfType<StepOutcome.Done>();
        (await _space.Client.AppsV1.ReadNamespacedDeploymentAsync("api", _space.Name)).Spec.Replicas.Should().Be(1);
    }

    [RealClusterFact]
    public async Task Check_PlanThatGrew_TheNewRoleTakesNothingOfTheOldOneAway()
    {
        var small = PlanOf(Scale);
        await UntilAsync(small, results => !results[0].Passed);
        await ApplyAllAsync(small);
        await UntilAsync(small, results => results.All(result => result.Passed));
        var grown = PlanOf(Scale, Step("k8s.job", $$"""{"namespace":"{{_space.Name}}","command":["true"]}"""));

        var missing = await UntilAsync(grown, results => results.Any(result => !result.Passed));
        missing.Single(result => !result.Passed).Value.Should().Be("5 of 7 rights are missing: list jobs.batch, get jobs.batch, create jobs.batch, list pods, get pods/log");
        await ApplyAllAsync(grown);

        (await UntilAsync(grown, results => results.All(result => result.Passed))).Should().ContainSingle().Which.Value.Should().Be("all 7 rights");
    }

    [RealClusterFact]
    public async Task Check_FenceAndNode_RolesOfOtherPlacesArePrintedToo()
    {
        var plan = PlanOf(
            Step("k8s.fence", $$"""{"namespace":"{{_space.Name}}","workloads":["deployment/api"]}"""),
            Step("k8s.wait", """{"resource":"node/none","condition":"Ready"}"""),
            Step("k8s.wait", $$"""{"namespace":"{{_space.Name}}","resource":"hpa/api","for":"absent"}"""));

        // Which kind 'hpa' is, the server's own discovery tells the account, which may read nothing else.
        var missing = await CheckAsync(plan);
        missing.Select(result => (result.Check, result.Passed)).Should().BeEquivalentTo(
            [($"rights primary {_space.Name}", false), ("rights primary cluster", false), ("rights primary kube-node-lease", false)]);
        missing.Single(result => result.Check.EndsWith(_space.Name, StringComparison.Ordinal)).Remedy.Should().Contain("horizontalpodautoscalers");
        await ApplyAllAsync(plan);

        (await UntilAsync(plan, results => results.All(result => result.Passed))).Should().HaveCount(3);
    }

    private PlanStep Scale => Step("k8s.scale", $$"""{"namespace":"{{_space.Name}}","workload":"deployment/api","replicas":1}""");

    private Plan PlanOf(params PlanStep[] steps) => StepBench.Plan with { Name = PlanName, Steps = steps };

    private async Task<StepOutcome> ScaleAsync()
    {
        var step = new K8sScaleStep(_connections, TimeProvider.System);
        var context = _bench.Context("k8s.scale", Scale.Parameters.Values.ToJsonString());
        return await step.ExecuteAsync(context, JsonNode.Parse((await step.PrepareAsync(context, default)).ToJsonString())!.AsObject(), default);
    }

    /// <summary>Applies the printed roles by their bytes, as a person would, and binds them.</summary>
    private async Task ApplyAllAsync(Plan plan)
    {
        foreach (var result in (await CheckAsync(plan)).Where(result => !result.Passed))
        {
            var yaml = result.Remedy[result.Remedy.IndexOf('{', StringComparison.Ordinal)..];
            var ns = result.Check.Split(' ')[2];
            if (ns == "cluster")
            {
                await _space.ApplyAsync($"{Roles}/clusterroles/dro-{PlanName}", yaml);
                _space.Afterwards(() => _space.Client.RbacAuthorizationV1.DeleteClusterRoleAsync($"dro-{PlanName}"));
                await _space.ApplyAsync($"{Roles}/clusterrolebindings/{PlanName}", Binding("ClusterRole", null));
                _space.Afterwards(() => _space.Client.RbacAuthorizationV1.DeleteClusterRoleBindingAsync(PlanName));
                continue;
            }

            await _space.ApplyAsync($"{Roles}/namespaces/{ns}/roles/dro-{PlanName}", yaml);
            await _space.ApplyAsync($"{Roles}/namespaces/{ns}/rolebindings/{PlanName}", Binding("Role", ns));
            if (ns != _space.Name)
            {
                _space.Afterwards(() => _space.Client.RbacAuthorizationV1.DeleteNamespacedRoleAsync($"dro-{PlanName}", ns));
                _space.Afterwards(() => _space.Client.RbacAuthorizationV1.DeleteNamespacedRoleBindingAsync(PlanName, ns));
            }
        }
    }

    private async Task GrantAsync(string name, string rule)
    {
        await _space.ApplyAsync($"{Roles}/namespaces/{_space.Name}/roles/{name}", $"{{apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {{name: {name}}}, rules: [{rule}]}}");
        await _space.ApplyAsync($"{Roles}/namespaces/{_space.Name}/rolebindings/{name}", Binding("Role", _space.Name, name, name));
    }

    private string Binding(string kind, string? ns, string? name = null, string? role = null) =>
        $"{{apiVersion: rbac.authorization.k8s.io/v1, kind: {kind}Binding, metadata: {{name: {name ?? PlanName}{(ns is null ? "" : $", namespace: {ns}")}}}, " +
        $"roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: {kind}, name: {role ?? $"dro-{PlanName}"}}}, subjects: [{{kind: ServiceAccount, name: dro, namespace: {_space.Name}}}]}}";

    private Task<IReadOnlyList<GateResult>> CheckAsync(Plan plan) => new RightsGate(_connections).CheckAsync(StepParameters.None, plan, _bench.Estate, default);

    /// <summary>The authorizer learns of a binding a moment after it is made.</summary>
    private async Task<IReadOnlyList<GateResult>> UntilAsync(Plan plan, Func<IReadOnlyList<GateResult>, bool> holds)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var results = await CheckAsync(plan);
            if (holds(results))
            {
                return results;
            }

            TimeProvider.System.GetElapsedTime(began).Should().BeLessThan(TimeSpan.FromSeconds(30), string.Join("; ", results.Select(result => $"{result.Check}: {result.Value}")));
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        }
    }

    private static PlanStep Step(string kind, string with) => new("s", kind, new Dictionary<string, string>(), "primary", StepBench.Parameters(with), [], null, null, false, TimeSpan.FromSeconds(5), 0, null);
}
