using System.Text.Json.Nodes;
using DrOrchestrator.Estates;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.RecoveryPoints;
using DrOrchestrator.RecoveryPoints.Moments;
using DrOrchestrator.Testing.Kubernetes;
using DrOrchestrator.Time;

namespace DrOrchestrator.Tests.RecoveryPoints.Moments;

/// <summary>Custom resources over the wire.</summary>
public sealed class ClusterMomentReaderTests : IAsyncLifetime
{
    private const string Backups = "/apis/velero.io/v1/namespaces/velero/backups";
    private const string Snapshots = "/apis/snapshot.storage.k8s.io/v1/namespaces/ledger/volumesnapshots";

    private static readonly ProcessClock Clock = new(TimeProvider.System);
    private readonly ClusterConnections _connections = new(TimeProvider.System);
    private FakeCluster _cluster = null!;
    private ClusterLists _lists = null!;

    public async Task InitializeAsync()
    {
        _cluster = await FakeCluster.StartAsync();
        var estate = Estate.None with { Sites = [new Site("dr", SiteRole.SameCity, null, _cluster.KubeconfigPath, "primary"), new Site("bare", SiteRole.Remote, null, null, null)] };
        _lists = new ClusterLists(new EstateHolder(estate), _connections, Clock);
    }

    public async Task DisposeAsync()
    {
        _connections.Dispose();
        await _cluster.DisposeAsync();
    }

    [Fact]
    public async Task Velero_CompletedBackups_RepresentWhenTheyStarted()
    {
        Backup("ledger-1", "Completed", "2026-03-01T02:00:00Z", "nightly");
        Backup("ledger-2", "Completed", "2026-03-02T02:00:00Z", "nightly");
        Backup("ledger-3", "PartiallyFailed", "2026-03-03T02:00:00Z", "nightly");
        Backup("ledger-4", "InProgress", "2026-03-04T02:00:00Z", "nightly");
        Backup("other-5", "Completed", "2026-03-05T02:00:00Z", "weekly");
        Backup("gone-6", "Completed", "2026-03-06T02:00:00Z", "nightly", expiration: "2026-03-07T00:00:00Z");
        Backup("new-7", "New", null, "nightly");

        var read = (await VeleroAsync("nightly")).Should().BeOfType<MomentResult.Read>().Which;

        read.Represents.Should().Be(new DateTimeOffset(2026, 3, 2, 2, 0, 0, TimeSpan.Zero));
        read.What.Should().Be("backup ledger-2");
        read.Notes.Should().Equal("1 newer backups did not complete: ledger-3 is PartiallyFailed");
        (await VeleroAsync(null)).Should().BeOfType<MomentResult.Read>().Which.What.Should().Be("backup other-5");
        Reason(await VeleroAsync("hourly")).Should().Be("namespace velero at dr has no completed backup");
    }

    [Fact]
    public async Task VolumeSnapshot_SeveralClaims_AreAsOldAsTheOldestNewest()
    {
        Snapshot("a-1", "data-0", true, "2026-03-01T02:00:00Z");
        Snapshot("a-2", "data-0", true, "2026-03-03T02:00:00Z");
        Snapshot("b-1", "data-1", true, "2026-03-02T02:00:00Z");
        Snapshot("b-2", "data-1", false, "2026-03-04T02:00:00Z");

        var read = (await SnapshotAsync("data-0", "data-1")).Should().BeOfType<MomentResult.Read>().Which;

        read.Represents.Should().Be(new DateTimeOffset(2026, 3, 2, 2, 0, 0, TimeSpan.Zero));
        read.What.Should().Be("snapshot b-1 of claim data-1");
        Reason(await SnapshotAsync("data-0", "data-2")).Should().Be("claim data-2 of namespace ledger at dr has no snapshot that is ready");
    }

    [Fact]
    public async Task ReadAsync_ClusterThatCannotBeAsked_IsAFailureWithItsReason()
    {
        _cluster.Intercept = (_, _) => FakeObjects.Status(403, "Forbidden", "backups.velero.io is forbidden");
        Reason(await VeleroAsync(null)).Should().Be("the cluster of dr does not list backups.velero.io: 403 backups.velero.io is forbidden");

        _cluster.Intercept = (_, _) => FakeObjects.Status(404, "NotFound", "the server could not find the requested resource");
        Reason(await VeleroAsync(null)).Should().Be("the cluster of dr has no backups.velero.io");

        // As an API server answers for a group that it does not serve, and many a proxy for everything: the list of groups tells.
        _cluster.Intercept = (request, _) => request.Path.StartsWithSegments("/apis/velero.io", StringComparison.Ordinal) ? (404, System.Text.Json.Nodes.JsonValue.Create("404 page not found")) : null;
        Reason(await VeleroAsync(null)).Should().Be("the cluster of dr has no backups.velero.io");
        _cluster.Intercept = (_, _) => (404, System.Text.Json.Nodes.JsonValue.Create("404 page not found"));
        Reason(await VeleroAsync(null)).Should().StartWith("the cluster of dr does not list backups.velero.io: 404");

        Reason(await VeleroAsync(null, cluster: "bare")).Should().StartWith("the cluster of bare does not list backups.velero.io: site 'bare' has no Kubernetes context");
    }

    private static string Reason(MomentResult result) => result switch
    {
        MomentResult.Empty empty => empty.Reason,
        MomentResult.Failed failed => failed.Reason,
        _ => $"{result}",
    };

    private Task<MomentResult> VeleroAsync(string? schedule, string cluster = "dr") =>
        new VeleroMomentReader(_lists, Clock).ReadAsync(Definition(new VeleroPointSettings("dr", cluster, "velero", schedule)), default);

    private Task<MomentResult> SnapshotAsync(params string[] claims) =>
        new VolumeSnapshotMomentReader(_lists, Clock).ReadAsync(Definition(new VolumeSnapshotPointSettings("dr", "dr", "ledger", claims)), default);

    private static RecoveryPointDefinition Definition(MomentSettings settings) => new("x", "s", TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(30), settings);

    private void Backup(string name, string phase, string? started, string schedule, string? expiration = null) => _cluster.Objects.Put($"{Backups}/{name}", new JsonObject
    {
        ["apiVersion"] = "velero.io/v1",
        ["kind"] = "Backup",
        ["metadata"] = new JsonObject { ["labels"] = new JsonObject { ["velero.io/schedule-name"] = schedule } },
        ["status"] = new JsonObject { ["phase"] = phase, ["startTimestamp"] = started, ["expiration"] = expiration, ["version"] = 1 },
    });

    private void Snapshot(string name, string claim, bool ready, string created) => _cluster.Objects.Put($"{Snapshots}/{name}", new JsonObject
    {
        ["apiVersion"] = "snapshot.storage.k8s.io/v1",
        ["kind"] = "VolumeSnapshot",
        ["metadata"] = new JsonObject(),
        ["spec"] = new JsonObject { ["source"] = new JsonObject { ["persistentVolumeClaimName"] = claim } },
        ["status"] = new JsonObject { ["readyToUse"] = ready, ["creationTime"] = created, ["restoreSize"] = "1Gi" },
    });
}
