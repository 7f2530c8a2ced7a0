using DrOrchestrator.EndToEnd.Harness;
using DrOrchestrator.Testing.Kubernetes.Real;
using k8s;
using k8s.Models;

namespace DrOrchestrator.EndToEnd.Conformance;

/// <summary>
/// A Deployment in a namespace of its own in both real clusters, and an estate that knows it. In each it is kept on two played nodes in two zones, with a PodDisruptionBudget, and was deployed by
/// kubectl, as far as its managedFields say.
/// </summary>
internal sealed class RealPair : IAsyncDisposable
{
    public const string App = "app";

    /// <summary>Where its images come from; the nodes list them too.</summary>
    public const string Registry = "registry.example";

    private const string Image = Registry + "/app:1";
    private const string Zone = "topology.kubernetes.io/zone";
    private const string Mark = "drorchestrator.test/pair";

    private readonly Dictionary<string, IKubernetes> _clients = new() { ["primary"] = RealClusters.Connect("primary"), ["dr"] = RealClusters.Connect("dr") };
    private readonly List<PlayedNode> _nodes = [];

    private RealPair(string folder)
    {
        Folder = folder;
        Namespace = "dro-test-" + Guid.NewGuid().ToString("N")[..8];
        People = LabPeople.Make(Folder);
    }

    public string Folder { get; }

    public string Namespace { get; }

    public LabPeople People { get; }

    public string Estate => Path.Combine(Folder, "estate");

    public IKubernetes Client(string site) => _clients[site];

    /// <param name="primaryPort">Where the primary's API is asked instead of its own port; 0 for that.</param>
    public static async Task<RealPair> StartAsync(string folder, Func<string, string> plan, Func<Uri, int>? primaryPort = null)
    {
        var pair = new RealPair(folder);
        try
        {
            await pair.DeployAsync();
            pair.WriteEstate(plan, primaryPort);
            return pair;
        }
        catch
        {
            await pair.DisposeAsync();
            throw;
        }
    }

    /// <summary>By which kubectl's apply signs.</summary>
    public const string ByHand = "kubectl-client-side-apply";

    /// <summary>One pod may go at a time.</summary>
    public static V1PodDisruptionBudget Budget(string name, Dictionary<string, string> labels) => new()
    {
        Metadata = new V1ObjectMeta { Name = name, Labels = labels },
        Spec = new V1PodDisruptionBudgetSpec { MaxUnavailable = 1, Selector = new V1LabelSelector { MatchLabels = labels } },
    };

    /// <summary>Onto the nodes of the pair, apart by zones, what the test plays an operator for.</summary>
    public V1PodSpec Apart(V1PodSpec spec, Dictionary<string, string> labels)
    {
        spec.NodeSelector = new Dictionary<string, string> { [Mark] = Namespace };
        spec.TopologySpreadConstraints = [.. ((string[])["kubernetes.io/hostname", Zone]).Select(key => new V1TopologySpreadConstraint
        {
            MaxSkew = 1, TopologyKey = key, WhenUnsatisfiable = "DoNotSchedule", LabelSelector = new V1LabelSelector { MatchLabels = labels },
        })];
        return spec;
    }

    /// <summary>Replicas that are asked for, and that are ready.</summary>
    public async Task<(int Asked, int Ready)> ReplicasAsync(string site)
    {
        V1Deployment app = await _clients[site].AppsV1.ReadNamespacedDeploymentAsync(App, Namespace);
        return (app.Spec.Replicas ?? 1, app.Status.ReadyReplicas ?? 0);
    }

    public async Task<IReadOnlyList<V1Job>> JobsAsync(string site) => [.. (await _clients[site].BatchV1.ListNamespacedJobAsync(Namespace)).Items];

    public async ValueTask DisposeAsync()
    {
        // Of a pair that did not come about, one namespace may be missing: what kept it is the failure to be told.
        foreach ((string site, IKubernetes client) in _clients)
        {
            if ((await client.CoreV1.ListNamespaceAsync(fieldSelector: $"metadata.name={Namespace}")).Items.Count == 0)
            {
                client.Dispose();
                continue;
            }

            foreach (V1Pod pod in (await client.CoreV1.ListNamespacedPodAsync(Namespace)).Items.Where(p => p.Metadata.Finalizers is { Count: > 0 }))
            {
                await client.CoreV1.PatchNamespacedPodAsync(new V1Patch("""{"metadata":{"finalizers":null}}""", V1Patch.PatchType.MergePatch), pod.Metadata.Name, Namespace);
            }

            await client.CoreV1.DeleteNamespaceAsync(Namespace);
            await Patience.UntilAsync($"the namespace at {site} is gone", Patience.Start, async () => (await client.CoreV1.ListNamespaceAsync(fieldSelector: $"metadata.name={Namespace}")).Items.Count == 0);
            client.Dispose();
        }

        foreach (PlayedNode node in _nodes)
        {
            await node.DisposeAsync();
        }
    }

