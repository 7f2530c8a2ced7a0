using System.Text;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Steps;
using DrOrchestrator.Drills.Steps.Cnpg;
using DrOrchestrator.Drills.Steps.Fences;
using DrOrchestrator.Drills.Steps.Namespaces;
using DrOrchestrator.Drills.Steps.Objects;
using DrOrchestrator.Drills.Steps.Pods;
using DrOrchestrator.Drills.Steps.Workloads;
using DrOrchestrator.Estates.Yaml;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.Plans;
using DrOrchestrator.Testing.Kubernetes;
using DrOrchestrator.Testing.Kubernetes.Real;
using DrOrchestrator.Tests.Drills.Steps;
using k8s;
using k8s.Models;

namespace DrOrchestrator.Tests.Drills;

/// <summary>What a real API server (passed on v1.36.2) answers to a plan that it is only asked to try.</summary>
public sealed class PlanTrialConformanceTests : IAsyncLifetime
{
    private readonly string _namespace = "apply-" + Guid.NewGuid().ToString("N")[..8];
    private readonly ClusterConnections _connections = new(TimeProvider.System);
    private IKubernetes? _client;

    public async Task InitializeAsync()
    {
        if (RealClusters.Kubeconfig is not null)
        {
            _client = RealClusters.Connect("primary");
            await _client.CoreV1.CreateNamespaceAsync(new V1Namespace { Metadata = new V1ObjectMeta { Name = _namespace } });
        }
    }

    public async Task DisposeAsync()
    {
        if (_client is not null)
        {
            await _client.CoreV1.DeleteNamespaceAsync(_namespace);
            _client.Dispose();
        }

        _connections.Dispose();
    }

