using System.Text.Json.Nodes;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Drills.Steps;
using DrOrchestrator.Testing.Kubernetes;

namespace DrOrchestrator.Tests.Drills.Steps.Pods;

/// <summary>Which container it is, and what it is given.</summary>
public sealed partial class K8sExecStepTests
{
    [Theory]
    [InlineData("deployment/ledger-api", "workload")]
    [InlineData("app=ledger-api", "selector")]
    public async Task Prepare_WorkloadOrLabels_TakesTheFirstReadyPodAndRecordsIt(string target, string key)
    {
        Ready("ledger-api-1");
        Ready("ledger-api-2", isNew: true);

        var (_, intent) = await PrepareAsync($$"""{"namespace":"ledger","{{key}}":"{{target}}","command":["app"]}""");

        (intent.Text("pod"), intent.Text("uid")).Should().Be(("ledger-api-1", Cluster.Objects.Find($"{FakeLedgerSite.Pods}/ledger-api-1")!["metadata"]!["uid"]!.ToString()));
    }

    [Theory]
    [InlineData("""{"namespace":"ledger","pod":"ledger-store-7","command":["app"]}""", "there is no pod 'ledger-store-7' in namespace ledger")]
    [InlineData("""{"namespace":"ledger","pod":"ledger-store-0","container":"sidecar","command":["app"]}""", "pod ledger-store-0 has no container 'sidecar'; it has: main")]
    [InlineData("""{"namespace":"ledger","pod":"two","command":["app"]}""", "pod two has more than one container, and 'container' names none; it has: main, hand")]
    [InlineData("""{"namespace":"ledger","pod":"two","container":"hand","command":["app"]}""", "container hand of pod two does not run")]
    [InlineData("""{"namespace":"ledger","pod":"ending","command":["app"]}""", "pod ending is being deleted")]
    [InlineData("""{"namespace":"ledger","workload":"statefulset/gone","command":["app"]}""", "there is no statefulset/gone in namespace ledger")]
    [InlineData("""{"namespace":"ledger","workload":"deployment/ledger-api","command":["app"]}""", "no pod of 'deployment/ledger-api' in namespace ledger is ready; there are 2")]
    [InlineData("""{"namespace":"ledger","selector":"app=none","command":["app"]}""", "no pod of 'app=none' in namespace ledger is ready; there are 0")]
    public async Task Prepare_TargetThatIsNotThere_SaysWhat(string with, string reason)
    {
        Site.AddPod("x", "two", null)["spec"]!["containers"]!.AsArray().Add(new JsonObject { ["name"] = "hand" });
        Site.IgnoreSigterm = true;
        var ending = Site.AddPod("x", "ending", null);
        (ending["metadata"]!["deletionTimestamp"], ending["metadata"]!["deletionGracePeriodSeconds"]) = ("2026-11-22T10:00:00Z", 30);

        var act = () => PrepareAsync(with);

        (await act.Should().ThrowAsync<StepFailedException>()).Which.Message.Should().Be(reason);
    }

    [Fact]
    public async Task Prepare_ArgumentOfAnotherStepThatIsNoPlainWord_IsRefused()
    {
        var context = Bench.Context("k8s.exec", """{"namespace":"ledger","pod":"ledger-store-0","command":["app","${steps.a.lsn}"]}""") with { Parameters = StepBench.Parameters("""{"namespace":"ledger","pod":"ledger-store-0","command":["app","--drop"]}""") };

        var act = () => Step.PrepareAsync(context, default);

        (await act.Should().ThrowAsync<StepFailedException>()).Which.Message.Should().StartWith("'--drop' at 'command' comes from another step and is no plain word");
    }

    private void Ready(string name, bool isNew = false) =>
        (isNew ? Site.AddPod("ledger-api", name, null) : Cluster.Objects.Find($"{FakeLedgerSite.Pods}/{name}")!)["status"]!["conditions"] = new JsonArray(new JsonObject { ["type"] = "Ready", ["status"] = "True" });
}
