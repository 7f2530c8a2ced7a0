using System.Text.Json.Nodes;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Testing.Kubernetes;
using Microsoft.AspNetCore.Http;

namespace DrOrchestrator.Tests.Drills.Steps.Pods;

/// <summary>What an earlier life of the same intent may have sent; and by what the pod is read.</summary>
public sealed partial class K8sExecStepTests
{
    private const string Earlier = "; app may have been started before, and what that did is not known";

    [Theory]
    [InlineData(true, "container main of pod ledger-store-0 has ended, or was started again since the step was prepared; app was not started")]
    [InlineData(false, "pod ledger-store-0 was replaced by another one of that name since the step was prepared; app was not started")]
    [InlineData(null, "pod ledger-store-0 is gone since the step was prepared; app was not started")]
    public async Task Execute_OfWhatMayHaveBeenSentBeforeInAPodThatIsLost_IsUnknown(bool? isContainer, string reason)
    {
        var (context, intent) = await PrepareAsync(Plain);
        if (isContainer is { } container)
        {
            Replace(container);
        }
        else
        {
            Cluster.Objects.World = null;
            Cluster.Objects.Remove(Pod);
        }

        var outcome = await Step.ExecuteAsync(context with { Repeats = true }, intent, default);

        ReasonOf(outcome.Should().BeOfType<StepOutcome.Unknown>().Which).Should().Be(reason + Earlier);
        _exec.Commands.Should().BeEmpty();
    }

    [Theory]
    [InlineData(403)]
    [InlineData(404)]
    public async Task Execute_OfWhatMayHaveBeenSentBeforeThatIsRefused_IsUnknown(int status)
    {
        _exec.Refuse = async http =>
        {
            http.Response.StatusCode = status;
            await http.Response.WriteAsync(new JsonObject { ["kind"] = "Status", ["status"] = "Failure", ["message"] = "no", ["code"] = status }.ToJsonString());
            return true;
        };
        var (context, intent) = await PrepareAsync(Plain);

        var outcome = await Step.ExecuteAsync(context with { Repeats = true }, intent, default);

        ReasonOf(outcome.Should().BeOfType<StepOutcome.Unknown>().Which).Should().StartWith(FormattableString.Invariant($"app could not be started: {status} no")).And.EndWith(Earlier);
    }

    [Fact]
    public async Task Execute_OfWhatMayHaveBeenSentBeforeThatSaysItChangedNothing_IsUnknownWithWhatItSaid()
    {
        _exec.Play = async command =>
        {
            await command.ComplainAsync("it is drained\n");
            await command.ExitAsync(3);
        };
        var (context, intent) = await PrepareAsync(Plain);

        var outcome = await Step.ExecuteAsync(context with { Repeats = true }, intent, default);

        ReasonOf(outcome.Should().BeOfType<StepOutcome.Unknown>().Which).Should().Be("app changed nothing: exit code 3: it is drained" + Earlier);
        Record(ObjectsOf(outcome))["exitCode"]!.GetValue<int>().Should().Be(3);
    }

    [Fact]
    public async Task Prepare_WorkloadOfMorePodsThanAPageHolds_FindsTheReadyOneBehindIt()
    {
        Ready("ledger-api-1");
        Cluster.PageSize = 1;

        var (_, intent) = await PrepareAsync("""{"namespace":"ledger","workload":"deployment/ledger-api","command":["app"]}""");

        intent.Text("pod").Should().Be("ledger-api-1", "ledger-api-0, which is not, is all of the first page");
    }

    /// <summary>Lists wait behind what else is asked of the cluster; these do not.</summary>
    [Fact]
    public async Task Execute_ReadsBeforeAndAfter_AreOfTheOnePod()
    {
        Ready("ledger-api-1");
        var (context, intent) = await PrepareAsync("""{"namespace":"ledger","workload":"deployment/ledger-api","command":["app"]}""");
        Cluster.Requests.Clear();

        (await Step.ExecuteAsync(context, intent, default)).Should().BeOfType<StepOutcome.Done>();

        Cluster.Requests.Select(request => $"{request.Method} {request.Path}").Should().Equal($"GET {FakeLedgerSite.Pods}/ledger-api-1", $"GET {FakeLedgerSite.Pods}/ledger-api-1");
    }
}
