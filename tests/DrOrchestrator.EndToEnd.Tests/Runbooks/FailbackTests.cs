using System.Text.Json.Nodes;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.EndToEnd.Harness;

namespace DrOrchestrator.EndToEnd.Runbooks;

/// <summary>The failover that stays at the other side, and the way home as a run of its own, both as they are shipped.</summary>
[Collection(nameof(OneAtATime))]
public sealed class FailbackTests
{
    [Fact]
    public Task Failback_LiftsTheFenceOfTheRunItCloses_AndBringsTheLedgerHomeWithoutLoss() => WorkFolder.UseAsync(async folder =>
    {
        await using LabProcess lab = await LabProcess.StartAsync(Path.Combine(folder, "lab"));
        await using ServerProcess server = await ServerProcess.StartAsync(lab.Estate, Path.Combine(folder, "data"));
        using ApiClient api = server.Client(lab.People.Requester);
        await SteadyState.WaitAsync(api);
        await using var personas = new Personas(server, lab.People);

        DrillRun there = await DrillRun.FollowAsync(server, lab.People, await api.StartAsync("failover"), happened =>
            happened is { Kind: JournalKinds.Intent, Step: "detect" } ? lab.FaultAsync("kill-ledger", "primary", active: true) : Task.CompletedTask);
        await lab.FaultAsync("kill-ledger", "primary", active: false);

        there.View.Outcome.Should().Be("switched-not-returned", there.View.Failure);
        there.View.Duties.Should().HaveCount(2);
        (await lab.StoreAsync("primary")).Should().BeNull("its fence stands");

        Func<Task> unlinked = () => api.StartAsync("failback");
        await unlinked.Should().ThrowAsync<InvalidOperationException>().WithMessage("*name that run (--closes RUN)*");

        DrillRun back = await DrillRun.FollowAsync(server, lab.People, await api.StartAsync("failback", closes: there.View.Id));

        back.View.Outcome.Should().Be("passed", back.View.Failure);
        (await lab.RouteAsync()).Site.Should().Be("primary");
        (await lab.StoreAsync("primary"))!.Role.Should().Be("primary");
        (await lab.StoreAsync("dr"))!.Role.Should().Be("standby");
        (back.View.Measurement!.PlannedRpo ?? back.View.Measurement.Rpo)!.Lost.Should().Be(0);
        RunView closed = await api.RunAsync(there.View.Id);
        closed.Duties.Should().BeEmpty();
        closed.ClosedByRun.Should().Be(back.View.Id);
        (await lab.RequestsAsync()).Where(request => request.Path.Contains("/statefulsets/ledger-store", StringComparison.Ordinal) && request.Site == "primary")
            .Select(request => JsonNode.Parse(request.Body!)?["metadata"]?["annotations"]?["drorchestrator.io/fence"]?.GetValue<string>())
            .Should().ContainInOrder("held", "lifted");
    });
}
