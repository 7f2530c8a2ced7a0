using System.Text.Json.Nodes;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Steps;
using DrOrchestrator.Drills.Steps.Objects;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.Plans;
using DrOrchestrator.Testing.Drills;
using DrOrchestrator.Testing.Kubernetes;

namespace DrOrchestrator.Tests.Drills.Steps.Objects;

public sealed class K8sApplyStepTests : ClusterFixture
{
    /// <summary>One object that is there, one that is not.</summary>
    internal const string Two = """
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: ledger-api, annotations: { example.org/side: dr } }
        ---
        apiVersion: v1
        kind: ConfigMap
        metadata: { name: settings }
        data: { primary: dr }
        """;

    private const string Maps = "/api/v1/namespaces/ledger/configmaps";
    private const string Settings = Maps + "/settings";

    private string? Side => Annotation("example.org/side");

    private string? Marker => Annotation(Annotations.Marker);

    [Fact]
    public async Task Execute_OfTwoDocuments_SendsEachOnceInOrderWithItsMark()
    {
        var (step, context, intent) = await PreparedAsync();
        Cluster.Mutations.Should().BeEmpty("a dry run is no change");

        var done = (await step.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Done>().Which;

        Cluster.Mutations.Select(write => write.Path).Should().Equal(FakeLedgerSite.Api, Maps);
        Cluster.Mutations.Should().OnlyContain(write => write.Query.Contains("fieldManager=dro-apply-p-s", StringComparison.Ordinal));
        var first = JsonNode.Parse(Cluster.Mutations.First().Body!)!["metadata"]!;
        (first["uid"]!.ToString(), first["resourceVersion"] is not null).Should().Be((intent["objects"]![0]!["uid"]!.ToString(), true));
        (Side, Marker).Should().Be(("dr", "dro-7-s-1"));
        done.Outputs["objects"]!["v1/configmaps/settings"]!["made"]!.GetValue<bool>().Should().BeTrue();
        intent.ToJsonString().Should().NotContain("primary", "the journal holds what changes, and of what is made its name");
    }

    [Theory]
    [InlineData(1, false, "0 of 2")]
    [InlineData(1, true, "1 of 2")]
    [InlineData(3, false, "1 of 2")]
    [InlineData(3, true, null)]
    public async Task Execute_KilledAtAWrite_GoesOnWithTheRestAndSendsNothingTwice(int atWrite, bool landed, string? carried)
    {
        // The question whose the fields are is a write too, by its method: it comes before the first one.
        var (step, context, intent) = await PreparedAsync();
        var dying = new DyingProcess(atWrite == 1 ? 2 : atWrite, landed);
        using (var mortal = new ClusterConnections(TimeProvider.System, _ => dying))
        {
            var act = () => new K8sApplyStep(mortal, TimeProvider.System).ExecuteAsync(context, intent, dying.Token);
            await act.Should().ThrowAsync<OperationCanceledException>();
        }

        var seen = await step.ObserveAsync(context, intent, default);
        (seen.Answer, seen.OnlyByRepeating).Should().Be(carried is null ? (ObservedAnswer.Happened, false) : (ObservedAnswer.CannotHappenAnyMore, true));
        seen.Detail.Should().StartWith(carried ?? "all 2").And.Contain("dro-7-s-1");
        (await step.ExecuteAsync(context with { Repeats = true }, intent, default)).Should().BeOfType<StepOutcome.Done>();

        Cluster.Mutations.Select(write => write.Path).Should().Equal(FakeLedgerSite.Api, Maps);
    }

    [Theory]
    [InlineData(3, true)]
    [InlineData(int.MaxValue, false)]
    public async Task Prepare_OfAnObjectWhoseStatusMovesMeanwhile_LooksAgain(int moves, bool prepared)
    {
        Cluster.Intercept = (request, _) => request.Method == "PATCH" && moves-- > 0 ? FakeObjects.Status(409, "Conflict", "the object has been modified") : null;
        var act = () => PreparedAsync();

        if (prepared)
        {
            await act.Should().NotThrowAsync();
            return;
        }

        (await act.Should().ThrowAsync<StepFailedException>()).Which.Message.Should().Be("document 1: deployments/ledger-api cannot be tried (dryRun=All): 409 the object has been modified");
    }

    [Fact]
    public async Task Execute_MadeByOthersMeanwhile_FailsAndNamesWhatWasApplied()
    {
        var (step, context, intent) = await PreparedAsync();
        Cluster.Objects.Put(Settings, JsonNode.Parse("""{"apiVersion":"v1","kind":"ConfigMap","data":{"primary":"x"}}""")!.AsObject());

        (await step.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Failed>().Which.Reason
            .Should().Be("document 2: configmaps/settings was made by others since it was prepared (applied before it: deployments/ledger-api)");

        // What it had a part of is taken back, and what others made stays.
        (await step.UndoAsync(context, intent, null, default)).Should().BeOfType<StepOutcome.Done>().Which.Outputs.Should().BeEmpty();
        (Side, Marker).Should().Be((null, "dro-7-s-1-undo"));
        Cluster.Objects.Find(Settings)!["data"]!["primary"]!.ToString().Should().Be("x");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Execute_MadeByOthersInTheMomentOfTheRequest_TouchesNothingOfIt(bool repeats)
    {
        var (step, context, intent) = await PreparedAsync();
        Cluster.Intercept = (request, _) =>
        {
            if (request.Method == "POST" && Cluster.Objects.Find(Settings) is null)
            {
                Cluster.Objects.Put(Settings, JsonNode.Parse("""{"apiVersion":"v1","kind":"ConfigMap","data":{"primary":"x"}}""")!.AsObject());
            }

            return null;
        };

        var outcome = await step.ExecuteAsync(context with { Repeats = repeats }, intent, default);

        (repeats ? outcome.Should().BeOfType<StepOutcome.Unknown>().Which.Reason : outcome.Should().BeOfType<StepOutcome.Failed>().Which.Reason)
            .Should().Contain("configmaps/settings was made by others");
        var theirs = Cluster.Objects.Find(Settings)!;
        (theirs["data"]!["primary"]!.ToString(), theirs["metadata"]!["annotations"]).Should().Be(("x", null));
        await step.UndoAsync(context, intent, null, default);
        Cluster.Objects.Find(Settings).Should().NotBeNull("it is not the step's");
    }

    [Fact]
    public async Task Execute_CreateThatLandsBehindTheNextLook_IsKnownAsItsOwnAndMayComeAgainForAMinute()
    {
        var (step, context, intent) = await PreparedAsync();
        string? late = null;
        var asked = 0;
        Cluster.Intercept = (request, body) =>
        {
            if (request.Method != "POST")
            {
                return null;
            }

            if (++asked == 1)
            {
                late = body;
                return FakeObjects.Status(504, "Timeout", "request timed out");
            }

            Cluster.Objects.Answer("POST", Maps, null, "application/json", "dro-apply-p-s", late!);
            return null;
        };

        var done = (await step.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Done>().Which.Outputs;

        asked.Should().Be(2);
        Cluster.Objects.Find(Settings)!["data"]!["primary"]!.ToString().Should().Be("dr");
        step.MayUndo(context, intent).Should().BeNull("each request got its answer, as far as the journal knows");
        Bench.Outputs["s"] = done;
        step.MayUndo(context, intent).Should().BeCloseTo(TimeProvider.System.GetUtcNow().AddMinutes(1), TimeSpan.FromSeconds(30), "until then the first request could make it again");
        (await step.UndoAsync(context, intent, done, default)).Should().BeOfType<StepOutcome.Done>();
        Cluster.Objects.Find(Settings).Should().BeNull();
    }

    [Fact]
    public async Task Execute_FieldThatOthersSetSince_IsNotWrittenOver()
    {
        var (step, context, intent) = await PreparedAsync();
        Cluster.Objects.Change(o => o.Find(FakeLedgerSite.Api)!["metadata"]!["annotations"] = new JsonObject { ["example.org/side"] = "lab" });

        (await step.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Failed>().Which.Reason
            .Should().Be("document 1: deployments/ledger-api was changed since it was prepared (/metadata/annotations/example.org~1side: none -> \"lab\")");
        Cluster.Mutations.Should().BeEmpty();
    }

    [Fact]
    public async Task Undo_OfOneThatALaterStepHasMarked_SaysWhatIsLeft()
    {
        var (step, context, intent) = await PreparedAsync();
        await step.ExecuteAsync(context, intent, default);
        Cluster.Objects.Change(o => o.Find(Settings)!["metadata"]!["annotations"]![Annotations.Marker] = "dro-7-later-1-undo");

        // What it had said of its effects did not come on record.
        (await step.UndoAsync(context, intent, null, default)).Should().BeOfType<StepOutcome.Done>().Which.Outputs["left"]!.ToString()
            .Should().Be("configmaps/settings was left as it is: another step of the run has marked it, and nothing shows what this one had done to it");
        Cluster.Objects.Find(Settings).Should().NotBeNull();
    }

    [Fact]
    public async Task Execute_ChangedOrFencedMeanwhile_FailsWithoutEffect()
    {
        var (step, context, intent) = await PreparedAsync();
        Cluster.Objects.Change(o => o.SetReplicas(o.Find(FakeLedgerSite.Api)!, 9, "kubectl", "Update"));
        (await step.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Failed>().Which.Reason.Should().Contain("was changed since it was prepared (generation 1, mark none -> generation 2, mark none)");

        Cluster.Objects.Find(FakeLedgerSite.Api)!["metadata"]!["annotations"] = new JsonObject { [Annotations.Fence] = "held", [Annotations.Marker] = "dro-6-fence-1" };
        (await step.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Failed>().Which.Reason.Should().Contain("is held by the fence dro-6-fence-1");
        Cluster.Mutations.Should().BeEmpty();
    }

    [Fact]
    public async Task Undo_AfterASecondAttempt_PutsBackWhatWasThereBeforeTheFirst()
    {
        var (step, context, intent) = await PreparedAsync();
        Cluster.Objects.Put(Settings, JsonNode.Parse("""{"apiVersion":"v1","kind":"ConfigMap","data":{"primary":"x"}}""")!.AsObject());
        (await step.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Failed>();
        Side.Should().Be("dr");

        Bench.Intents["s"] = intent;
        var again = Bench.ContextOfManifest("ledger", Two, attempt: 2);
        var meant = Copy(await step.PrepareAsync(again, default));
        var done = (await step.ExecuteAsync(again, meant, default)).Should().BeOfType<StepOutcome.Done>().Which;
        Cluster.Objects.Find(Settings)!["data"]!["primary"]!.ToString().Should().Be("dr");

        (await step.UndoAsync(again, meant, done.Outputs, default)).Should().BeOfType<StepOutcome.Done>().Which.Outputs.Should().BeEmpty();
        Side.Should().BeNull("it was not there before the first attempt");
        Cluster.Objects.Find(Settings)!["data"]!["primary"]!.ToString().Should().Be("x", "it was there before the second");
    }

    [Fact]
    public async Task Undo_OfWhatOthersHaveSetSince_LeavesItAndSaysSo()
    {
        var (step, context, intent) = await PreparedAsync();
        var done = (await step.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Done>().Which;
        Cluster.Objects.Change(o => o.Find(FakeLedgerSite.Api)!["metadata"]!["annotations"]!["example.org/side"] = "lab");

        var undone = (await step.UndoAsync(context, intent, done.Outputs, default)).Should().BeOfType<StepOutcome.Done>().Which;

        undone.Outputs["left"]!.ToString().Should().Be("deployments/ledger-api was left as it is: others have changed since what the step had set (/metadata/annotations/example.org~1side)");
        Side.Should().Be("lab");
        Cluster.Objects.Find(Settings).Should().BeNull("what the step made is removed all the same");
    }

    [Fact]
    public async Task Undo_OfAnotherObjectOfThatName_LeavesIt()
    {
        var (step, context, intent) = await PreparedAsync();
        var done = (await step.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Done>().Which;
        Cluster.Objects.Remove(Settings);
        Cluster.Objects.Put(Settings, JsonNode.Parse("""{"apiVersion":"v1","kind":"ConfigMap","data":{"primary":"x"}}""")!.AsObject());

        (await step.UndoAsync(context, intent, done.Outputs, default)).Should().BeOfType<StepOutcome.Done>().Which.Outputs["left"]!.ToString()
            .Should().Be("configmaps/settings was left as it is: what stands there is not of this step's doing");
        Cluster.Objects.Find(Settings).Should().NotBeNull();
    }

    [Fact]
    public async Task Undo_HeldByAFinalizer_IsNotDone()
    {
        var (step, context, intent) = await PreparedAsync(timeoutSeconds: 1, new WaitedTime());
        var done = (await step.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Done>().Which;
        Cluster.Objects.Change(o => o.Find(Settings)!["metadata"]!["finalizers"] = new JsonArray("example.org/hold"));

        (await step.UndoAsync(context, intent, done.Outputs, default)).Should().BeOfType<StepOutcome.Unknown>().Which.Reason
            .Should().Be("whether configmaps/settings was taken back is not known: it is being deleted, and held by [\"example.org/hold\"]");
    }

    [Fact]
    public async Task Execute_ByAnotherTextThanWasMeant_IsRefused()
    {
        var (step, _, intent) = await PreparedAsync();
        var other = Bench.ContextOfManifest("ledger", Two.Replace("primary: dr", "primary: x", StringComparison.Ordinal));

        var act = () => step.ExecuteAsync(other, intent, default);

        (await act.Should().ThrowAsync<StepFailedException>()).Which.Message.Should().Contain("is not what the step meant to apply");
        (await step.ObserveAsync(other, intent, default)).Answer.Should().Be(ObservedAnswer.CannotTell);
        Cluster.Mutations.Should().BeEmpty();
    }

    [Fact]
    public async Task Contradiction_OfWhatWasTakenBack_IsSaid()
    {
        var (step, context, intent) = await PreparedAsync();
        await step.ExecuteAsync(context, intent, default);
        (await step.ContradictionAsync(context, intent, default)).Should().BeNull();

        Cluster.Objects.Change(o => o.Find(FakeLedgerSite.Api)!["metadata"]!["annotations"]!.AsObject().Remove("example.org/side"));
        (await step.ContradictionAsync(context, intent, default)).Should().Be("deployments/ledger-api has again what it had before it was applied");
        Cluster.Objects.Change(o => o.Find(FakeLedgerSite.Api)!["metadata"]!["annotations"]!["example.org/side"] = "dr");
        Cluster.Objects.Remove(Settings);
        (await step.ContradictionAsync(context, intent, default)).Should().Be("configmaps/settings is gone");
        step.TargetsOf(context).Select(target => target.ToString()).Should().HaveCount(2);
    }

    private static JsonObject Copy(JsonObject value) => JsonNode.Parse(value.ToJsonString())!.AsObject();

    private string? Annotation(string name) => Cluster.Objects.Find(FakeLedgerSite.Api)!["metadata"]!["annotations"]?[name]?.ToString();

    private async Task<(K8sApplyStep Step, StepContext Context, JsonObject Intent)> PreparedAsync(int timeoutSeconds = 20, TimeProvider? time = null)
    {
        var step = new K8sApplyStep(Connections, time ?? TimeProvider.System);
        var context = Bench.ContextOfManifest("ledger", Two, timeoutSeconds: timeoutSeconds);
        return (step, context, Copy(await step.PrepareAsync(context, default)));
    }
}
