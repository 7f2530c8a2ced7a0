using DrOrchestrator.Testing.Kubernetes.Real;
using k8s;
using k8s.Models;

namespace DrOrchestrator.Cli.Tests.Commands;

/// <summary>An estate suggested from two real clusters. Passed on v1.36.2.</summary>
public class EstateSuggestConformanceTests
{
    [RealClusterFact]
    public async Task Suggest_TwoRealClusters_MatchesByName_AndLeavesValuesOut()
    {
        using var folder = new TestFolder();
        using var primary = RealClusters.Connect("primary");
        using var dr = RealClusters.Connect("dr");
        var ns = "spof-suggest-" + Guid.NewGuid().ToString("N")[..6];
        try
        {
            foreach (var client in (IKubernetes[])[primary, dr])
            {
                await client.CoreV1.CreateNamespaceAsync(new V1Namespace { Metadata = new V1ObjectMeta { Name = ns } });
                await client.AppsV1.CreateNamespacedDeploymentAsync(Deployment("api", client == primary ? 2 : 0), ns);
            }

            await primary.AppsV1.CreateNamespacedDeploymentAsync(Deployment("a.b", 1), ns);
            await primary.CoreV1.CreateNamespacedServiceAsync(
                new V1Service { Metadata = new V1ObjectMeta { Name = "api" }, Spec = new V1ServiceSpec { ExternalIPs = ["203.0.113.9"], Ports = [new V1ServicePort { Port = 8443 }], Selector = new Dictionary<string, string> { ["app"] = "api" } } }, ns);
            var path = Path.Combine(folder.Path, "estate.yaml");

            var ran = await Shell.RunAsync("estate", "suggest", "--kubeconfig", RealClusters.Kubeconfig!, "--context", "primary", "--context", "dr", "--namespace", ns, "--out", path);

            ran.ExitCode.Should().Be(0, ran.Error);
            ran.Error.Should().Contain($"only at primary: deployment/a.b in namespace {ns}").And.NotContain("not seen");
            var text = File.ReadAllText(path);
            text.Should().Contain("deployment/api: replicas 2 at primary, 0 at dr").And.Contain("perhaps PostgreSQL, by the name of its image").And.Contain("{ host: '203.0.113.9', port: 8443 }").And.NotContain("hunter2");
            File.WriteAllText(path, EstateAnswers.To(text));
            (await Shell.RunAsync("check", "--estate", folder.Path)).Out.Should().StartWith("suggested is valid; sites: 2, systems: 1, probes: 3");

            (await Shell.RunAsync("estate", "suggest", "--kubeconfig", RealClusters.Kubeconfig!, "--context", "primary")).Out.Should().Contain($"# Namespace {ns}.").And.NotContain("# Namespace kube-");
        }
        finally
        {
            await primary.CoreV1.DeleteNamespaceAsync(ns);
            await dr.CoreV1.DeleteNamespaceAsync(ns);
        }
    }

    private static V1Deployment Deployment(string name, int replicas) => new()
    {
        Metadata = new V1ObjectMeta { Name = name },
        Spec = new V1DeploymentSpec
        {
            Replicas = replicas,
            Selector = new V1LabelSelector { MatchLabels = new Dictionary<string, string> { ["app"] = "x" } },
            Template = new V1PodTemplateSpec
            {
                Metadata = new V1ObjectMeta { Labels = new Dictionary<string, string> { ["app"] = "x" } },
                Spec = new V1PodSpec { Containers = [new V1Container { Name = "x", Image = "registry.invalid/postgres:17", Env = [new V1EnvVar { Name = "PASSWORD", Value = "hunter2" }] }] },
            },
        },
    };
}
