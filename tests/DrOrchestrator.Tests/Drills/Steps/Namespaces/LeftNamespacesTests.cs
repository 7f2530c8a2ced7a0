using System.Text.Json;
using System.Text.Json.Nodes;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Steps.Namespaces;
using DrOrchestrator.Drills.Stops;
using DrOrchestrator.Estates;
using DrOrchestrator.Evidence;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.Plans;
using DrOrchestrator.Testing.Kubernetes;
using DrOrchestrator.Time;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace DrOrchestrator.Tests.Drills.Steps.Namespaces;

public sealed class LeftNamespacesTests : ClusterFixture, IDrills, IEvidenceLog, IPlans
{
    private static readonly Person Operator = new("zhou", "Zhou", "IT", [PersonRole.Operator], null, false);

    private readonly List<EvidenceDraft> _records = [];

    private readonly List<long> _open = [8];

    private readonly List<Plan> _plans = [];

    private readonly ApplicationLifetime _lifetime = new(NullLogger<ApplicationLifetime>.Instance);

    private bool _isLogAway;

    private EstateHolder? _estates;

    private EstateHolder Estates => _estates ??= new EstateHolder(Bench.Estate);

    IReadOnlyList<Plan> IPlans.All => _plans;

    private LeftNamespaces Namespaces => new(this, Estates, this, Connections, new ProcessClock(TimeProvider.System));

    [Fact]
    public async Task Look_SaysOfEachWhatBecameOfItsRun()
    {
        Put("open", "log1", "8");
        Put("closed", "log1", "7");
        Put("unknown", "log1", "99");
        Put("other", "log2", "7", "29990101T000000Z");
        Put("lost", "log2", "7", "20200101T000000Z");
        Cluster.Objects.Put("/api/v1/namespaces/ledger", new JsonObject());

        var found = await Namespaces.LookAsync(default);

        found.Namespaces.Select(ns => $"{ns.Name} {ns.State}").Should().BeEquivalentTo("open in-use", "closed left", "unknown left", "other foreign", "lost expired");
        found.NotSeen.Should().BeEmpty();
    }

    /// <summary>A run that begins while the clusters are looked at, and makes its namespace at once.</summary>
    [Fact]
    public async Task Look_RunBeginsMeanwhile_ItsNamespaceIsInUse()
    {
        Cluster.Intercept = (request, _) =>
        {
            if (request.Path == "/api/v1/namespaces" && !_open.Contains(9))
            {
                _open.Add(9);
                Put("new", "log1", "9");
            }

            return null;
        };

        (await Namespaces.LookAsync(default)).Namespaces.Should().ContainSingle().Which.State.Should().Be("in-use");
    }

    /// <summary>The site is another cluster by then: the one that was looked at is meant.</summary>
    [Fact]
    public async Task Remove_EstateIsReloadedMeanwhile_ActsWhereItLooked()
    {
        await using var other = await Testing.Kubernetes.FakeCluster.StartAsync();
        var uid = Put("closed", "log1", "7");
        Cluster.Intercept = (_, _) =>
        {
            Estates.Swap(new StepBench(other.KubeconfigPath).Estate);
            return null;
        };

        (await Namespaces.RemoveAsync("primary", "closed", uid, null, "why", Operator, default)).Code.Should().Be("removed");

        Cluster.Objects.Find("/api/v1/namespaces/closed").Should().BeNull();
        other.Requests.Should().BeEmpty();
    }

    [Fact]
    public async Task Look_ClusterThatDoesNotAnswer_IsSaid()
    {
        Cluster.Intercept = (_, _) => (500, FakeObjects.Status(500, "InternalError", "etcd is away").Body);

        (await Namespaces.LookAsync(default)).NotSeen.Should().ContainSingle().Which.Reason.Should().Contain("etcd is away");
    }

    [Fact]
    public async Task Remove_OfAClosedRun_IsOnRecordAndGone()
    {
        var uid = Put("closed", "log1", "7");

        var result = await Namespaces.RemoveAsync("primary", "closed", uid, null, "the drill is over", Operator, default);

        result.Code.Should().Be("removed");
        Cluster.Objects.Find("/api/v1/namespaces/closed").Should().BeNull();
        _records.Select(record => (record.Kind, record.Actor)).Should().Equal(("namespace.removal-asked", "zhou"), ("namespace.removal-seen", "system"));
        _records[1].Payload["gone"]!.GetValue<bool>().Should().BeTrue();
    }

