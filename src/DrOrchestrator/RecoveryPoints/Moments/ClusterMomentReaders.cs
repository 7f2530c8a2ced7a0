using System.Globalization;
using System.Net;
using System.Text.Json.Serialization;
using DrOrchestrator.Estates;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.Time;
using k8s;
using k8s.Models;

namespace DrOrchestrator.RecoveryPoints.Moments;

/// <summary>Lists custom resources of a site's cluster, of which only the fields we read are known here.</summary>
internal sealed class ClusterLists(EstateHolder estates, ClusterConnections clusters, ProcessClock clock)
{
    /// <param name="read">Makes a result of what is there.</param>
    public async Task<MomentResult> ReadAsync<T>(
        string site, string group, string version, string plural, string ns, TimeSpan timeout, Func<IReadOnlyList<T>, MomentResult> read, CancellationToken cancellationToken)
        where T : IKubernetesObject<V1ObjectMeta>
    {
        using var deadline = new CancellationTokenSource(timeout, clock.Provider);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            // The connection belongs to the site and stays open.
            using var client = new GenericClient(clusters.Of(estates.Current, site), group, version, plural, disposeClient: false);
            var list = await client.ListNamespacedAsync<ObjectList<T>>(ns, cancel: both.Token).ConfigureAwait(false);
            return read([.. list.Items]);
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        catch (Exception exception) when (ClusterFailure.Of(exception, cancellationToken) is { } failure)
        {
            return new MomentResult.Failed(clock.Now, failure.IsNotServed || (failure.Status is HttpStatusCode.NotFound && await LacksAsync(site, group, both.Token).ConfigureAwait(false)) ? $"the cluster of {site} has no {plural}.{group}" : $"the cluster of {site} does not list {plural}.{group}: {failure.Reason}");
        }
    }

    /// <summary>False where the cluster does not tell.</summary>
    private async Task<bool> LacksAsync(string site, string group, CancellationToken cancellationToken)
    {
        try
        {
            return await clusters.Of(estates.Current, site).ServedVersionAsync(group, cancellationToken).ConfigureAwait(false) is null;
        }
        catch (Exception exception) when (ClusterFailure.Of(exception, CancellationToken.None) is not null)
        {
            return false;
        }
    }
}

/// <summary>A list of custom resources.</summary>
internal sealed class ObjectList<T> : IKubernetesObject<V1ListMeta>
{
    public string ApiVersion { get; set; } = "";

    public string Kind { get; set; } = "";

    public V1ListMeta Metadata { get; set; } = new();

    public List<T> Items { get; set; } = [];
}

/// <summary>What we read of a <c>velero.io/v1</c> Backup.</summary>
internal sealed class VeleroBackup : IKubernetesObject<V1ObjectMeta>
{
    public string ApiVersion { get; set; } = "";

    public string Kind { get; set; } = "";

    public V1ObjectMeta Metadata { get; set; } = new();

    public VeleroBackupStatus? Status { get; set; }
}

internal sealed class VeleroBackupStatus
{
    public string? Phase { get; set; }

    public DateTimeOffset? StartTimestamp { get; set; }

    public DateTimeOffset? Expiration { get; set; }
}

/// <summary>What we read of a <c>snapshot.storage.k8s.io/v1</c> VolumeSnapshot.</summary>
internal sealed class VolumeSnapshot : IKubernetesObject<V1ObjectMeta>
{
    public string ApiVersion { get; set; } = "";

    public string Kind { get; set; } = "";

    public V1ObjectMeta Metadata { get; set; } = new();

    public VolumeSnapshotSpec? Spec { get; set; }

    public VolumeSnapshotStatus? Status { get; set; }
}

internal sealed class VolumeSnapshotSpec
{
    public VolumeSnapshotSource? Source { get; set; }
}

internal sealed class VolumeSnapshotSource
{
    [JsonPropertyName("persistentVolumeClaimName")]
    public string? Claim { get; set; }
}

internal sealed class VolumeSnapshotStatus
{
    public bool? ReadyToUse { get; set; }

