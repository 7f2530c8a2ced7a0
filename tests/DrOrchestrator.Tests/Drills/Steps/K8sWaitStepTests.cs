using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Steps;

namespace DrOrchestrator.Tests.Drills.Steps;

public sealed class K8sWaitStepTests : ClusterFixture
{
    [Theory]
    [InlineData("""{"namespace":"ledger","resource":"node/primary-node-1","condition":"Ready"}""", "True")]
    [InlineData("""{"namespace":"ledger","resource":"statefulset/ledger-store","json-path":".status.readyReplicas","equals":"1"}""", "1")]
    [InlineData("""{"namespace":"ledger","resource":"pod/ledger-api-0","json-path":".spec.containers[0].name","equals":"main"}""", "main")]
    public async Task Execute_Met_IsDone(string with, string value)
    {
        var step = new K8sWaitStep(Connections, TimeProvider.System);

        (await step.ExecuteAsync(Bench.Context("k8s.wait", with), [], default)).Should().BeOfType<StepOutcome.Done>().Which.Outputs["value"]!.GetValue<string>().Should().Be(value);
    }

    [Theory]
    [InlineData("""{"namespace":"ledger","resource":"deployment/ledger-api","json-path":".spec.replicas","equals":"9"}""", "deployment/ledger-api at primary: .spec.replicas = 9 was not met within 1s: it is 2")]
    [InlineData("""{"namespace":"ledger","resource":"job/none","condition":"Complete"}""", "job/none at primary: condition Complete = True was not met within 1s: 404 *")]
    public async Task Execute_NotMetInTime_SaysWhatWasSeen(string with, string reason)
    {
        var step = new K8sWaitStep(Connections, TimeProvider.System);

        (await step.ExecuteAsync(Bench.Context("k8s.wait", with, timeoutSeconds: 1), [], default)).Should().BeOfType<StepOutcome.Failed>().Which.Reason.Should().Match(reason);
    }

    [Theory]
    [InlineData("""{"namespace":"n","resource":"secret/x","condition":"Ready"}""", "'secret/x' is no resource; allowed: KIND/NAME with one of pod, deployment, statefulset, job, node")]
    [InlineData("""{"namespace":"n","resource":"pod/x"}""", "give either condition, or json-path and equals")]
    [InlineData("""{"namespace":"n","resource":"pod/x","json-path":"status","equals":"1"}""", "'status' is no path; allowed: names and indexes, such as .status.readyReplicas or .spec.containers[0].image")]
    public async Task Prepare_WhatCannotBeMeant_SaysWhy(string with, string message)
    {
        var act = async () => await new K8sWaitStep(Connections, TimeProvider.System).PrepareAsync(Bench.Context("k8s.wait", with), default);

        await act.Should().ThrowAsync<StepFailedException>().WithMessage(message);
    }
}
