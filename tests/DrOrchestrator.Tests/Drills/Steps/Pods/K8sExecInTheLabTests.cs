using System.Text;
using System.Text.Json.Nodes;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Drills.Steps;
using DrOrchestrator.Drills.Steps.Pods;

namespace DrOrchestrator.Tests.Drills.Steps.Pods;

/// <summary>Real programs in the pods of a site of the lab.</summary>
public sealed class K8sExecInTheLabTests
{
    [Fact]
    public async Task Execute_ProgramInAPodOfAWorkload_IsRunThereWithNothingOnItsInput()
    {
        await using var lab = await LabSite.StartAsync();

        var outcome = await RunAsync(lab, """{"namespace":"ledger","workload":"statefulset/ledger-store","command":["sh","-c","cat; echo \"切换 $0\"; echo err >&2; echo '{\"left\":\"0\"}'","$HOME"],"values":["left"]}""");

        var done = outcome.Should().BeOfType<StepOutcome.Done>(outcome.ToString()).Which;
        (done.Outputs.Text("pod"), done.Outputs.Text("exitCode"), done.Outputs.Text("left")).Should().Be(("ledger-store-0", "0", "0"));
        Text(done.Objects, "s-stdout.txt").Should().Be("切换 $HOME\n{\"left\":\"0\"}\n", "there is no shell but the one that the plan names");
        Text(done.Objects, "s-stderr.txt").Should().Be("err\n");
    }

    [Fact]
    public async Task Execute_ProgramThatIsKilled_IsUnknown()
    {
        await using var lab = await LabSite.StartAsync();

        var outcome = await RunAsync(lab, """{"namespace":"ledger","workload":"statefulset/ledger-store","command":["sh","-c","kill -9 $$"]}""");

        outcome.Should().BeOfType<StepOutcome.Unknown>(outcome.ToString()).Which.Reason.Should().Be("sh failed, and whether it changed something is not known: was ended by a signal, exit code 137");
    }

    [Fact]
    public async Task Execute_TenMegabytesOnBothStreams_AreCountedToTheLastByte()
    {
        await using var lab = await LabSite.StartAsync();

        var outcome = await RunAsync(lab, """{"namespace":"ledger","pod":"ledger-store-0","command":["sh","-c","head -c 10485760 /dev/zero & head -c 10485760 /dev/zero | tr '\\0' x >&2; wait"]}""");

        var record = JsonNode.Parse(Text(outcome.Should().BeOfType<StepOutcome.Done>(outcome.ToString()).Which.Objects, "s-exec.json"))!;
        foreach (var stream in (string[])["stdout", "stderr"])
        {
            record[stream]!.ToJsonString().Should().Be("""{"bytes":10485760,"kept":65536,"cut":true}""");
        }
    }

    [Fact]
    public async Task Execute_ProgramThatGoesOnAfterItsTimeout_IsSeenByTheOneThatLooks()
    {
        await using var lab = await LabSite.StartAsync();
        var folder = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "work", "exec-" + Guid.NewGuid().ToString("N")[..8])).FullName;
        var with = $$"""
            {"namespace":"ledger","pod":"ledger-store-0","command":["sh","-c","until [ -e {{folder}}/go ]; do sleep 0.1; done; touch {{folder}}/made"],"observe":["test","-e","{{folder}}/made"],"still-may":["1"]}
            """;
        var step = new K8sExecStep(lab.Connections, TimeProvider.System);
        var context = lab.Bench.Context("k8s.exec", with, timeoutSeconds: 1);
        var intent = JsonNode.Parse((await step.PrepareAsync(context, default)).ToJsonString())!.AsObject();

        var outcome = await step.ExecuteAsync(context, intent, default);
        var before = await step.ObserveAsync(context, intent, default);

        outcome.Should().BeOfType<StepOutcome.Unknown>(outcome.ToString());
        before.Answer.Should().Be(ObservedAnswer.StillMay, before.Detail);
        await File.WriteAllTextAsync(Path.Combine(folder, "go"), "");
        await LabSite.UntilAsync(async () => (await step.ObserveAsync(context, intent, default)).Answer is ObservedAnswer.Happened);
        Directory.Delete(folder, recursive: true);
    }

    private static string Text(IReadOnlyList<RawOutput>? objects, string name) => Encoding.UTF8.GetString(objects!.Single(one => one.Name == name).Content);

    private static async Task<StepOutcome> RunAsync(LabSite lab, string with)
    {
        var step = new K8sExecStep(lab.Connections, TimeProvider.System);
        var context = lab.Bench.Context("k8s.exec", with);
        return await step.ExecuteAsync(context, JsonNode.Parse((await step.PrepareAsync(context, default)).ToJsonString())!.AsObject(), default);
    }
}