    public DateTimeOffset? CreationTime { get; set; }
}

/// <summary><c>velero</c>: the newest backup that is <c>Completed</c>. One that failed partially lacks something, and does not count.</summary>
internal sealed class VeleroMomentReader(ClusterLists lists, ProcessClock clock) : IMomentReader
{
    public string Kind => "velero";

    public Task<MomentResult> ReadAsync(RecoveryPointDefinition definition, CancellationToken cancellationToken)
    {
        var settings = (VeleroPointSettings)definition.Settings;
        return lists.ReadAsync<VeleroBackup>(settings.Cluster, "velero.io", "v1", "backups", settings.Namespace, definition.Timeout, backups => Read(backups, settings, clock.Now), cancellationToken);
    }

    internal static MomentResult Read(IReadOnlyList<VeleroBackup> backups, VeleroPointSettings settings, DateTimeOffset now)
    {
        var ours = backups.Where(b => settings.Schedule is not { } schedule || (b.Metadata.Labels?.TryGetValue("velero.io/schedule-name", out var name) is true && name == schedule)).ToList();
        var good = ours.Where(b => b.Status is { Phase: "Completed", StartTimestamp: not null } && !(b.Status.Expiration <= now) && b.Metadata.DeletionTimestamp is null).ToList();

        // One that is newer and did not complete is why the newest that counts is old.
        var newest = good.MaxBy(b => b.Status!.StartTimestamp);
        var bad = ours.Where(b => b.Status is { Phase: "PartiallyFailed" or "Failed" or "FailedValidation" } && !(b.Status.StartTimestamp <= newest?.Status!.StartTimestamp)).ToList();
        List<string> notes = bad.Count == 0 ? [] : [string.Create(CultureInfo.InvariantCulture, $"{bad.Count} newer backups did not complete: {bad[^1].Metadata.Name} is {bad[^1].Status!.Phase}")];
        return newest is not null
            ? new MomentResult.Read(now, newest.Status!.StartTimestamp!.Value, $"backup {newest.Metadata.Name}") { Notes = notes }
            : new MomentResult.Empty(now, $"namespace {settings.Namespace} at {settings.Cluster} has no completed backup{string.Concat(notes.Select(note => $"; {note}"))}");
    }
}

/// <summary><c>volumesnapshot</c>: every claim's newest snapshot that is ready; the copy is as old as the oldest of them.</summary>
internal sealed class VolumeSnapshotMomentReader(ClusterLists lists, ProcessClock clock) : IMomentReader
{
    public string Kind => "volumesnapshot";

    public Task<MomentResult> ReadAsync(RecoveryPointDefinition definition, CancellationToken cancellationToken)
    {
        var settings = (VolumeSnapshotPointSettings)definition.Settings;
        return lists.ReadAsync<VolumeSnapshot>(
            settings.Cluster, "snapshot.storage.k8s.io", "v1", "volumesnapshots", settings.Namespace, definition.Timeout, snapshots => Read(snapshots, settings, clock.Now), cancellationToken);
    }

    internal static MomentResult Read(IReadOnlyList<VolumeSnapshot> snapshots, VolumeSnapshotPointSettings settings, DateTimeOffset now)
    {
        var newest = settings.Claims.ToDictionary(claim => claim, claim => snapshots
            .Where(s => s.Spec?.Source?.Claim == claim && s.Status is { ReadyToUse: true, CreationTime: not null } && s.Metadata.DeletionTimestamp is null)
            .MaxBy(s => s.Status!.CreationTime));
        if (newest.FirstOrDefault(claim => claim.Value is null).Key is { } without)
        {
            return new MomentResult.Empty(now, $"claim {without} of namespace {settings.Namespace} at {settings.Cluster} has no snapshot that is ready");
        }

        var oldest = newest.MinBy(claim => claim.Value!.Status!.CreationTime);
        return new MomentResult.Read(now, oldest.Value!.Status!.CreationTime!.Value, $"snapshot {oldest.Value.Metadata.Name} of claim {oldest.Key}");
    }
}
