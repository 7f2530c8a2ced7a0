using System.Text.Json.Nodes;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Drills.Steps;
using DrOrchestrator.Drills.Steps.Objects;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.Plans;
using DrOrchestrator.Testing.Kubernetes;

namespace DrOrchestrator.Tests.Drills.Steps.Objects;

public sealed class K8sPatchStepTests : ClusterFixture
{
    private const string With = """{"namespace":"ledger","api":"apps/v1","resource":"deployments/ledger-api","patch":{"metadata":{"annotations":{"example.org/side":"dr"}}}}""";

    private JsonNode? Side => Cluster.Objects.Find(FakeLedgerSite.Api)!["metadata"]!["annotations"]?["example.org/side"];

    [Fact]
    public async Task Execute_SendsChangeMarkAndPreconditionsInOneWrite()
    {
        var (step, context, intent) = await PreparedAsync();

        (await step.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Done>();

        var write = Cluster.Mutations.Should().ContainSingle().Which;
        write.Query.Should().Contain("fieldManager=dro-patch");
        var sent = JsonNode.Parse(write.Body!)!["metadata"]!;
        sent["uid"]!.ToString().Should().Be(intent.Text("uid"));
        sent["resourceVersion"].Should().NotBeNull();
        Side!.ToString().Should().Be("dr");
        Cluster.Objects.Find(FakeLedgerSite.Api)!["metadata"]!["annotations"]![Annotations.Marker]!.ToString().Should().Be("dro-7-s-1");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Execute_KilledAtTheWrite_IsSentOnce(bool landed)
    {
        var (step, context, intent) = await PreparedAsync();
        var dying = new DyingProcess(1, landed);
        using (var mortal = new ClusterConnections(TimeProvider.System, _ => dying))
        {
            var act = () => new K8sPatchStep(mortal, TimeProvider.System).ExecuteAsync(context, intent, dying.Token);
            await act.Should().ThrowAsync<OperationCanceledException>();
        }

        (await step.ObserveAsync(context, intent, default)).Should().Match<Observation>(seen => seen.Answer == (landed ? ObservedAnswer.Happened : ObservedAnswer.CannotHappenAnyMore) && seen.OnlyByRepeating == !landed);
        (await step.ExecuteAsync(context with { Repeats = true }, intent, default)).Should().BeOfType<StepOutcome.Done>();

        Cluster.Mutations.Should().ContainSingle();
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
    public async Task Execute_AValueOfTheIntentIsAnotherOne_FailsWithoutEffect()
    {
        var (step, context, intent) = await PreparedAsync();
        Cluster.Objects.Find(FakeLedgerSite.Api)!["metadata"]!["annotations"] = new JsonObject { ["example.org/side"] = "lab" };

        (await step.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Failed>().Which.Reason.Should().Contain("(/metadata/annotations/example.org~1side: none -> \"lab\")");

        Cluster.Mutations.Should().BeEmpty();
    }

    [Theory]
    [InlineData(null, ObservedAnswer.CannotHappenAnyMore)]
    [InlineData("dro-7-t-1", ObservedAnswer.CannotTell)]
    public async Task Observe_ChangedSince_TellsOnlyWhatTheMarkShows(string? mark, ObservedAnswer answer)
    {
        var (step, context, intent) = await PreparedAsync();
        Cluster.Objects.Change(o => o.SetReplicas(o.Find(FakeLedgerSite.Api)!, 9, "kubectl", "Update"));
        if (mark is not null)
        {
            Cluster.Objects.Find(FakeLedgerSite.Api)!["metadata"]!["annotations"] = new JsonObject { [Annotations.Marker] = mark };
        }

        (await step.ObserveAsync(context, intent, default)).Should().Match<Observation>(seen => seen.Answer == answer && !seen.OnlyByRepeating);
        (await step.ExecuteAsync(context with { Repeats = true }, intent, default)).Should().BeOfType(mark is null ? typeof(StepOutcome.Failed) : typeof(StepOutcome.Unknown));
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

        (await act.Should().ThrowAsync<StepFailedException>()).Which.Message.Should().Be("deployments/ledger-api cannot be tried (dryRun=All): 409 the object has been modified");
    }

    [Fact]
    public async Task Prepare_OfAFieldThatTheServerDoesNotKnow_IsRefusedWithItsName()
    {
        Cluster.Intercept = (request, _) =>
        {
            request.HttpContext.Response.Headers["Warning"] = """299 - "unknown field \"spec.pausd\"" """.TrimEnd();
            return null;
        };
        var act = () => PreparedAsync();

        (await act.Should().ThrowAsync<StepFailedException>()).Which.Message.Should().Be("the API of deployments/ledger-api would leave out a part of the patch: unknown field \"spec.pausd\"");
        Cluster.Mutations.Should().BeEmpty();
    }

    [Theory]
    [InlineData(400, "admission webhook \"w\" does not support dry run", "deployments/ledger-api cannot be tried (dryRun=All): 400 admission webhook \"w\" does not support dry run")]
    [InlineData(415, "accepted media types include: application/json-patch+json", "deployments/ledger-api takes no patch of type merge: 415 accepted media types include: application/json-patch+json")]
    [InlineData(200, "", "the API of deployments/ledger-api keeps what it is only to try (dryRun=All): it has changed it, and nothing shows what was there before")]
    public async Task Prepare_OfAKindThatCannotBeTried_SaysSo(int status, string message, string said)
    {
        Cluster.Intercept = (request, _) => request.Method != "PATCH" ? null
            : status != 200 ? FakeObjects.Status(status, "Refused", message)
            : (200, JsonNode.Parse("""{"metadata":{"name":"ledger-api","resourceVersion":"999999"}}"""));
        var step = new K8sPatchStep(Connections, TimeProvider.System);

        var act = () => step.PrepareAsync(Bench.Context("k8s.patch", With), default);

        (await act.Should().ThrowAsync<StepFailedException>()).Which.Message.Should().Be(said);
    }

    [Fact]
    public async Task Prepare_OfAChangeThatRemovesASecret_BringsNothingOfItOnRecord()
    {
        Cluster.Objects.Find(FakeLedgerSite.Api)!["metadata"]!["annotations"] = new JsonObject { ["example.org/token"] = "t0p" };

        var act = () => new K8sPatchStep(Connections, TimeProvider.System).PrepareAsync(
            Bench.Context("k8s.patch", """{"namespace":"ledger","api":"apps/v1","resource":"deployments/ledger-api","patch":{"metadata":{"annotations":{"example.org/token":null}}}}"""), default);

        (await act.Should().ThrowAsync<StepFailedException>()).Which.Message.Should().Be("the change of deployments/ledger-api touches /metadata/annotations/example.org~1token, which holds a secret: its value would come into the journal");
    }

    [Theory]
    [InlineData(3, true)]
    [InlineData(100, false)]
    public async Task Prepare_AControllerWritesBetweenLookAndTrial_LooksAgain(int writes, bool prepared)
    {
        Cluster.Intercept = (request, _) =>
        {
            if (request.Method == "PATCH" && writes-- > 0)
            {
                Cluster.Objects.Change(o => o.Touch(o.Find(FakeLedgerSite.Api)!));
            }

            return null;
        };

        var act = PreparedAsync;

        if (prepared)
        {
            await act.Should().NotThrowAsync();
        }
        else
        {
            (await act.Should().ThrowAsync<StepFailedException>()).Which.Message.Should().StartWith("deployments/ledger-api cannot be tried (dryRun=All): 409");
        }
    }

    [Theory]
    [InlineData("""[{"op":"copy","from":"/spec/env/0","path":"/metadata/annotations/example.org~1a"}]""", "/spec/env/0/value")]
    [InlineData("""[{"op":"move","from":"/spec/env","path":"/spec/other"}]""", "/spec/env/0/value")]
    [InlineData("""[{"op":"copy","from":"/spec/url","path":"/spec/other"}]""", "/spec/url")]
    public async Task Prepare_OfACopyOfASecret_BringsNothingOfItOnRecord(string patch, string field)
    {
        var spec = Cluster.Objects.Find(FakeLedgerSite.Api)!["spec"]!;
        (spec["env"], spec["url"]) = (new JsonArray(new JsonObject { ["name"] = "DB_PASSWORD", ["value"] = "hunter2" }), "postgres://app:hunter2@db/ledger");

        var act = () => new K8sPatchStep(Connections, TimeProvider.System).PrepareAsync(
            Bench.Context("k8s.patch", $$"""{"namespace":"ledger","api":"apps/v1","resource":"deployments/ledger-api","type":"json","patch":{{patch}}}"""), default);

        (await act.Should().ThrowAsync<StepFailedException>()).Which.Message.Should().Be($"the change of deployments/ledger-api touches {field}, which holds a secret: its value would come into the journal");
    }

    [Fact]
    public async Task Undo_ALaterStepOfTheRunMarkedTheObject_PutsItsOwnFieldsBack()
    {
        var (step, context, intent) = await PreparedAsync();
        var done = (StepOutcome.Done)await step.ExecuteAsync(context, intent, default);
        var annotations = Cluster.Objects.Find(FakeLedgerSite.Api)!["metadata"]!["annotations"]!;
        (annotations[Annotations.Marker], annotations["example.org/more"]) = ("dro-7-t-1", "of the later step");

        (await step.UndoAsync(context, intent, done.Outputs, default)).Should().BeOfType<StepOutcome.Done>().Which.Outputs.Should().NotContainKey("left");

        Side.Should().BeNull();
        Cluster.Objects.Find(FakeLedgerSite.Api)!["metadata"]!["annotations"]!["example.org/more"]!.ToString().Should().Be("of the later step");
    }

    [Fact]
    public async Task Undo_AnotherRunMarkedTheObject_LeavesIt()
    {
        var (step, context, intent) = await PreparedAsync();
        var done = (StepOutcome.Done)await step.ExecuteAsync(context, intent, default);
        Cluster.Objects.Find(FakeLedgerSite.Api)!["metadata"]!["annotations"]![Annotations.Marker] = "dro-70-s-1";

        (await step.UndoAsync(context, intent, done.Outputs, default)).Should().BeOfType<StepOutcome.Done>().Which.Outputs["left"]!.ToString().Should().Be(
            "deployments/ledger-api was left as it is: it carries no mark of this run, so what stands there is not of its doing");
        Side!.ToString().Should().Be("dr");
    }

    [Theory]
    [InlineData(null, null, null)]
    [InlineData("other", "deployments/ledger-api was left as it is: others have changed since what the step had set", "other")]
    public async Task Undo_PutsBackOnlyWhatTheStepSet(string? others, string? left, string? side)
    {
        var (step, context, intent) = await PreparedAsync();
        var done = (StepOutcome.Done)await step.ExecuteAsync(context, intent, default);
        (await step.ContradictionAsync(context, intent, default)).Should().BeNull();
        if (others is not null)
        {
            Cluster.Objects.Find(FakeLedgerSite.Api)!["metadata"]!["annotations"]!["example.org/side"] = others;
        }

        var undone = (StepOutcome.Done)await step.UndoAsync(context, intent, done.Outputs, default);

        undone.Outputs["left"]?.ToString().Should().Be(left);
        Side?.ToString().Should().Be(side);
        (await step.ContradictionAsync(context, intent, default)).Should().Be(others is null ? "deployments/ledger-api has again what it had before the patch" : null);
    }

    [Theory]
    [InlineData("v1", "secrets/a", """{"data":{"a":"b"}}""", "resource")]
    [InlineData("apps", "deployments/a", """{"data":{"a":"b"}}""", "api")]
    [InlineData("v1", "configmaps", """{"data":{"a":"b"}}""", "resource")]
    [InlineData("apps/v1", "deployments/a", """{"spec":{"replicas":3}}""", "patch")]
    [InlineData("apps/v1", "deployments/a", """{"metadata":{"annotations":{"drorchestrator.io/fence":null}}}""", "patch")]
    [InlineData("apps/v1", "deployments/a", """{"metadata":{"finalizers":[]}}""", "patch")]
    [InlineData("apps/v1", "deployments/a", "{}", "patch")]
    [InlineData("v1", "configmaps/a", """{"data":{"a":"b"}}""", null)]
    [InlineData("v1", "configmaps/a", """{"data":{"db.password":"b"}}""", "patch")]
    [InlineData("v1", "configmaps/a", """{"data":{"secretName":"b","passwordFile":"c"}}""", null)]
    [InlineData("apps/v1", "deployments/a", """{"metadata":{"labels":{"$patch":"replace"}}}""", "patch")]
    [InlineData("apps/v1", "deployments/a", """{"spec":{"$patch":"replace"}}""", "patch", "strategic")]
    [InlineData("apps/v1", "deployments/a", """{"spec":{"paused":true}}""", null, "strategic")]
    [InlineData("postgresql.cnpg.io/v1", "clusters/a", """{"spec":{"paused":true}}""", "type", "strategic")]
    [InlineData("v1", "configmaps/a", """{"data":{"a":"b"}}""", "patch", "json")]
    [InlineData("v1", "configmaps/a", """[{"op":"add","path":"/data/a","value":"b"},{"op":"test","path":"/status/x","value":1},{"op":"copy","from":"/metadata/name","path":"/data/b"}]""", null, "json")]
    [InlineData("v1", "configmaps/a", """[{"op":"put","path":"/data/a","value":"b"}]""", "patch", "json")]
    [InlineData("v1", "configmaps/a", """[{"op":"add","path":"/data/a"}]""", "patch", "json")]
    [InlineData("v1", "configmaps/a", """[{"op":"remove","path":"data/a"}]""", "patch", "json")]
    [InlineData("v1", "configmaps/a", """[{"op":"replace","path":"","value":{}}]""", "patch", "json")]
    [InlineData("v1", "configmaps/a", """[{"op":"replace","path":"/status/a","value":1}]""", "patch", "json")]
    [InlineData("v1", "configmaps/a", """[{"op":"move","from":"/metadata/finalizers","path":"/data/a"}]""", "patch", "json")]
    [InlineData("v1", "configmaps/a", """[{"op":"replace","path":"/metadata/annotations","value":{}}]""", "patch", "json")]
    [InlineData("v1", "configmaps/a", """[{"op":"remove","path":"/metadata/annotations/drorchestrator.io~1fence"}]""", "patch", "json")]
    [InlineData("v1", "configmaps/a", """[{"op":"add","path":"/metadata/annotations/example.org~1a","value":"b"}]""", null, "json")]
    [InlineData("apps/v1", "deployments/a", """[{"op":"replace","path":"/spec/replicas","value":2}]""", "patch", "json")]
    [InlineData("v1", "configmaps/a", """[{"op":"add","path":"/data/api-key","value":"b"}]""", "patch", "json")]
    [InlineData("v1", "configmaps/a", """[{"op":"add","path":"/spec/env/-","value":{"name":"DB_PASSWORD","value":"b"}}]""", "patch", "json")]
    [InlineData("v1", "configmaps/a", """[{"op":"copy","from":"/data/db.password","path":"/data/b"}]""", "patch", "json")]
    [InlineData("v1", "configmaps/a", """[{"op":"move","from":"/data/api-key","path":"/data/b"}]""", "patch", "json")]
    [InlineData("v1", "configmaps/a", """[{"op":"add","path":"/data/url","value":"amqps://app:s3cr@t@mq:5671/bank"}]""", "patch", "json")]
    [InlineData("v1", "configmaps/a", """{"data":{"url":"see postgres://app:hunter2@db.bank.test:5432/ledger?sslmode=require"}}""", "patch")]
    [InlineData("v1", "configmaps/a", """{"data":{"url":"redis://:hunter2@cache"}}""", "patch")]
    [InlineData("v1", "configmaps/a", """{"data":{"url":"postgres://app:$(DB_PASSWORD)@db/ledger"}}""", null)]
    [InlineData("v1", "configmaps/a", """{"data":{"url":"https://app@db:8443/a:b@c","mail":"a:b@example.org"}}""", null)]
    public void Judge_OfBadInput_NamesTheParameter(string api, string resource, string patch, string? parameter, string type = "merge")
    {
        var with = new StepParameters(new JsonObject { ["api"] = api, ["resource"] = resource, ["patch"] = JsonNode.Parse(patch), ["type"] = type });

        new K8sPatchStep(Connections, TimeProvider.System).Shape.Judge!(with).Select(problem => problem.Parameter).Should().Equal(parameter is null ? [] : [parameter]);
    }

    private async Task<(K8sPatchStep Step, StepContext Context, JsonObject Intent)> PreparedAsync()
    {
        var step = new K8sPatchStep(Connections, TimeProvider.System);
        var context = Bench.Context("k8s.patch", With);
        return (step, context, JsonNode.Parse((await step.PrepareAsync(context, default)).ToJsonString())!.AsObject());
    }
}
