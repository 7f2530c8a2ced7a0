using System.Text;
using System.Text.Json.Nodes;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Steps;
using DrOrchestrator.Drills.Steps.Pods;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.Testing.Drills;
using DrOrchestrator.Testing.Kubernetes;

namespace DrOrchestrator.Tests.Drills.Steps.Pods;

public sealed class K8sJobStepTests : ClusterFixture
{
    private const string With =
        """{"namespace":"ledger","command":["ledger","promote","--expect-epoch","1"],"claim":"data-ledger-store-0","env":{"A":"b"},"outputs":["role","epoch"],"failed-means-no-effect-exit-codes":["10"]}""";

    private const string Path = FakeLedgerSite.Jobs + "/dro-7-promote-1";

    [Fact]
    public async Task Execute_Completes_GivesTheLastLineAndTheLog()
    {
        RunsTo("Complete", 0, "starting\n{\"role\":\"primary\",\"epoch\":2,\"reconciliation\":[\"a\"]}\n");
        var (step, context, intent) = await PreparedAsync();

        var done = (await step.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Done>().Which;

        done.Outputs.ToJsonString().Should().Be("""{"role":"primary","epoch":2,"exitCode":0}""", "the list is kept once, as an object of evidence");
        done.Objects!.Select(o => (o.Name, Encoding.UTF8.GetString(o.Content))).Should().Equal(
            ("job.log", "starting\n{\"role\":\"primary\",\"epoch\":2,\"reconciliation\":[\"a\"]}\n"), ("reconciliation.json", "[\"a\"]"));
        var spec = Cluster.Objects.Find(Path)!["spec"]!;
        spec["backoffLimit"]!.GetValue<int>().Should().Be(0);
        spec["ttlSecondsAfterFinished"].Should().BeNull();
        spec["template"]!["spec"]!["restartPolicy"]!.ToString().Should().Be("Never");
        spec["template"]!["spec"]!["volumes"]![0]!["persistentVolumeClaim"]!["claimName"]!.ToString().Should().Be("data-ledger-store-0");
        spec["template"]!["spec"]!["containers"]![0]!.ToJsonString().Should().Contain("""["ledger","promote","--expect-epoch","1"]""").And.Contain("""[{"name":"A","value":"b"}]""");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Execute_KilledAtTheWrite_OneJobIsMadeAndAdopted(bool landed)
    {
        RunsTo("Complete", 0, "{\"role\":\"primary\",\"epoch\":2}");
        var (step, context, intent) = await PreparedAsync();
        var dying = new DyingProcess(1, landed);
        using (var mortal = new ClusterConnections(TimeProvider.System, _ => dying))
        {
            var act = () => new K8sJobStep(mortal, TimeProvider.System).ExecuteAsync(context, intent, dying.Token);
            await act.Should().ThrowAsync<OperationCanceledException>();
        }

        var observed = await step.ObserveAsync(context, intent, default);
        observed.Answer.Should().Be(landed ? ObservedAnswer.Happened : ObservedAnswer.CannotHappenAnyMore);
        (await step.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Done>();

        Cluster.Mutations.Should().ContainSingle();
    }

    [Fact]
    public async Task Execute_AnotherJobOfThatName_IsNotAdopted()
    {
        var (step, context, intent) = await PreparedAsync();
        Cluster.Objects.Put(Path, JsonNode.Parse("""{"apiVersion":"batch/v1","kind":"Job","metadata":{},"spec":{"template":{"spec":{"containers":[]}}}}""")!.AsObject());

        (await step.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Failed>().Which.Reason.Should().Be("a Job dro-7-promote-1 is there that this run has not made");
    }

    [Fact]
    public async Task Execute_CreateGotNoAnswerAndTheNextIsForbidden_NobodyKnows()
    {
        var asked = 0;
        var (step, context, intent) = await PreparedAsync(timeoutSeconds: 2);
        Cluster.Intercept = (request, _) => request.Method != "POST" ? null
            : Interlocked.Increment(ref asked) == 1 ? FakeObjects.Status(504, "Timeout", "the request may still be carried out")
            : FakeObjects.Status(403, "Forbidden", "the token has been withdrawn");

        (await step.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Unknown>().Which.Reason.Should().Contain("the token has been withdrawn");
    }

    [Fact]
    public async Task Execute_FirstCreateIsForbidden_IsAFailure()
    {
        var (step, context, intent) = await PreparedAsync();
        Cluster.Intercept = (request, _) => request.Method == "POST" ? FakeObjects.Status(403, "Forbidden", "no right to create jobs") : null;

        (await step.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Failed>();
        (await step.ExecuteAsync(context with { Repeats = true }, intent, default)).Should().BeOfType<StepOutcome.Unknown>("what a life before this one sent may make it still");
    }

    [Fact]
    public async Task Execute_TooManyRequestsUntilTheEnd_IsAFailure()
    {
        var (step, context, intent) = await PreparedAsync(timeoutSeconds: 1, new WaitedTime());
        Cluster.Intercept = (request, _) => request.Method == "POST" ? FakeObjects.Status(429, "TooManyRequests", "please try again later") : null;

        (await step.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Failed>().Which.Reason.Should().Be("Job dro-7-promote-1 cannot be made: 429 please try again later");
    }

    [Fact]
    public async Task Execute_FailsWithANoEffectCode_IsAFailure()
    {
        RunsTo("Failed", 10, "wrong epoch\n");
        var (step, context, intent) = await PreparedAsync();

        var failed = (await step.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Failed>().Which;

        failed.Reason.Should().Be("job failed with exit code 10, by which it says that it changed nothing: wrong epoch");
        failed.Objects.Should().ContainSingle(o => o.Name == "job.log");
        (await step.ObserveAsync(context, intent, default)).Answer.Should().Be(ObservedAnswer.CannotHappenAnyMore);
    }

    [Fact]
    public async Task Execute_FailsOtherwise_NobodyKnows()
    {
        RunsTo("Failed", 1, "boom\n");
        var (step, context, intent) = await PreparedAsync();

        (await step.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Unknown>().Which.Reason.Should().Be("job failed with exit code 1; its effect is unknown");
        (await step.ObserveAsync(context, intent, default)).Answer.Should().Be(ObservedAnswer.CannotTell);
    }

    [Fact]
    public async Task Execute_OutputIsMissing_NobodyKnows()
    {
        RunsTo("Complete", 0, "{\"role\":\"primary\"}");
        var (step, context, intent) = await PreparedAsync();

        (await step.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Unknown>().Which.Reason.Should().Be("job succeeded, but the last line of its log has no field 'epoch'");
    }

    [Fact]
    public async Task Execute_StillRunningAtTheTimeout_MayStill()
    {
        var (step, context, intent) = await PreparedAsync(timeoutSeconds: 1, new WaitedTime());

        (await step.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Unknown>().Which.Reason.Should().Be("how Job dro-7-promote-1 ended is not known after 1s: it has no pod yet");
        (await step.ObserveAsync(context, intent, default)).Answer.Should().Be(ObservedAnswer.StillMay);
    }

    [Fact]
    public async Task Execute_LongLog_KeepsItsEnd()
    {
        RunsTo("Complete", 0, new string('x', 3_000_000) + "\n{\"role\":\"primary\",\"epoch\":2}\n");
        var (step, context, intent) = await PreparedAsync();

        var done = (await step.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Done>().Which;

        done.Objects![0].Content.Should().HaveCount(1024 * 1024);
    }

    [Fact]
    public async Task Prepare_NameTooLong_SaysSo()
    {
        var context = Bench.Context("k8s.job", With, new string('a', 60));

        var act = () => new K8sJobStep(Connections, TimeProvider.System).PrepareAsync(context, default);

        await act.Should().ThrowAsync<StepFailedException>().WithMessage("the Job would be called 'dro-7-aaa*-1', 68 characters; allowed: 63. Give the step a shorter name");
    }

    private void RunsTo(string condition, int exitCode, string log)
    {
        var world = Cluster.Objects.World!;
        Cluster.Objects.World = o =>
        {
            world(o);
            if (o.Find(Path) is not { } job || job["status"] is not null)
            {
                return;
            }

            var pod = Site.AddPod("job", "dro-7-promote-1-x", null);
            pod["metadata"]!["ownerReferences"] = new JsonArray(new JsonObject { ["apiVersion"] = "batch/v1", ["kind"] = "Job", ["name"] = "dro-7-promote-1", ["uid"] = job["metadata"]!["uid"]!.DeepClone() });
            pod["status"]!["containerStatuses"]![0]!["state"] = new JsonObject { ["terminated"] = new JsonObject { ["exitCode"] = exitCode } };
            pod["log"] = log;
            job["status"] = new JsonObject { ["conditions"] = new JsonArray(new JsonObject { ["type"] = condition, ["status"] = "True" }) };
        };
    }

    private async Task<(K8sJobStep Step, StepContext Context, JsonObject Intent)> PreparedAsync(int timeoutSeconds = 10, TimeProvider? time = null)
    {
        var step = new K8sJobStep(Connections, time ?? TimeProvider.System);
        var context = Bench.Context("k8s.job", With, "promote", timeoutSeconds: timeoutSeconds);
        return (step, context, await step.PrepareAsync(context, default));
    }
}
