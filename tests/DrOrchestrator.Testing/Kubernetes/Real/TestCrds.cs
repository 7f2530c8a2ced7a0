using System.Net;
using k8s;
using k8s.Autorest;
using k8s.Models;

namespace DrOrchestrator.Testing.Kubernetes.Real;

/// <summary>
/// Definitions of the custom resources that the product reads, with the fields that it reads and the status subresource as upstream has it; <c>DRO_TEST_CRDS</c> names a folder with
/// upstream's own (*.yaml), which are taken instead. What was there before is left there; what was made is removed. Test processes take turns, by a lease in the cluster.
/// </summary>
public sealed class TestCrds : IAsyncDisposable
{
    public const string Variable = "DRO_TEST_CRDS";
    public const string Clusters = "clusters.postgresql.cnpg.io";
    public const string Backups = "backups.velero.io";
    public const string Snapshots = "volumesnapshots.snapshot.storage.k8s.io";

    private const string Turn = "dro-test-crds";

    /// <summary>A process that died in its turn is waited for so long.</summary>
    private static readonly TimeSpan LongestTurn = TimeSpan.FromMinutes(5);

    private readonly IKubernetes _client;
    private readonly List<string> _made = [];

    private TestCrds(IKubernetes client) => _client = client;

    /// <summary>By name: kind, version, whether the status is a subresource (Velero's is not), schema of spec and status.</summary>
    private static readonly Dictionary<string, (string Kind, string Version, bool HasStatus, string Spec, string Status)> Own = new()
    {
        [Clusters] = (
            "Cluster",
            "v1",
            true,
            "{type: object, properties: {instances: {type: integer}, replica: {type: object, required: [source], properties: {self: {type: string}, primary: {type: string}, source: {type: string}, enabled: {type: boolean}, promotionToken: {type: string}, minApplyDelay: {type: string}}}, externalClusters: {type: array, items: {type: object, required: [name], properties: {name: {type: string}}}}}}",
            "{type: object, properties: {phase: {type: string}, phaseReason: {type: string}, instances: {type: integer}, readyInstances: {type: integer}, demotionToken: {type: string}, lastPromotionToken: {type: string}, switchReplicaClusterStatus: {type: object, properties: {inProgress: {type: boolean}}}}}"),
        [Backups] = (
            "Backup",
            "v1",
            false,
            "{type: object, properties: {includedNamespaces: {type: array, items: {type: string}}}}",
            "{type: object, properties: {phase: {type: string}, failureReason: {type: string}, validationErrors: {type: array, items: {type: string}}}}"),
        [Snapshots] = (
            "VolumeSnapshot",
            "v1",
            true,
            "{type: object, properties: {source: {type: object, properties: {persistentVolumeClaimName: {type: string}}}}}",
            "{type: object, properties: {readyToUse: {type: boolean}, error: {type: object, properties: {message: {type: string}}}}}"),
    };

    public static async Task<TestCrds> EnsureAsync(IKubernetes client, params string[] names)
    {
        var crds = new TestCrds(client);
        await TakeTurnAsync(client);
        foreach (var name in names)
        {
            try
            {
                await client.ApiextensionsV1.CreateCustomResourceDefinitionAsync(Definition(name));
                crds._made.Add(name);
            }
            catch (HttpOperationException e) when (e.Response.StatusCode == HttpStatusCode.Conflict)
            {
                // Somebody's own: used as it is.
            }

            while ((await client.ApiextensionsV1.ReadCustomResourceDefinitionAsync(name)).Status?.Conditions?.Any(c => c is { Type: "Established", Status: "True" }) is not true)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
            }
        }

        return crds;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var name in _made)
        {
            await _client.ApiextensionsV1.DeleteCustomResourceDefinitionAsync(name);
            while ((await _client.ApiextensionsV1.ListCustomResourceDefinitionAsync(fieldSelector: $"metadata.name={name}")).Items.Count > 0)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
            }
        }

        await _client.CoordinationV1.DeleteNamespacedLeaseAsync(Turn, "default");
    }

    private static async Task TakeTurnAsync(IKubernetes client)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                await client.CoordinationV1.CreateNamespacedLeaseAsync(new V1Lease { Metadata = new V1ObjectMeta { Name = Turn } }, "default");
                return;
            }
            catch (HttpOperationException e) when (e.Response.StatusCode == HttpStatusCode.Conflict && TimeProvider.System.GetElapsedTime(start) < LongestTurn)
            {
                await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System);
            }
            catch (HttpOperationException e) when (e.Response.StatusCode == HttpStatusCode.Conflict)
            {
                // Left behind by a process that died.
                return;
            }
        }
    }

    private static V1CustomResourceDefinition Definition(string name)
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } folder)
        {
            return Directory.EnumerateFiles(folder, "*.yaml").SelectMany(file => KubernetesYaml.LoadAllFromString(File.ReadAllText(file))).OfType<V1CustomResourceDefinition>().First(crd => crd.Metadata.Name == name);
        }

        var (kind, version, hasStatus, spec, status) = Own[name];
        var (plural, group) = name.Split('.', 2) is [var first, var rest] ? (first, rest) : throw new ArgumentException(name, nameof(name));
        var subresources = hasStatus ? "subresources: {status: {}}" : "";
        var singular = kind.ToLowerInvariant();
        return KubernetesYaml.Deserialize<V1CustomResourceDefinition>($$$"""
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata:
              name: {{{name}}}
              annotations: {api-approved.kubernetes.io: "unapproved, a test's own"}
            spec:
              group: {{{group}}}
              scope: Namespaced
              names:
                kind: {{{kind}}}
                listKind: {{{kind}}}List
                plural: {{{plural}}}
                singular: {{{singular}}}
              versions:
              - name: {{{version}}}
                served: true
                storage: true
                {{{subresources}}}
                schema:
                  openAPIV3Schema:
                    type: object
                    properties:
                      spec: {{{spec}}}
                      status: {{{status}}}
            """);
    }
}
