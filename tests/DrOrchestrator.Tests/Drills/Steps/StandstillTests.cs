using System.Text.Json.Nodes;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Steps;
using DrOrchestrator.Drills.Steps.Pods;
using DrOrchestrator.Drills.Steps.Workloads;
using DrOrchestrator.Testing.Kubernetes;
using Microsoft.Extensions.Time.Testing;

namespace DrOrchestrator.Tests.Drills.Steps;

/// <summary>The process stands still (SIGSTOP) inside of an effect, between its look and its request, for longer than anybody waits for it: woken up, it sends nothing.</summary>
public sealed class StandstillTests : ClusterFixture
{
    private const string Scale = """{"namespace":"ledger","workload":"deployment/ledger-api","replicas":5}""";
    private const string Job = """{"namespace":"ledger","command":["ledger","promote"]}""";

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 22, 8, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task Execute_ScaleOfAProcessThatStoodStill_SendsNothing() => await StandsStillAsync(new K8sScaleStep(Connections, _time), "k8s.scale", Scale);

    [Fact]
    public async Task Execute_JobOfAProcessThatStoodStill_SendsNothing() => await StandsStillAsync(new K8sJobStep(Connections, _time), "k8s.job", Job);

    private async Task StandsStillAsync(IStepKind kind, string word, string with)
    {
        var context = Bench.Context(word, with, timeoutSeconds: 10);
        var intent = JsonNode.Parse((await kind.PrepareAsync(context, default)).ToJsonString())!.AsObject();
        Cluster.Intercept = (request, _) =>
        {
            if (request.Method == "GET")
            {
                _time.Advance(TimeSpan.FromSeconds(60));
            }

            return null;
        };

        var outcome = await kind.ExecuteAsync(context, intent, default);

        outcome.Should().BeOfType<StepOutcome.Unknown>("whoever took over may have done it");
        Cluster.Requests.Should().NotContain(request => request.IsMutation);
    }
}
