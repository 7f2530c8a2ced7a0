using System.Text.Json.Nodes;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Duties;
using DrOrchestrator.Drills.Steps;
using DrOrchestrator.Drills.Steps.Fences;
using DrOrchestrator.Estates;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.RecoveryPoints;
using DrOrchestrator.Testing.Kubernetes;

namespace DrOrchestrator.Tests.Drills.Steps.Fences;

/// <summary>Run 7 has fenced the primary and made dr serve under epoch 2; run 9 closes it and lifts that fence, and no other.</summary>
public sealed class K8sEarlierUnfenceStepTests : ClusterFixture, IEarlierFences, IPositions, IServingSites
{
    private const string With = """
        {"namespace":"ledger","fence":"fence","of-plans":["failover"],"recovery-point":"replication","rejoined-by":"rejoin","accounted-by":"account",
         "workloads":{"statefulset/ledger-store":1,"deployment/ledger-api":0}}
        """;

    private EarlierFence? _left;
    private string _serves = "dr";
    private SitePosition _position = new("dr", "primary", 2, 100, 100, true);

    private K8sEarlierUnfenceStep Step => new(
        new FenceLift(Connections, TimeProvider.System), new K8sFenceStep(Connections, TimeProvider.System), this, this, this);

    [Fact]
    public async Task Execute_FenceOfTheRunThatIsClosed_LiftsItAndSaysWhoseItWas()
    {
        await FencedAsync();
        var context = Lifting();

        var intent = await Step.PrepareAsync(context, default);
        var done = (await Step.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Done>().Which;

        intent["fence"]!.ToString().Should().Be("dro-7-fence");
        intent["accountedBy"]!.ToString().Should().Be("chen");
        intent["facts"]!.AsArray().Should().NotBeEmpty("the proof that was taken before is on record");
        done.Outputs.ToJsonString().Should().Be("""{"workloads":{"statefulset/ledger-store":1,"deployment/ledger-api":0},"ofRun":7,"servedBy":"dr","epoch":"2"}""");
        Store["spec"]!["replicas"]!.GetValue<int>().Should().Be(1);
        Store["metadata"]!["annotations"]![Annotations.Fence]!.ToString().Should().Be("lifted");
        (await Step.ObserveAsync(context, intent, default)).Answer.Should().Be(ObservedAnswer.Happened);
        (await Step.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Done>("what stands is not asked for again");
        Cluster.Mutations.Count(r => r.Body!.Contains("dro-9-unfence-1", StringComparison.Ordinal)).Should().Be(2);
    }

    [Fact]
    public async Task Undo_HoldsItAgain_AndALaterRunMayLiftItUnderThatMark()
    {
        await FencedAsync();
        var context = Lifting();
        var intent = await Step.PrepareAsync(context, default);
        await Step.ExecuteAsync(context, intent, default);
        (await Step.UndoAsync(context, intent, null, default)).Should().BeOfType<StepOutcome.Done>();
        await EndedAsync();

        var unknown = () => Step.PrepareAsync(Lifting(), default);
        await unknown.Should().ThrowAsync<StepFailedException>().WithMessage("*is held by another fence, dro-9-unfence-1-undo, not by step 'fence' of run 7*");
        _left = _left! with { Marks = [.. _left.Marks, "dro-9-unfence-1-undo"] };

        (await Step.PrepareAsync(Lifting(), default))["mark"]!.ToString().Should().Be("dro-9-unfence-1-undo");
    }

    [Fact]
    public async Task Prepare_AnotherRunHasFencedSince_IsRefused()
    {
        await FencedAsync();
        await FenceAgainAsync();

        await RefusedAsync("statefulset/ledger-store at primary is held by another fence, dro-8-fence-1, not by step 'fence' of run 7; what stands there belongs to another run");
    }

    [Fact]
    public async Task Execute_AnotherRunHasFencedSinceTheIntent_TouchesNothing()
    {
        await FencedAsync();
        var context = Lifting();
        var intent = await Step.PrepareAsync(context, default);
        await FenceAgainAsync();

        (await Step.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Failed>().Which.Reason.Should().Contain("is held by another fence, dro-8-fence-1");
        Store["spec"]!["replicas"]!.GetValue<int>().Should().Be(0);
    }

    [Fact]
    public async Task Prepare_ReplicasWereTakenOver_IsRefused()
    {
        await FencedAsync();
        Store["spec"]!["replicas"] = 1;

        await RefusedAsync("the fence of run 7 does not hold any more: statefulset/ledger-store asks for 1 replicas*");
    }

    [Fact]
    public async Task Prepare_NewerEpochOnTheWorkload_IsRefused()
    {
        await FencedAsync();
        _left = _left! with { Epoch = 2 };

        await RefusedAsync("statefulset/ledger-store at primary carries epoch 3, newer than anything on record of run 7 (2): its journal is not whole");
    }

    [Theory]
    [InlineData("standby", 2L, "ledger should be served from dr, which says that it is standby: nobody is seen to serve, and the fence stays")]
    [InlineData("primary", 3L, "dr serves under epoch 3, run 7 had begun epoch 2: somebody has promoted since, and what stands there is not what that run left")]
    [InlineData("", 0L, "who serves ledger cannot be seen: nobody answers")]
    public async Task PrepareAndExecute_DrIsNotWhatTheRunLeft_IsRefused(string role, long epoch, string message)
    {
        await FencedAsync();
        var context = Lifting();
        var intent = await Step.PrepareAsync(context, default);
        _position = _position with { Role = role, Epoch = epoch };

        await RefusedAsync(message);
        (await Step.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Failed>().Which.Reason.Should().Be(message);
        Store["spec"]!["replicas"]!.GetValue<int>().Should().Be(0);
    }

    [Fact]
    public async Task Prepare_ServedFromTheFencedSite_IsRefused()
    {
        await FencedAsync();
        _serves = "primary";

        await RefusedAsync("ledger is served from primary by the journal*");
    }

    [Fact]
    public async Task Prepare_RejoinedToAnotherEpoch_IsRefused()
    {
        await FencedAsync();
        Bench.Outputs["rejoin"] = new JsonObject { ["role"] = "standby", ["epoch"] = 1 };

        await RefusedAsync("primary has been rejoined to epoch 1, dr serves under epoch 2");
    }

    [Fact]
    public async Task Prepare_NobodyHasAccounted_IsRefused()
    {
        await FencedAsync();
        Bench.Outputs.Remove("account");

        await RefusedAsync("nobody has accounted for what only primary had: step 'account' has no answer");
    }

    [Fact]
    public async Task Prepare_FenceOfAnotherPlace_IsRefused()
    {
        await FencedAsync();
        _left = _left! with { Intent = (JsonObject)_left.Intent.DeepClone() };
        _left.Intent["namespace"] = "cards";

        await RefusedAsync("step 'fence' of run 7 fenced cards at primary, not ledger at primary");
    }

    [Fact]
    public async Task Prepare_EarlierStepWasNoFence_IsRefused()
    {
        await FencedAsync();
        _left = _left! with { Intent = new JsonObject { ["database"] = "ledger" } };

        await RefusedAsync("step 'fence' of run 7 holds no workloads: it is no fence of kind k8s.fence");
    }

    public Task<EarlierFence> FindAsync(long run, string step, IReadOnlyList<string> plans, CancellationToken cancellationToken) => Task.FromResult(_left!);

    public Task<SitePosition> ReadSiteAsync(string recoveryPoint, string site, CancellationToken cancellationToken) =>
        _position.Role.Length > 0 ? Task.FromResult(_position) : throw new HttpRequestException("nobody answers");

    public string ServingSiteOf(string system) => _serves;

    private JsonObject Store => Cluster.Objects.Find(FakeLedgerSite.Store)!;

    private async Task RefusedAsync(string message)
    {
        var act = () => Step.PrepareAsync(Lifting(), default);
        await act.Should().ThrowAsync<StepFailedException>().WithMessage(message);
    }

    private StepContext Lifting()
    {
        var context = Bench.Context("k8s.unfence-earlier", With, "unfence");
        return context with
        {
            Run = 9,
            RunMark = "dro-9",
            Estate = context.Estate with { RecoveryPoints = [new RecoveryPointDefinition("replication", "ledger", TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1), new PositionsSettings(new Dictionary<string, Uri>()))] },
        };
    }

    private async Task FencedAsync()
    {
        var intent = await FenceAsync("dro-7");
        _left = new EarlierFence(7, "failover", "fence", intent, 3, "2", ["dro-7-fence-1"]);
        Bench.Outputs["rejoin"] = new JsonObject { ["role"] = "standby", ["epoch"] = 2 };
        Bench.Outputs["account"] = new JsonObject { ["by"] = "chen" };
    }

    private Task<JsonObject> FenceAgainAsync() => FenceAsync("dro-8");

    private async Task<JsonObject> FenceAsync(string run)
    {
        var fence = new K8sFenceStep(Connections, TimeProvider.System);
        var context = Bench.Context("k8s.fence", """{"namespace":"ledger","workloads":["statefulset/ledger-store","deployment/ledger-api"]}""", "fence") with { RunMark = run };
        var intent = await fence.PrepareAsync(context, default);
        (await fence.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Done>();
        return intent;
    }

    /// <summary>The pods that the lift had started have ended again.</summary>
    private async Task EndedAsync()
    {
        for (var i = 0; i < 50 && Cluster.Objects.Under(FakeLedgerSite.Pods).Any(); i++)
        {
            await new K8sFenceStep(Connections, TimeProvider.System).ProveAsync(Bench.Estate, _left!.Intent, default);
        }

        Cluster.Objects.Under(FakeLedgerSite.Pods).Should().BeEmpty();
    }
}
