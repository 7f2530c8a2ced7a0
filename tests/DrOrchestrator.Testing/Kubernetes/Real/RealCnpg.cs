using System.Text.Json;
using System.Text.Json.Nodes;
using k8s;
using k8s.Autorest;

namespace DrOrchestrator.Testing.Kubernetes.Real;

/// <summary>Plays the CloudNativePG operator (<see cref="PlayedCnpg"/>) for one Cluster at a real API server: objects, status subresource and conflicts are the server's own.</summary>
public sealed class RealCnpg : IAsyncDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(200);

    private readonly IKubernetes _client;
    private readonly string _namespace;
    private readonly string _name;
    private readonly PlayedCnpg _played;
    private readonly CancellationTokenSource _over = new();
    private readonly Task _work;

    public RealCnpg(IKubernetes client, string ns, string name, bool wasPrimary)
    {
        (_client, _namespace, _name, _played) = (client, ns, name, new PlayedCnpg(wasPrimary));
        _work = PlayAsync();
    }

    public async Task<JsonObject> ReadAsync() =>
        JsonSerializer.SerializeToNode(await _client.CustomObjects.GetNamespacedCustomObjectAsync("postgresql.cnpg.io", "v1", _namespace, "clusters", _name))!.AsObject();

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await _work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _over.Dispose();
    }

    private async Task PlayAsync()
    {
        JsonObject? begun = null;
        while (!_over.IsCancellationRequested)
        {
            try
            {
                var cluster = await ReadAsync();
                if (begun is not null)
                {
                    // What a conflict kept from being written.
                    cluster["status"] = begun.DeepClone();
                }

                var fresh = cluster["status"] is null;
                if (fresh)
                {
                    cluster["status"] = PlayedCnpg.Cluster(_name, _name, _name)["status"]!.DeepClone();
                }

                if (_played.Reconcile(cluster) || fresh || begun is not null)
                {
                    begun = cluster["status"]!.AsObject();
                    await _client.CustomObjects.ReplaceNamespacedCustomObjectStatusAsync(cluster, "postgresql.cnpg.io", "v1", _namespace, "clusters", _name);
                    begun = null;
                }
            }
            catch (Exception e) when (e is HttpOperationException or HttpRequestException or IOException)
            {
                // A conflict, or the object is not there: looked at again.
            }

            await Task.Delay(Tick, TimeProvider.System, _over.Token);
        }
    }
}