    /// <summary>Volumes belong to the cluster: what is retained stays with its data, and is told to whoever removes the namespace.</summary>
    [Fact]
    public async Task Remove_VolumesStayBehind_AreToldAndOnRecord()
    {
        var uid = Put("closed", "log1", "7");
        Cluster.Objects.Put("/api/v1/namespaces/closed/persistentvolumeclaims/kept", new JsonObject { ["spec"] = new JsonObject { ["volumeName"] = "pv-kept" } });
        Cluster.Objects.Put("/api/v1/persistentvolumes/pv-kept", new JsonObject { ["spec"] = new JsonObject { ["persistentVolumeReclaimPolicy"] = "Retain" }, ["status"] = new JsonObject { ["phase"] = "Released" } });

        var result = await Namespaces.RemoveAsync("primary", "closed", uid, null, "the drill is over", Operator, default);

        (result.Code, result.Detail).Should().Be(("removed", "Namespace closed at primary is gone. Of its volumes these stay with their data, for people to remove: pv-kept (Retain, Released)"));
        _records[1].Payload["volumes-left"]!.ToJsonString().Should().Be("""[{"name":"pv-kept","reclaimPolicy":"Retain","phase":"Released"}]""");
        JsonSerializer.SerializeToNode(result, JsonSerializerOptions.Web)!["volumesLeft"]!.ToJsonString().Should().Be("""[{"name":"pv-kept","reclaimPolicy":"Retain","phase":"Released"}]""");
    }

    /// <summary>Which volumes stay is only told: that one look for it gets no answer ends no removal.</summary>
    [Fact]
    public async Task Remove_TheLookForItsVolumesGetsNoAnswer_IsRemovedAllTheSame()
    {
        var (uid, looks) = (Put("closed", "log1", "7"), 0);
        Cluster.Intercept = (request, _) => request.Path == "/api/v1/namespaces/closed" && ++looks == 1 ? FakeObjects.Status(403, "Forbidden", "may not") : null;

        var result = await Namespaces.RemoveAsync("primary", "closed", uid, null, "why", Operator, default);

        (result.Code, result.Detail).Should().Be(("removed", "Namespace closed at primary is gone. Whether volumes of it are still there is not known: 403 may not"));
        Cluster.Objects.Find("/api/v1/namespaces/closed").Should().BeNull();
    }

    [Theory]
    [InlineData("/persistentvolumeclaims", "403 may not")]
    [InlineData("/persistentvolumes/", "403 may not")]
    [InlineData(null, "the namespace was ending already when it was looked at")]
    public async Task Remove_VolumesCannotBeLookedAt_SaysThatNobodyKnows(string? path, string why)
    {
        var uid = Put("closed", "log1", "7");
        Cluster.Objects.Put("/api/v1/namespaces/closed/persistentvolumeclaims/kept", new JsonObject { ["spec"] = new JsonObject { ["volumeName"] = "pv-kept" } });
        if (path is null)
        {
            Cluster.Objects.Find("/api/v1/namespaces/closed")!["metadata"]!["deletionTimestamp"] = "2026-11-22T10:00:00Z";
            var looks = 0;
            Cluster.Intercept = (request, _) =>
            {
                if (request.Path == "/api/v1/namespaces/closed" && ++looks == 2)
                {
                    Cluster.Objects.Remove("/api/v1/namespaces/closed");
                }

                return null;
            };
        }
        else
        {
            Cluster.Intercept = (request, _) => request.Path.Value!.Contains(path, StringComparison.Ordinal) ? FakeObjects.Status(403, "Forbidden", "may not") : null;
        }

        var result = await Namespaces.RemoveAsync("primary", "closed", uid, null, "why", Operator, default);

        result.Detail.Should().Be($"Namespace closed at primary is gone. Whether volumes of it are still there is not known: {why}");
        _records[1].Payload["volumes-left"]!.ToString().Should().Be($"unknown: {why}");
    }

