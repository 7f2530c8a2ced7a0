using System.Net;
using k8s;
using k8s.Autorest;
using k8s.Models;

namespace DrOrchestrator.Testing.Kubernetes.Real;

/// <summary>
/// Plays the provisioner of a storage class of its own in a real cluster: makes a volume for each claim and deletes those that are released. Binding, protection and quota are the cluster's own.
/// </summary>
public sealed class PlayedStorage : IAsyncDisposable
{
    private const string Provisioner = "dro-test/played";
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(200);

    private readonly IKubernetes _client;
    private readonly CancellationTokenSource _over = new();
    private Task _work = Task.CompletedTask;

    private readonly string _node;

    private PlayedStorage(string context, string prefix, string node)
    {
        _node = node;
        _client = RealClusters.Connect(context);
        Class = $"{prefix}-{Guid.NewGuid().ToString("N")[..8]}";
    }

    /// <summary>Name of the storage class.</summary>
    public string Class { get; }

    /// <summary>Sizes of the volumes that it has made, in order.</summary>
    public IReadOnlyList<string> Made { get; private set; } = [];

    /// <param name="node">The node that its volumes are at: there pods go that mount them.</param>
    public static async Task<PlayedStorage> StartAsync(string context, string prefix, string node)
    {
        var storage = new PlayedStorage(context, prefix, node);
        await storage._client.StorageV1.CreateStorageClassAsync(new V1StorageClass { Metadata = new V1ObjectMeta { Name = storage.Class }, Provisioner = Provisioner, ReclaimPolicy = "Delete", VolumeBindingMode = "Immediate" });
        storage._work = storage.PlayAsync();
        return storage;
    }

    /// <summary>Its volumes that are there.</summary>
    public async Task<IReadOnlyList<V1PersistentVolume>> VolumesAsync() => [.. (await _client.CoreV1.ListPersistentVolumeAsync()).Items.Where(volume => volume.Spec.StorageClassName == Class)];

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await _work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var volume in await VolumesAsync())
        {
            await _client.CoreV1.DeletePersistentVolumeAsync(volume.Metadata.Name);
        }

        await _client.StorageV1.DeleteStorageClassAsync(Class);
        _client.Dispose();
        _over.Dispose();
    }

    private async Task PlayAsync()
    {
        while (!_over.IsCancellationRequested)
        {
            try
            {
                foreach (var claim in (await _client.CoreV1.ListPersistentVolumeClaimForAllNamespacesAsync()).Items.Where(claim => claim.Spec.StorageClassName == Class && claim.Status?.Phase == "Pending"))
                {
                    await MakeAsync(claim);
                }

                foreach (var volume in (await VolumesAsync()).Where(volume => volume.Status?.Phase == "Released" && volume.Metadata.DeletionTimestamp is null))
                {
                    await _client.CoreV1.DeletePersistentVolumeAsync(volume.Metadata.Name);
                }
            }
            catch (HttpOperationException e) when (e.Response.StatusCode is HttpStatusCode.Conflict or HttpStatusCode.NotFound)
            {
                // Made already, or gone with its namespace: looked at again.
            }

            await Task.Delay(Tick, TimeProvider.System, _over.Token);
        }
    }

    private async Task MakeAsync(V1PersistentVolumeClaim claim)
    {
        var size = claim.Spec.Resources.Requests["storage"];
        await _client.CoreV1.CreatePersistentVolumeAsync(new V1PersistentVolume
        {
            Metadata = new V1ObjectMeta { Name = $"{Class}-{claim.Metadata.Uid}", Annotations = new Dictionary<string, string> { ["pv.kubernetes.io/provisioned-by"] = Provisioner } },
            Spec = new V1PersistentVolumeSpec
            {
                StorageClassName = Class,
                Capacity = new Dictionary<string, ResourceQuantity> { ["storage"] = size },
                AccessModes = claim.Spec.AccessModes,
                PersistentVolumeReclaimPolicy = "Delete",
                HostPath = new V1HostPathVolumeSource { Path = "/nowhere" },
                NodeAffinity = new V1VolumeNodeAffinity
                {
                    Required = new V1NodeSelector { NodeSelectorTerms = [new V1NodeSelectorTerm { MatchExpressions = [new V1NodeSelectorRequirement { Key = "kubernetes.io/hostname", OperatorProperty = "In", Values = [_node] }] }] },
                },
                ClaimRef = new V1ObjectReference { ApiVersion = "v1", Kind = "PersistentVolumeClaim", Name = claim.Metadata.Name, NamespaceProperty = claim.Metadata.NamespaceProperty, Uid = claim.Metadata.Uid },
            },
        });
        Made = [.. Made, size.ToString()];
    }
}