    [RealClusterFact]
    public async Task Run_OfEveryKindThatIsTried_WritesNothing()
    {
        await _client!.AppsV1.CreateNamespacedDeploymentAsync(
            KubernetesJson.Deserialize<V1Deployment>("""{"metadata":{"name":"d"},"spec":{"replicas":0,"selector":{"matchLabels":{"app":"d"}},"template":{"metadata":{"labels":{"app":"d"}},"spec":{"containers":[{"name":"a","image":"a:1"}]}}}}"""), _namespace);
        await LabSite.UntilAsync(async () => (await _client.AppsV1.ReadNamespacedDeploymentAsync("d", _namespace)).Status?.ObservedGeneration >= 1);
        await _client.CoreV1.CreateNamespacedResourceQuotaAsync(
            new V1ResourceQuota { Metadata = new V1ObjectMeta { Name = "q" }, Spec = new V1ResourceQuotaSpec { Hard = new Dictionary<string, ResourceQuantity> { ["count/configmaps"] = new ResourceQuantity("0") } } }, _namespace);
        await LabSite.UntilAsync(async () => (await _client.CoreV1.ReadNamespacedResourceQuotaAsync("q", _namespace)).Status?.Hard?.Count > 0);
        await using var crds = await TestCrds.EnsureAsync(_client, TestCrds.Clusters);
        await _client.CustomObjects.CreateNamespacedCustomObjectAsync(PlayedCnpg.Cluster("bank", "bank", "bank-dr"), "postgresql.cnpg.io", "v1", _namespace, "clusters");
        await _client.AppsV1.CreateNamespacedDeploymentAsync(
            KubernetesJson.Deserialize<V1Deployment>("""{"metadata":{"name":"e"},"spec":{"replicas":2,"selector":{"matchLabels":{"app":"e"}},"template":{"metadata":{"labels":{"app":"e"}},"spec":{"nodeSelector":{"no":"node"},"containers":[{"name":"a","image":"a:1"}]}}}}"""), _namespace);
        await LabSite.UntilAsync(async () => (await _client.AppsV1.ReadNamespacedDeploymentAsync("e", _namespace)).Status?.Replicas == 2);
        var before = (await _client.AppsV1.ReadNamespacedDeploymentAsync("d", _namespace)).Metadata.ResourceVersion;
        const string manifest = "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: settings }\ndata: { a: b }\n---\napiVersion: v1\nkind: Service\nmetadata: { name: d }\nspec: { selector: { app: d }, ports: [ { port: 80 } ] }";
        var plan = StepBench.Plan with
        {
            Steps =
            [
                Step("scale", "k8s.scale", $$"""{"namespace":"{{_namespace}}","workload":"deployment/d","replicas":3}"""),
                Step("patch", "k8s.patch", $$"""{"namespace":"{{_namespace}}","api":"apps/v1","resource":"deployments/d","type":"strategic","patch":{"spec":{"template":{"spec":{"containers":[{"name":"a","image":"a:2"}]} } } } }"""),
                Step("apply", "k8s.apply", $$"""{"namespace":"{{_namespace}}","manifest":"app.yaml"}"""),
                Step("job", "k8s.job", $$"""{"namespace":"{{_namespace}}","command":["ledger","promote"]}"""),
                Step("fence", "k8s.fence", $$"""{"namespace":"{{_namespace}}","workloads":["deployment/e"]}"""),
                Step("demote", "cnpg.demote", $$"""{"namespace":"{{_namespace}}","cluster":"bank","to":"bank-dr"}"""),
                Step("space", "k8s.namespace", """{"prove":"none"}"""),
            ],
            Manifests = new Dictionary<string, Manifest> { ["app.yaml"] = ManifestReader.Read("app.yaml", Encoding.UTF8.GetBytes(manifest), new Problems())! },
        };
        var kinds = new StepKinds([
            new K8sScaleStep(_connections, TimeProvider.System), new K8sPatchStep(_connections, TimeProvider.System), new K8sApplyStep(_connections, TimeProvider.System), new K8sJobStep(_connections, TimeProvider.System),
            new K8sFenceStep(_connections, TimeProvider.System), new CnpgDemoteStep(_connections, TimeProvider.System), new K8sNamespaceStep(_connections, TimeProvider.System)]);

        var tried = await new PlanTrial(kinds, TimeProvider.System).RunAsync(plan, new StepBench(RealClusters.Kubeconfig!).Estate, default);

        tried.SelectMany(step => step.Objects).Select(one => $"{one.Object} {one.Answer} {string.Join(", ", one.Fields.Select(field => $"{field.Field} {field.From}>{field.To}"))}").Should().Equal(
            "deployments/d Changes /spec/replicas 0>3",
            "deployments/d Changes /spec/template/spec/containers/a/image \"a:1\">\"a:2\"",
            "configmaps/settings Refused ",
            "services/d Made ",
            "jobs/dro-dry-run-job-1 Made ",
            "deployments/e Changes /spec/replicas 2>0",
            " NotTried ",
            "clusters/bank Changes /spec/replica/primary \"bank\">\"bank-dr\"",
            " NotTried ",
            "namespaces/dro-dry-run-space Made ",
            " NotTried ");
        (await _client.AppsV1.ReadNamespacedDeploymentAsync("e", _namespace)).Spec.Replicas.Should().Be(2);
        (await _client.CoreV1.ListNamespaceAsync(fieldSelector: "metadata.name=dro-dry-run-space")).Items.Should().BeEmpty();
        tried[2].Objects[0].Reason.Should().Contain("exceeded quota: q");
        (await _client.AppsV1.ReadNamespacedDeploymentAsync("d", _namespace)).Metadata.ResourceVersion.Should().Be(before);
        (await _client.CoreV1.ListNamespacedServiceAsync(_namespace)).Items.Should().BeEmpty();
        (await _client.BatchV1.ListNamespacedJobAsync(_namespace)).Items.Should().BeEmpty();
    }

    private static PlanStep Step(string name, string kind, string with) =>
        new(name, kind, new Dictionary<string, string>(), "primary", StepBench.Parameters(with), [], null, null, false, TimeSpan.FromSeconds(5), 0, null);
}