    [Theory]
    [InlineData("8", "log1", null, "why", "in-use")]
    [InlineData("7", "log2", null, "why", "other-log")]
    [InlineData("7", "log2", "log3", "why", "other-log")]
    [InlineData("7", "log1", null, " ", "reason-missing")]
    [InlineData("7", "log2", "log2", "why", "removed")]
    public async Task Remove_OfOthers_IsRefused(string run, string log, string? named, string reason, string code)
    {
        var uid = Put("space", log, run);

        (await Namespaces.RemoveAsync("primary", "space", uid, named, reason, Operator, default)).Code.Should().Be(code);

        (Cluster.Objects.Find("/api/v1/namespaces/space") is null).Should().Be(code == "removed");
        _records.Should().HaveCount(code == "removed" ? 2 : 0);
    }

    /// <summary>One that no run has made carries no label of ours; one made anew has another uid.</summary>
    [Fact]
    public async Task Remove_OfWhatNoRunHasMade_IsRefused()
    {
        Put("closed", "log1", "7");
        Cluster.Objects.Put("/api/v1/namespaces/ledger", new JsonObject { ["metadata"] = new JsonObject { ["uid"] = "u" } });

        (await Namespaces.RemoveAsync("primary", "ledger", "u", null, "why", Operator, default)).Code.Should().Be("no-such-namespace");
        (await Namespaces.RemoveAsync("primary", "closed", "u", null, "why", Operator, default)).Code.Should().Be("no-such-namespace");
        Cluster.Mutations.Should().BeEmpty();
    }

    [Fact]
    public async Task Watch_OfWhatDeadRunsLeft_IsGoodForFiveMinutes()
    {
        Put("open", "log1", "8");
        Put("closed", "log1", "7");
        Put("other", "log2", "7", "29990101T000000Z");
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch);
        var watch = Watch(time);
        MakeNamespaces();

