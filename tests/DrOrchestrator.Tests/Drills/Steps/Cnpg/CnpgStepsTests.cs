using System.Text.Json.Nodes;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Carrying;
using DrOrchestrator.Drills.Steps;
using DrOrchestrator.Drills.Steps.Cnpg;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.Plans;
using DrOrchestrator.Testing.Drills;
using DrOrchestrator.Testing.Kubernetes;

namespace DrOrchestrator.Tests.Drills.Steps.Cnpg;

public sealed class CnpgStepsTests : ClusterFixture
{
    internal const string Path = "/apis/postgresql.cnpg.io/v1/namespaces/ledger/clusters/bank";
    internal const string With = """{"namespace":"ledger","cluster":"bank","to":"bank-dr"}""";

    private bool _operatorStands;

    private CnpgDemoteStep Step => new(Connections, new WaitedTime());

    private JsonObject Seen => Cluster.Objects.Find(Path)!;

    /// <summary>A written cluster and its operator.</summary>
    internal static void Serve(FakeObjects objects, Func<bool>? stands = null)
    {
        objects.Put(Path, PlayedCnpg.Cluster("bank", "bank", "bank-dr"));
        var (played, others) = (new PlayedCnpg(wasPrimary: true), objects.World);
        objects.World = all =>
        {
            others?.Invoke(all);
            if (stands?.Invoke() is not true && played.Reconcile(all.Find(Path)!))
            {
                all.Touch(all.Find(Path)!);
            }
        };
    }

