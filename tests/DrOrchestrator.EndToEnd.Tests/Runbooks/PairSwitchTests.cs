using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.EndToEnd.Harness;
using DrOrchestrator.EndToEnd.Postgres;

namespace DrOrchestrator.EndToEnd.Runbooks;

/// <summary>The tabletop and the switch of a hot-standby pair, as they are shipped, in one lab with PostgreSQL.</summary>
[Collection(nameof(OneAtATime))]
public sealed class PairSwitchTests
{
    [PostgresFact]
    public Task TabletopThenPairSwitch_PeopleOnRecordAndNothingSent_ThenThereAndBackWithItsQualityMeasured() => WorkFolder.UseAsync(async folder =>
    {
        await using LabProcess lab = await LabProcess.StartAsync(Path.Combine(folder, "lab"), "--postgres");
        await using ServerProcess server = await ServerProcess.StartAsync(
            lab.Estate, Path.Combine(folder, "data"), more: [.. lab.HostPrograms.SelectMany(program => new[] { "--allow-command", program })]);
        using ApiClient api = server.Client(lab.People.Requester);
        await SteadyState.WaitAsync(api);
        await using var personas = new Personas(server, lab.People);

        DrillRun table = await DrillRun.FollowAsync(server, lab.People, await api.StartAsync("tabletop", mode: "tabletop"));

        table.View.Outcome.Should().Be("passed", table.View.Failure);
        table.View.Measurement.Should().BeNull("a tabletop demonstrates nothing");
        table.View.Participants.Select(one => $"{one.Person} {one.Department} {one.Answers}").Should().Equal("approver 风险管理部 2", "business-verifier 运营管理部 2", "requester 信息科技部 6");
        table.View.Answers.Should().OnlyContain(answer => answer.Note == "an end-to-end test", "the minutes are on record");
        (await lab.RequestsAsync()).Should().BeEmpty("nothing is sent");

        DrillRun run = await DrillRun.FollowAsync(server, lab.People, await api.StartAsync("pair-switch"));

        run.View.Outcome.Should().Be("passed", run.View.Failure);
        run.View.Kind.Should().Be("component-switch");
        run.View.Promoted.Should().Be("dr");
        (await lab.RouteAsync()).Should().Be(("primary", 3L), "there and back: two timelines further");
        run.View.Measurement!.Rto!.Planned.Should().BeTrue();
        (run.View.Measurement.Rpo!.Lost, run.View.Measurement.PlannedRpo!.Lost).Should().Be((0, 0));
        run.View.Answers.Should().Contain(answer => answer.Item.StartsWith("business-verification", StringComparison.Ordinal));
        run.Events.Should().Contain(told => told.Kind == JournalKinds.Asked && told.Text.Contains("s without a posting", StringComparison.Ordinal), "the business was told what was counted");
    });
}