        await watch.StartAsync(default);
        _lifetime.NotifyStarted();
        for (var began = TimeProvider.System.GetTimestamp(); watch.Read().At is null && TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromSeconds(30);)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }

        watch.Read().Found!.Namespaces.Select(ns => ns.Name).Should().Equal("closed");
        watch.Read().At.Should().Be(DateTimeOffset.UnixEpoch);
        await watch.StopAsync(default);
        time.Advance(TimeSpan.FromMinutes(5) + TimeSpan.FromSeconds(1));
        watch.Read().Should().Be(new LeftNamespaceSight(null, DateTimeOffset.UnixEpoch));
    }

    /// <summary>Clusters of an estate whose plans make no namespaces are not asked for the right to list them.</summary>
    [Fact]
    public async Task Watch_NoPlanMakesNamespaces_AsksNoCluster()
    {
        Put("closed", "log1", "7");
        var watch = Watch(TimeProvider.System);

        await watch.LookAsync(default);

        watch.Read().Should().Be(LeftNamespaceSight.Nothing);
        Cluster.Requests.Should().BeEmpty();
    }

    /// <summary>The cluster is looked at by the first name that the estate has for it, and the plan calls it by another.</summary>
    [Fact]
    public async Task Watch_TwoSitesOfOneClusterThatDoesNotAnswer_IsSaid()
    {
        var primary = Bench.Estate.Sites[0];
        Estates.Swap(Bench.Estate with { Sites = [primary with { Name = "front" }, primary] });
        MakeNamespaces();
        Cluster.Intercept = (_, _) => (500, FakeObjects.Status(500, "InternalError", "etcd is away").Body);
        var watch = Watch(TimeProvider.System);

        await watch.LookAsync(default);

        watch.Read().Found!.NotSeen.Should().ContainSingle().Which.Reason.Should().Contain("etcd is away");
    }

    /// <summary>Each look fails since the start, before it meets a cluster.</summary>
    [Fact]
    public async Task Watch_NoLookSucceeds_SaysSinceWhen()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch);
        var watch = Watch(time);
        MakeNamespaces();
        _isLogAway = true;

        var act = () => watch.LookAsync(default);
        await act.Should().ThrowAsync<IOException>();
        watch.Read().Should().Be(LeftNamespaceSight.Nothing);
        time.Advance(TimeSpan.FromMinutes(5) + TimeSpan.FromSeconds(1));
        await act.Should().ThrowAsync<IOException>();

        watch.Read().Should().Be(new LeftNamespaceSight(null, DateTimeOffset.UnixEpoch));
    }

    /// <summary>Another installation takes its own down: nothing is left behind, unless its time is over.</summary>
    [Fact]
    public async Task Watch_EndingOfAnotherLog_IsToldPastItsTimeAlone()
    {
        foreach (var (name, log, expires) in ((string, string, string)[])[("own", "log1", "29990101T000000Z"), ("other", "log2", "29990101T000000Z"), ("hangs", "log2", "20200101T000000Z")])
        {
            Put(name, log, "7", expires);
            Cluster.Objects.Find($"/api/v1/namespaces/{name}")!["metadata"]!["deletionTimestamp"] = "2026-11-22T10:00:00Z";
        }

        MakeNamespaces();
        var watch = Watch(TimeProvider.System);

        await watch.LookAsync(default);

        watch.Read().Found!.Namespaces.Select(ns => $"{ns.Name} {ns.State} {ns.IsOwn}").Should().BeEquivalentTo("own ending True", "hangs ending False");
    }

    private void MakeNamespaces() =>
        _plans.Add(StepBench.Plan with { Steps = [new PlanStep("space", "k8s.namespace", new Dictionary<string, string>(), "primary", StepBench.Parameters("""{"prove":"none"}"""), [], null, null, false, TimeSpan.FromSeconds(5), 0, null)] });

    private LeftNamespaceWatch Watch(TimeProvider time) => new(Namespaces, this, new ProcessClock(time), _lifetime, NullLogger<LeftNamespaceWatch>.Instance);

    public Task<IReadOnlyList<RunView>> ListAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<RunView>>([Run(7, DateTimeOffset.UnixEpoch), .. _open.Select(run => Run(run, null))]);

    public Task<long> AppendAsync(EvidenceDraft draft, CancellationToken cancellationToken)
    {
        _records.Add(draft);
        return Task.FromResult((long)_records.Count);
    }

    public Task<IReadOnlyList<EvidenceRecord>> ReadAsync(long? run, long fromSequence, int limit, CancellationToken cancellationToken) =>
        _isLogAway ? throw new IOException("the log is away") : Task.FromResult<IReadOnlyList<EvidenceRecord>>([new EvidenceRecord(0, default, EvidenceKinds.LogCreated, "system", null, null, "", new JsonObject { ["origin"] = "drorchestrator/log1" })]);

    public Task<StartResult> StartAsync(StartRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<AnswerResult> AnswerAsync(long run, string item, Person person, bool confirmed, string? note, RawOutput? attachment, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<AnswerResult> SettleDutyAsync(long run, string fence, Person person, string reason, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<AnswerResult> ReviewAsync(long run, Person person, string reason, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<AnswerResult> OrderAsync(long run, RunOrder order, Person person, string? reason, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<RunView?> ShowAsync(long run, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<IReadOnlyList<PendingItem>> PendingAsync(Person? person, CancellationToken cancellationToken) => throw new NotSupportedException();

    public IAsyncEnumerable<RunEvent> WatchAsync(long run, long afterSequence, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<string> KeepObjectAsync(ReadOnlyMemory<byte> content, string mediaType, CancellationToken cancellationToken) => throw new NotSupportedException();

    Task IEvidenceLog.CheckpointAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    private static RunView Run(long id, DateTimeOffset? closed) =>
        new(id, "", "p", "", "rehearsal", "", "", [], "", "", default, closed, "", "", null, false, false, null, [], [], [], null);

    private string Put(string name, string log, string run, string? expires = null)
    {
        var labels = new JsonObject { [RunLabels.ManagedBy] = RunLabels.Us, [RunLabels.Log] = log, [RunLabels.Run] = run, [RunLabels.Expires] = expires };
        Cluster.Objects.Put($"/api/v1/namespaces/{name}", new JsonObject { ["apiVersion"] = "v1", ["kind"] = "Namespace", ["metadata"] = new JsonObject { ["labels"] = labels } });
        return Cluster.Objects.Find($"/api/v1/namespaces/{name}")!["metadata"]!["uid"]!.ToString();
    }
}