    private async Task DeployAsync()
    {
        foreach ((string site, IKubernetes client) in _clients)
        {
            await client.CoreV1.CreateNamespaceAsync(new V1Namespace { Metadata = new V1ObjectMeta { Name = Namespace } });
            foreach (string zone in (string[])["a", "b"])
            {
                await AddNodeAsync(site, client, zone);
            }

            await client.AppsV1.CreateNamespacedDeploymentAsync(Deployment(site == "primary" ? 2 : 0), Namespace, fieldManager: ByHand);
            await client.PolicyV1.CreateNamespacedPodDisruptionBudgetAsync(Budget(App, new Dictionary<string, string> { ["app"] = App }), Namespace, fieldManager: ByHand);
        }

        await Patience.UntilAsync("the primary's pods are ready", Patience.Start, async () => await ReplicasAsync("primary") == (2, 2));
    }

    private async Task AddNodeAsync(string site, IKubernetes client, string zone)
    {
        PlayedNode node = await PlayedNode.StartAsync(site, new V1ContainerImage { Names = [Image, $"{Registry}/app@sha256:{new string('a', 64)}"], SizeBytes = 1000 });
        _nodes.Add(node);
        await client.CoreV1.PatchNodeAsync(new V1Patch($$$$"""{"metadata":{"labels":{"{{{{Zone}}}}":"{{{{Namespace}}}}-{{{{zone}}}}","{{{{Mark}}}}":"{{{{Namespace}}}}"}}}""", V1Patch.PatchType.MergePatch), node.Name);
    }

    private V1Deployment Deployment(int replicas)
    {
        var labels = new Dictionary<string, string> { ["app"] = App };
        return new V1Deployment
        {
            Metadata = new V1ObjectMeta { Name = App },
            Spec = new V1DeploymentSpec
            {
                Replicas = replicas,
                Selector = new V1LabelSelector { MatchLabels = labels },
                Template = new V1PodTemplateSpec
                {
                    Metadata = new V1ObjectMeta { Labels = labels },
                    Spec = Apart(
                        new V1PodSpec { Containers = [new V1Container { Name = App, Image = Image, Command = ["serve"], Resources = new V1ResourceRequirements { Requests = new Dictionary<string, ResourceQuantity> { ["cpu"] = new("100m"), ["memory"] = new("64Mi") } } }] },
                        labels),
                },
            },
        };
    }

    private void WriteEstate(Func<string, string> plan, Func<Uri, int>? primaryPort)
    {
        Directory.CreateDirectory(Estate);
        Uri server = _clients["primary"].BaseUri;
        string kubeconfig = File.ReadAllText(RealClusters.Kubeconfig!);
        if (primaryPort is not null)
        {
            kubeconfig = kubeconfig.Replace($":{server.Port}", $":{primaryPort(server)}", StringComparison.Ordinal);
        }

        File.WriteAllText(Path.Combine(Estate, "kubeconfig"), kubeconfig);
        File.WriteAllText(Path.Combine(Estate, "estate.yaml"), $$"""
            estate: real
            sites:
              - { name: primary, role: production, location: A, kubeconfig: kubeconfig, context: primary }
              - { name: dr, role: remote, location: B, kubeconfig: kubeconfig, context: dr }
            systems:
              - name: app
                title: { en: The app, zh-CN: 应用 }
                department: IT
                owner: requester
                bia: [ { scope: financial-rights, severity: moderate, reason: "Customers cannot pay", signer: Wang } ]
                serving: primary
                standbys: [dr]
                functions: [ { name: posting, critical: true } ]
                objectives: { rto: 2h, rpo: 1h }
            probes:
              - { name: posting, system: app, role: service, function: posting, kind: tcp, interval: 1s, timeout: 500ms, with: { host: 127.0.0.1, port: {{_clients["dr"].BaseUri.Port}} } }
            people:
              - { id: requester, name: Requester, department: IT, roles: [operator], token-sha256: {{LabPeople.Hash(People.Requester)}} }
              - { id: approver, name: Approver, department: Risk, roles: [approver], token-sha256: {{LabPeople.Hash(People.Approver)}} }
              - { id: verifier, name: Verifier, department: Operations, roles: [business-verifier, approver], token-sha256: {{LabPeople.Hash(People.BusinessVerifier)}} }
            plans: [{{MovePlan.Name}}.yaml]
            bcm: { lead-department: Risk }

            """);
        File.WriteAllText(Path.Combine(Estate, MovePlan.Name + ".yaml"), plan(MovePlan.Text(Namespace)));
    }
}
