using DrOrchestrator.EndToEnd.Harness;

namespace DrOrchestrator.EndToEnd.Runbooks;

/// <summary>The planned switchover that is shipped, there and back in a real lab.</summary>
[Collection(nameof(OneAtATime))]
public sealed class PlannedSwitchoverTests
{
    [Fact]
    public Task Switchover_ThereAndBack_LosesNoPosting_AndIsMeasuredByTheFirstRefusedOne() => WorkFolder.UseAsync(async folder =>
    {
        await using LabProcess lab = await LabProcess.StartAsync(Path.Combine(folder, "lab"));
        await using ServerProcess server = await ServerProcess.StartAsync(lab.Estate, Path.Combine(folder, "data"));

        DrillRun run = await DrillRun.ToEndAsync(server, lab.People, "planned-switchover");

        run.View.Outcome.Should().Be("passed", run.View.Failure);
        var measured = run.View.Measurement!;
        measured.Rto.Should().NotBeNull("postings were refused while the ledger moved");
        measured.Rto!.Planned.Should().BeTrue();
        measured.Rto.Restored.Should().BeTrue();
        measured.Rpo!.Acknowledged.Should().BePositive();
        (measured.Rpo.Lost, measured.PlannedRpo!.Lost).Should().Be((0, 0));
        run.View.Promoted.Should().Be("dr");
        (await lab.RouteAsync()).Site.Should().Be("primary", "it was brought back");
        (await lab.StoreAsync("primary"))!.Role.Should().Be("primary");
        (await lab.StoreAsync("dr"))!.Role.Should().Be("standby");
    });
}
