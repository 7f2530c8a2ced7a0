using DrOrchestrator.Drills;

namespace DrOrchestrator.EndToEnd.Harness;

public sealed class HarnessTests
{
    [Fact]
    public Task ToEnd_TheQuickstartPlan_PassesAndReturns() => WorkFolder.UseAsync(async folder =>
    {
        await using LabProcess lab = await LabProcess.StartAsync(Path.Combine(folder, "lab"));
        await using ServerProcess server = await ServerProcess.StartAsync(lab.Estate, Path.Combine(folder, "server"));

        DrillRun run = await DrillRun.ToEndAsync(server, lab.People);

        run.View.Outcome.Should().Be("passed", run.View.Failure);
        run.Events[^1].Kind.Should().Be("run.closed");
        (await lab.RouteAsync()).Site.Should().Be("primary");
    });
}
