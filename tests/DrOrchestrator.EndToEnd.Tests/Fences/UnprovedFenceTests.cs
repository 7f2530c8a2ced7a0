using System.Runtime.CompilerServices;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.EndToEnd.Harness;

namespace DrOrchestrator.EndToEnd.Fences;

/// <summary>Whatever keeps a fence from being proved keeps the standby from being promoted.</summary>
[Waits]
public sealed class UnprovedFenceTests
{
    private const string Plan = "quickstart-failover-changed";

    /// <summary>Where a test acts while the run stands still: nothing is left to how fast the test is.</summary>
    private const string Question = "wait-for-the-test";

    [Fact]
    public Task Promotion_WhileAPodIgnoresSigterm_IsRefused() => FencedAsync(
        plan => plan.Without("strike").Without("detect").Without("lift-strike"),
        lab => lab.FaultAsync("ignore-sigterm", "primary", active: true),
        (_, _) => Task.CompletedTask,
        "was asked to end but",
        fenceTimeout: "10s");

    [Fact]
    public Task Promotion_WhenTheNodeIsNotHeardAnyMore_IsRefused() => FencedAsync(
        plan => plan.WithQuestionBefore("  - parallel:", Question),
        _ => Task.CompletedTask,
        (lab, happened) => happened switch
        {
            { Kind: "run.asked", Step: Question } => lab.FaultAsync("node-not-ready", "primary", active: true),

            // Everything is put back, and still nobody serves: the run does not close over that, it asks. Now somebody mends the node.
            { Kind: "run.asked" } when happened.Text.Contains("NOBODY SERVES", StringComparison.Ordinal) => lab.FaultAsync("node-not-ready", "primary", active: false),
            _ => Task.CompletedTask,
        },
        "NotReady",
        fenceTimeout: "9s",
        run => run.Events.Should().ContainSingle(e => e.Kind == "run.asked" && e.Text.Contains("NOBODY SERVES")));

    [Fact]
    public Task Promotion_WhenSomebodyTookTheReplicasOver_IsRefused() => FencedAsync(
        plan => plan.WithQuestionBefore("  - name: canary-stop\n", Question),
        _ => Task.CompletedTask,
        async (lab, happened) =>
        {
            if (happened is { Kind: "run.asked", Step: Question })
            {
                using var primary = new LabCluster(lab, "primary");
                await primary.ScaleStoreAsync(1);
            }
        },
        "spec.replicas was taken over by kubectl",
        fenceTimeout: "21s");

    [Fact]
    public Task Run_WithAStepThatFails_IsRolledBackAndSaysSo() => RefusedAsync(
        plan => plan.Replace("command: [ledger, promote, --expect-epoch, \"${steps.read-epoch.epoch}\"]", "command: [ledger, promote, --expect-epoch, \"99\"]"),
        _ => Task.CompletedTask,
        (_, _) => Task.CompletedTask,
        async (lab, run) =>
        {
            run.View.Failure.Should().Contain("promote-dr").And.Contain("epoch 99");

            // Those two run side by side: whichever began last is taken back first.
            var undone = run.Events.Where(e => e is { Kind: "step.undo-outcome" }).Select(e => e.Step).ToList();
            undone.Should().ContainInOrder("start-application", "strike", "canary-start").And.ContainInOrder("fence-primary", "strike", "canary-start");
            await Patience.UntilAsync("the primary takes writes again", Patience.Start, async () => await WriteAsync(lab.FrontDoor, "after") == WriteFate.Acknowledged);
        });

    /// <param name="fenceTimeout">A node counts as NotReady once it was silent for four seconds.</param>
    private static Task FencedAsync(
        Func<PlanText, PlanText> change,
        Func<LabProcess, Task> before,
        Func<LabProcess, RunEvent, Task> onEvent,
        string reason,
        string fenceTimeout,
        Action<DrillRun>? more = null,
        [CallerMemberName] string name = "") => RefusedAsync(
        plan => change(plan).WithTimeout("fence-primary", fenceTimeout),
        before,
        onEvent,
        async (lab, run) =>
        {
            run.View.Failure.Should().Contain("fence").And.Contain(reason);
            more?.Invoke(run);
            (await lab.RequestsAsync()).Should().NotContain(r => r.Path.Contains("/jobs"), "no Job may promote anything");
        },
        name);

    /// <summary>A run that must fail, be rolled back, and leave replicas, route and roles as they were.</summary>
    private static Task RefusedAsync(
        Func<PlanText, PlanText> change, Func<LabProcess, Task> before, Func<LabProcess, RunEvent, Task> onEvent, Func<LabProcess, DrillRun, Task> more, [CallerMemberName] string name = "") =>
        WorkFolder.UseAsync(
            async folder =>
            {
                await using LabProcess lab = await LabProcess.StartAsync(Path.Combine(folder, "lab"));
                change(PlanText.Quickstart(Plan)).AddTo(lab);
                await using ServerProcess server = await ServerProcess.StartAsync(lab.Estate, Path.Combine(folder, "server"));
                await before(lab);

                DrillRun run = await DrillRun.ToEndAsync(server, lab.People, Plan, happened => onEvent(lab, happened), Question);

                run.View.Outcome.Should().Be("failed", run.View.Failure);
                run.View.RolledBack.Should().BeTrue(run.View.Failure);
                (await lab.RouteAsync()).Should().Be(("primary", 1L));
                using var primary = new LabCluster(lab, "primary");
                using var dr = new LabCluster(lab, "dr");
                (await primary.ReplicasAsync()).Should().Be((1, 2));
                (await dr.ReplicasAsync()).Should().Be((1, 0));
                StoreStatus standby = (await lab.StoreAsync("dr"))!;
                (standby.Role, standby.Epoch).Should().Be(("standby", 1L));
                await more(lab, run);
            },
            name);

    private static async Task<WriteFate> WriteAsync(Uri ledger, string id)
    {
        using var writer = new LedgerWriter(ledger);
        return await writer.WriteAsync(id);
    }
}