    [Fact]
    public async Task Demote_OfAPrimary_IsProvedByItsToken()
    {
        var (context, intent) = await PreparedAsync();

        var done = (await Step.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Done>().Which.Outputs;

        done["token"]!.ToString().Should().Be(PlayedCnpg.Token(1));
        (done["timeline"]!.ToString(), done["redo"]!.ToString()).Should().Be(("1", "0/1000028"));
        (Seen["spec"]!["replica"]!["primary"]!.ToString(), Seen["spec"]!["replica"]!["source"]!.ToString()).Should().Be(("bank-dr", "bank-dr"));
        var sent = JsonNode.Parse(Cluster.Mutations.Should().ContainSingle().Which.Body!)!["metadata"]!;
        (sent["uid"]!.ToString(), sent["annotations"]![Annotations.Marker]!.ToString()).Should().Be((intent["uid"]!.ToString(), "dro-7-s-1"));
        sent["resourceVersion"].Should().NotBeNull("what was changed since it was looked at is not changed blindly");
        var proof = await Step.ProveAsync(context, intent, default);
        proof.Proved.Should().BeTrue();
        proof.Facts.Should().Contain("its PostgreSQL 7400000000000000001 ended cleanly at 0/1000028 on timeline 1, as its demotion token says");
    }

    [Fact]
    public async Task Demote_NoTokenInTime_IsNoProofAndGoesOnInAnotherAttempt()
    {
        _operatorStands = true;
        var (context, intent) = await PreparedAsync(timeoutSeconds: 1);
        (await Step.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Failed>().Which.Reason
            .Should().Be("the fence of primary is not proved: its operator has not written its demotion token yet: Cluster in healthy state");
        Bench.Intents["s"] = intent;

        _operatorStands = false;
        var (again, meant) = await PreparedAsync(attempt: 2, serve: false);
        (await Step.ExecuteAsync(again, meant, default)).Should().BeOfType<StepOutcome.Done>();

        Cluster.Mutations.Should().ContainSingle("it was demoted already");
    }

    [Fact]
    public async Task Demote_TokenOfAnEarlierDemotion_ProvesNothing()
    {
        _operatorStands = true;
        var old = PlayedCnpg.Cluster("bank", "bank", "bank-dr");
        old["status"]!["demotionToken"] = PlayedCnpg.Token(7);
        Cluster.Objects.Put(Path, old);
        var (context, intent) = await PreparedAsync(timeoutSeconds: 1, serve: false);

        (await Step.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Failed>();
        (await Step.ProveAsync(context, intent, default)).Proved.Should().BeFalse();
    }

    [Fact]
    public async Task Demote_PrimaryAgainWithTheTokenOfTheFirstAttempt_IsNotProvedByIt()
    {
        var (context, intent) = await PreparedAsync();
        await Step.ExecuteAsync(context, intent, default);
        Bench.Intents["s"] = intent;
        _operatorStands = true;
        Cluster.Objects.Change(_ => Seen["spec"]!["replica"]!["primary"] = "bank");

        var (again, meant) = await PreparedAsync(attempt: 2, timeoutSeconds: 1, serve: false);

        (await Step.ExecuteAsync(again, meant, default)).Should().BeOfType<StepOutcome.Failed>();
        (await Step.ProveAsync(again, meant, default)).Proved.Should().BeFalse("its operator has not looked at it since");
    }

    [Fact]
    public async Task Demote_TokenThatCameSinceItWasPrepared_IsNotTakenForItsOwn()
    {
        _operatorStands = true;
        var (context, intent) = await PreparedAsync(timeoutSeconds: 1);
        Cluster.Objects.Change(_ => Seen["status"]!["demotionToken"] = PlayedCnpg.Token(7));

        (await Step.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Failed>().Which.Reason.Should().Contain("a demotion token of another demotion came or went");

        Cluster.Mutations.Should().BeEmpty();
    }

    [Fact]
    public async Task Demote_OfOneThatWasPromotedByAToken_TakesThatTokenAway()
    {
        Serve(Cluster.Objects, () => _operatorStands);
        Cluster.Objects.Change(_ => Seen["spec"]!["replica"]!["promotionToken"] = PlayedCnpg.Token(7));
        var (context, intent) = await PreparedAsync(serve: false);

        (await Step.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Done>("the operator refuses a replica with a promotion token");

        Seen["spec"]!["replica"]!["promotionToken"].Should().BeNull();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Demote_KilledAtTheWrite_IsSentOnce(bool landed)
    {
        var (context, intent) = await PreparedAsync();
        var dying = new DyingProcess(1, landed);
        using (var mortal = new ClusterConnections(TimeProvider.System, _ => dying))
        {
            var act = () => new CnpgDemoteStep(mortal, TimeProvider.System).ExecuteAsync(context, intent, dying.Token);
            await act.Should().ThrowAsync<OperationCanceledException>();
        }

        (await Step.ObserveAsync(context, intent, default)).Should().Match<Observation>(seen => seen.Answer == (landed ? ObservedAnswer.Happened : ObservedAnswer.CannotHappenAnyMore) && seen.OnlyByRepeating == !landed);
        (await Step.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Done>();

        Cluster.Mutations.Should().ContainSingle();
    }

    [Theory]
    [InlineData(504, true, false, typeof(StepOutcome.Unknown))]
    [InlineData(504, false, false, typeof(StepOutcome.Failed))]
    [InlineData(429, true, false, typeof(StepOutcome.Failed))]
    [InlineData(403, true, false, typeof(StepOutcome.Failed))]
    [InlineData(403, true, true, typeof(StepOutcome.Unknown))]
    public async Task Demote_WhoseRequestGotNoClearAnswer_IsFailedOnlyWhereItCannotActAnyMore(int status, bool stands, bool repeats, Type outcome)
    {
        _operatorStands = true;
        var (context, intent) = await PreparedAsync(timeoutSeconds: 1);
        Cluster.Intercept = (request, _) =>
        {
            if (request.Method != "PATCH")
            {
                return null;
            }

            if (!stands)
            {
                // Somebody else writes in between: what was sent before meets another version.
                Cluster.Objects.Change(objects => objects.Touch(Seen));
                Cluster.Intercept = (next, _) => next.Method == "PATCH" ? FakeObjects.Status(403, "Forbidden", "no right") : null;
            }

            return FakeObjects.Status(status, "Reason", "why");
        };

        (await Step.ExecuteAsync(context with { Repeats = repeats }, intent, default)).Should().BeOfType(outcome);
    }

    [Theory]
    [InlineData("{\"primary\":\"bank\"}", "*is to be written by 'bank', not by 'bank-dr'*")]
    [InlineData(null, "*was replaced by another object of that name*")]
    public async Task Prove_WhatWasTakenBack_IsMissing(string? replica, string missing)
    {
        var (context, intent) = await PreparedAsync();
        await Step.ExecuteAsync(context, intent, default);
        _operatorStands = true;
        Cluster.Objects.Change(objects =>
        {
            if (replica is null)
            {
                objects.Put(Path, PlayedCnpg.Cluster("bank", "bank-dr", "bank-dr"));
            }
            else
            {
                Seen["spec"]!["replica"] = JsonNode.Parse(replica);
            }
        });

        var proof = await Step.ProveAsync(context, intent, default);

        proof.Proved.Should().BeFalse();
        proof.Missing.Should().ContainSingle().Which.Should().Match(missing);
    }

    [Fact]
    public async Task Undo_PromotesItAgainByItsOwnToken()
    {
        var (context, intent) = await PreparedAsync();
        var done = (StepOutcome.Done)await Step.ExecuteAsync(context, intent, default);

        (await Step.UndoAsync(context, intent, done.Outputs, default)).Should().BeOfType<StepOutcome.Done>().Which.Outputs.Should().BeEmpty();

        var replica = Seen["spec"]!["replica"]!;
        (replica["primary"]!.ToString(), replica["promotionToken"]!.ToString(), Seen["status"]!["lastPromotionToken"]!.ToString()).Should().Be(("bank", PlayedCnpg.Token(1), PlayedCnpg.Token(1)));
    }

    [Fact]
    public async Task Undo_TokenWipedByTheOperatorSince_GoesByTheOneOnRecord()
    {
        var (context, intent) = await PreparedAsync();
        var done = (StepOutcome.Done)await Step.ExecuteAsync(context, intent, default);
        Cluster.Objects.Change(_ => Seen["status"]!["demotionToken"] = "");

        (await Step.UndoAsync(context, intent, done.Outputs, default)).Should().BeOfType<StepOutcome.Done>().Which.Outputs.Should().BeEmpty();

        Seen["spec"]!["replica"]!["promotionToken"]!.ToString().Should().Be(PlayedCnpg.Token(1));
    }

    [Fact]
    public async Task Undo_StillBeingDemoted_SendsNothing()
    {
        _operatorStands = true;
        var (context, intent) = await PreparedAsync(timeoutSeconds: 1);
        await Step.ExecuteAsync(context, intent, default);

        (await Step.UndoAsync(context, intent, null, default)).Should().BeOfType<StepOutcome.Unknown>().Which.Reason.Should().Be("clusters/bank is still being demoted, and can be promoted again only after that");

        Cluster.Mutations.Should().ContainSingle();
    }

    [Fact]
    public async Task Undo_OfWhatOthersHaveDone_LeavesIt()
    {
        var (context, intent) = await PreparedAsync();

        (await Step.UndoAsync(context, intent, null, default)).Should().BeOfType<StepOutcome.Done>().Which.Outputs[Rollback.Left]!.ToString().Should().Contain("was left as it is");

        Cluster.Mutations.Should().BeEmpty();
    }

    [Theory]
    [InlineData("""{"primary":"bank","source":"bank-dr","enabled":true}""", "clusters/bank at primary cannot be demoted: it is in no distributed topology: *")]
    [InlineData("""{"primary":"bank","source":"bank-dr","minApplyDelay":"4h"}""", "*applies with a delay*")]
    [InlineData("""{"primary":"other","source":"bank-dr"}""", "clusters/bank at primary cannot be demoted: it is not written: it follows 'other'")]
    [InlineData("""{"primary":"bank","self":"bank-dr","source":"bank-dr"}""", "clusters/bank at primary cannot be demoted: it is 'bank-dr' itself")]
    [InlineData(null, "*knows no external cluster 'bank-dr', which it would follow")]
    public async Task Prepare_WhatCannotBeDemoted_SaysWhy(string? replica, string message)
    {
        var cluster = PlayedCnpg.Cluster("bank", "bank", "bank-dr");
        _ = replica is null ? cluster["spec"]!["externalClusters"] = new JsonArray() : cluster["spec"]!["replica"] = JsonNode.Parse(replica);
        Cluster.Objects.Put(Path, cluster);

        var act = () => Step.PrepareAsync(Bench.Context("cnpg.demote", With), default);

        await act.Should().ThrowAsync<StepFailedException>().WithMessage(message);
    }

    [Theory]
    [InlineData("bank-dr", "Cluster in healthy state", true, null)]
    [InlineData("bank-dr", "Waiting for the instances to become active", true, "Waiting for the instances to become active")]
    [InlineData("bank", "Cluster in healthy state", true, "it is declared the primary itself")]
    [InlineData("other", "Cluster in healthy state", true, "it follows 'other', not 'bank-dr'")]
    [InlineData("bank-dr", "Cluster in healthy state", false, "nothing shows that the PostgreSQL it was before has ended: it has no demotion token, and is the same object")]
    public async Task Follow_IsDoneOnceTheDemotedClusterIsAHealthyReplica(string primary, string phase, bool ended, string? failure)
    {
        var cluster = PlayedCnpg.Cluster("bank", primary, "bank-dr");
        cluster["status"]!["phase"] = phase;
        cluster["status"]!["demotionToken"] = ended ? PlayedCnpg.Token(1) : null;
        Cluster.Objects.Put(Path, cluster);

        var outcome = await FollowAsync(Seen["metadata"]!["uid"]!.ToString());

        (outcome as StepOutcome.Failed)?.Reason.Should().Be(failure is null ? null : "clusters/bank at primary does not follow the new primary within 1s: " + failure);
        (outcome is StepOutcome.Done { Outputs: var outputs } && outputs["role"]!.ToString() == "standby").Should().Be(failure is null);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Follow_TokenWipedByTheOperatorSince_GoesByTheOneOnRecord(bool onRecord)
    {
        Cluster.Objects.Put(Path, PlayedCnpg.Cluster("bank", "bank-dr", "bank-dr"));
        if (onRecord)
        {
            Bench.Outputs["fence"] = new JsonObject { ["token"] = PlayedCnpg.Token(1) };
        }

        ((await FollowAsync(Seen["metadata"]!["uid"]!.ToString())) is StepOutcome.Done).Should().Be(onRecord);
    }

    [Fact]
    public async Task Follow_OfAClusterMadeAnewSinceTheFence_NeedsNoToken()
    {
        Cluster.Objects.Put(Path, PlayedCnpg.Cluster("bank", "bank-dr", "bank-dr"));

        (await FollowAsync("uid-of-the-one-before")).Should().BeOfType<StepOutcome.Done>();
    }

    [Theory]
    [InlineData("""{"namespace":"ledger","cluster":"bank","to":"bank-dr"}""", true)]
    [InlineData("""{"namespace":"ledger","cluster":"other","to":"bank-dr"}""", false)]
    public async Task Follow_OfAnotherClusterThanTheFence_IsRefused(string fenced, bool fits)
    {
        var fence = new PlanStep("fence", "cnpg.demote", new Dictionary<string, string>(), "primary", StepBench.Parameters(fenced), [], null, null, false, TimeSpan.FromSeconds(5), 0, null);
        var context = Bench.Context("cnpg.follow", """{"namespace":"ledger","cluster":"bank","fence":"fence"}""") with { Plan = StepBench.Plan with { Steps = [fence] } };

        var act = () => new CnpgFollowStep(Connections, new WaitedTime()).PrepareAsync(context, default);

        if (fits)
        {
            await act.Should().NotThrowAsync();
        }
        else
        {
            await act.Should().ThrowAsync<StepFailedException>().WithMessage("step 'fence' does not demote clusters/bank in ledger at primary");
        }
    }

    private Task<StepOutcome> FollowAsync(string uid)
    {
        var fence = new PlanStep("fence", "cnpg.demote", new Dictionary<string, string>(), "primary", StepBench.Parameters(With), [], null, null, false, TimeSpan.FromSeconds(5), 0, null);
        Bench.Intents["fence"] = new JsonObject
        {
            ["site"] = "primary", ["object"] = "clusters/bank", ["namespace"] = "ledger", ["name"] = "bank", ["uid"] = uid, ["self"] = "bank", ["to"] = "bank-dr", ["source"] = "bank-dr", ["tokenBefore"] = null,
        };
        var context = Bench.Context("cnpg.follow", """{"namespace":"ledger","cluster":"bank","fence":"fence"}""", timeoutSeconds: 1) with { Plan = StepBench.Plan with { Steps = [fence] } };
        return new CnpgFollowStep(Connections, new WaitedTime()).ExecuteAsync(context, new JsonObject { ["fence"] = "fence" }, default);
    }

    private async Task<(StepContext Context, JsonObject Intent)> PreparedAsync(int attempt = 1, int timeoutSeconds = 20, bool serve = true)
    {
        if (serve)
        {
            Serve(Cluster.Objects, () => _operatorStands);
        }

        var context = Bench.Context("cnpg.demote", With, attempt: attempt, timeoutSeconds: timeoutSeconds);
        return (context, JsonNode.Parse((await Step.PrepareAsync(context, default)).ToJsonString())!.AsObject());
    }
}
