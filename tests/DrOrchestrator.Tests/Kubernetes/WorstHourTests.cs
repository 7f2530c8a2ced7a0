using System.Text.Json.Nodes;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Steps;
using DrOrchestrator.Drills.Steps.Fences;
using DrOrchestrator.Drills.Steps.Objects;
using DrOrchestrator.Drills.Steps.Pods;
using DrOrchestrator.Drills.Steps.Workloads;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.Testing.Kubernetes;
using DrOrchestrator.Tests.Drills.Steps;
using k8s;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace DrOrchestrator.Tests.Kubernetes;

/// <summary>Steps over an API server that answers in bursts of 429 and 500, loses answers of what it carried out, cuts them, or hangs: no effect is lost, none comes twice.</summary>
public sealed class WorstHourTests : ClusterFixture
{
    private const string Job = """{"namespace":"ledger","command":["ledger","promote"]}""";
    private const string Scale = """{"namespace":"ledger","workload":"deployment/ledger-api","replicas":3}""";
    private const string Patch = """{"namespace":"ledger","api":"apps/v1","resource":"deployments/ledger-api","patch":{"spec":{"paused":true}}}""";

    public enum Trouble
    {
        /// <summary>Every other request, on the whole, is refused with 429 or 500, and does nothing.</summary>
        Bursts,

        /// <summary>Each write is carried out, and answered 504.</summary>
        LostAnswers,

        /// <summary>Each write is carried out, and its connection cut.</summary>
        CutAnswers,
    }

    [Theory]
    [InlineData("k8s.scale", Scale, Trouble.Bursts)]
    [InlineData("k8s.scale", Scale, Trouble.LostAnswers)]
    [InlineData("k8s.scale", Scale, Trouble.CutAnswers)]
    [InlineData("k8s.patch", Patch, Trouble.Bursts)]
    [InlineData("k8s.patch", Patch, Trouble.LostAnswers)]
    [InlineData("k8s.patch", Patch, Trouble.CutAnswers)]
    [InlineData("k8s.job", Job, Trouble.Bursts)]
    [InlineData("k8s.job", Job, Trouble.LostAnswers)]
    [InlineData("k8s.job", Job, Trouble.CutAnswers)]
    public async Task Execute_InTrouble_EndsWellAndActsOnce(string kind, string with, Trouble trouble)
    {
        IStepKind step = kind switch
        {
            "k8s.scale" => new K8sScaleStep(Connections, TimeProvider.System),
            "k8s.patch" => new K8sPatchStep(Connections, TimeProvider.System),
            _ => new K8sJobStep(Connections, TimeProvider.System),
        };
        JobsEnd();
        var context = Bench.Context(kind, with);
        var intent = JsonNode.Parse((await step.PrepareAsync(context, default)).ToJsonString())!.AsObject();
        var landed = Make(trouble);

        (await step.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Done>();

        landed.Should().ContainSingle().Which.Should().Contain("dro-7-s-1");
    }

    [Theory]
    [InlineData(Trouble.Bursts)]
    [InlineData(Trouble.LostAnswers)]
    [InlineData(Trouble.CutAnswers)]
    public async Task Fence_InTrouble_IsProvedAndHoldsEachWorkloadOnce(Trouble trouble)
    {
        var step = new K8sFenceStep(Connections, TimeProvider.System);
        var context = Bench.Context("k8s.fence", LabSite.FenceWith, "fence", timeoutSeconds: 60);
        var intent = JsonNode.Parse((await step.PrepareAsync(context, default)).ToJsonString())!.AsObject();
        var landed = Make(trouble);

        (await step.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Done>();

        landed.Where(body => body.Contains("\"replicas\":0", StringComparison.Ordinal)).Should().HaveCount(2).And.OnlyHaveUniqueItems();
        Cluster.Intercept = null;
        (await step.ProveAsync(context, intent, default)).Proved.Should().BeTrue();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Read_OfAServerThatHangs_IsGivenUpAfterItsBoundAndSaysWhom(bool inTheMiddle)
    {
        var time = new FakeTimeProvider();
        using var connections = new ClusterConnections(time);
        var asked = new TaskCompletionSource();
        using var over = new CancellationTokenSource();
        Cluster.Takes = async context =>
        {
            if (inTheMiddle)
            {
                await context.Response.WriteAsync("{\"kind\":");
                await context.Response.Body.FlushAsync();
            }

            asked.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, over.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return true;
        };
        var call = connections.Of(Bench.Estate, "primary").CoreV1.ListNamespacedPodAsync("ledger");
        await asked.Task;
        time.Advance(TimeSpan.FromSeconds(4));
        call.IsCompleted.Should().BeFalse();
        time.Advance(TimeSpan.FromSeconds(1));

        var act = () => call;
        ClusterFailure.Of((await act.Should().ThrowAsync<Exception>()).Which, default).Should().BeEquivalentTo(new { Reason = $"no answer from {Cluster.Url.Authority} within 5 s", IsPassing = true, IsRefusal = false });
        await over.CancelAsync();
    }

    /// <summary>Bodies of the writes that were carried out from now on.</summary>
    private List<string> Make(Trouble trouble)
    {
        var landed = new List<string>();
        var (chance, gate) = (new Random(7), new Lock());
        Cluster.Intercept = (request, body) =>
        {
            lock (gate)
            {
                var isWrite = request.Method is "PATCH" or "POST" && request.Query["dryRun"] != "All";
                if (trouble == Trouble.Bursts && chance.Next(2) == 0)
                {
                    return chance.Next(2) == 0 ? FakeObjects.Status(429, "TooManyRequests", "busy") : FakeObjects.Status(500, "InternalError", "etcdserver: request timed out");
                }

                if (!isWrite)
                {
                    return null;
                }

                var answer = Cluster.Objects.Answer(request.Method, request.Path!, null, request.ContentType ?? "", request.Query["fieldManager"], body!);
                if (answer.Status is >= 200 and < 300)
                {
                    landed.Add(body!);
                }
                else
                {
                    return answer;
                }

                if (trouble == Trouble.CutAnswers)
                {
                    request.HttpContext.Abort();
                }

                return trouble == Trouble.LostAnswers ? FakeObjects.Status(504, "Timeout", "the request may still be carried out") : answer;
            }
        };
        return landed;
    }

    private void JobsEnd()
    {
        var world = Cluster.Objects.World!;
        Cluster.Objects.World = objects =>
        {
            world(objects);
            foreach (var (_, job) in objects.Under(FakeLedgerSite.Jobs).Where(job => job.Object["status"] is null))
            {
                var name = job["metadata"]!["name"]!.ToString();
                var pod = Site.AddPod("job", name + "-x", null);
                pod["metadata"]!["ownerReferences"] = new JsonArray(new JsonObject { ["apiVersion"] = "batch/v1", ["kind"] = "Job", ["name"] = name, ["uid"] = job["metadata"]!["uid"]!.DeepClone() });
                pod["status"]!["containerStatuses"]![0]!["state"] = new JsonObject { ["terminated"] = new JsonObject { ["exitCode"] = 0 } };
                job["status"] = new JsonObject { ["conditions"] = new JsonArray(new JsonObject { ["type"] = "Complete", ["status"] = "True" }) };
            }
        };
    }
}
