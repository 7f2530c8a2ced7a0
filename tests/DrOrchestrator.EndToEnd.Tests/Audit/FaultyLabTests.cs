using System.Text.Json.Nodes;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.EndToEnd.Harness;

namespace DrOrchestrator.EndToEnd.Audit;

/// <summary>The lab made worse, no setting touched: the figures follow.</summary>
[Collection(nameof(OneAtATime))]
public sealed class FaultyLabTests
{
    [Fact]
    public Task Rpo_WithAReplicationDelayOfTwoSeconds_CountsLostRows() => WorkFolder.UseAsync(async folder =>
    {
        await using LabProcess lab = await LabProcess.StartAsync(Path.Combine(folder, "lab"), "--replication-delay", "2s");
        await using ServerProcess server = await ServerProcess.StartAsync(lab.Estate, Path.Combine(folder, "server"));

        DrillRun run = await DrillRun.ToEndAsync(server, lab.People);

        run.View.Outcome.Should().Be("passed", run.View.Failure);
        RpoMeasurement rpo = run.View.Measurement!.Rpo!;
        rpo.Lost.Should().BePositive();
        rpo.LostSeconds.Should().BeGreaterThan(0).And.BeLessThan(rpo.LimitSeconds);
        run.View.Measurement.PlannedRpo!.Lost.Should().Be(0);
    });

    [Fact]
    public Task Rto_WithTheApplicationDelayedAfterPromotion_GrowsByIt() => WorkFolder.UseAsync(async folder =>
    {
        const double delay = 12;
        await using LabProcess lab = await LabProcess.StartAsync(Path.Combine(folder, "lab"));
        await using ServerProcess server = await ServerProcess.StartAsync(lab.Estate, Path.Combine(folder, "server"));
        DrillRun before = await DrillRun.ToEndAsync(server, lab.People);
        await lab.FaultAsync("application-delay", "dr", active: true, (long)(delay * 1000));

        DrillRun delayed = await DrillRun.ToEndAsync(server, lab.People);

        before.View.Outcome.Should().Be("passed", before.View.Failure);
        delayed.View.Outcome.Should().Be("passed", delayed.View.Failure);
        delayed.View.Measurement!.Rto!.TechnicalSeconds.Should().BeGreaterThan(before.View.Measurement!.Rto!.TechnicalSeconds);

        // The application starts beside the fence, which hides a part of its delay from users; what is left of it after that is theirs.
        TimeSpan applicationTook = delayed.View.Measurement.Rto.RestoredLatest - delayed.Step("start-application").StartedAt!.Value;
        applicationTook.TotalSeconds.Should().BeGreaterThan(delay);
        delayed.View.Measurement.Rto.Phases["applicationHealthy"].Should().BeGreaterThan(before.View.Measurement.Rto.Phases["applicationHealthy"]);
    });

    [Fact]
    public Task Exposure_WithReplicationStalled_GrowsAndTheGateRefusesTheRun() => WorkFolder.UseAsync(async folder =>
    {
        await using LabProcess lab = await LabProcess.StartAsync(Path.Combine(folder, "lab"));
        await using ServerProcess server = await ServerProcess.StartAsync(lab.Estate, Path.Combine(folder, "server"));
        using ApiClient api = server.Client(lab.People.Requester);
        await SteadyState.WaitAsync(api);
        await lab.FaultAsync("replication-stalled", "primary", active: true);

        double first = 0;
        await Patience.UntilAsync("the exposure grows", Patience.Stop, async () => (first = await ExposureAsync(api)) > 1);
        await Patience.UntilAsync("the exposure goes on growing", Patience.Stop, async () => await ExposureAsync(api) > first + 1);
        long id = await api.StartAsync(DrillRun.Quickstart);
        DrillRun run = await DrillRun.FollowAsync(server, lab.People, id);

        run.View.Outcome.Should().Be("aborted");
        run.View.Gates.Should().Contain(gate => !gate.Passed && gate.Check.StartsWith("standby-healthy"));
        run.View.Failure.Should().Contain("standby-healthy");
        (await lab.RequestsAsync()).Where(r => r.Path != "/faults/replication-stalled" && r.UserAgent.Contains("dro")).Should().BeEmpty("a run that was refused at its gates has touched nothing");
    });

    private static async Task<double> ExposureAsync(ApiClient api)
    {
        JsonNode status = await api.StatusAsync();
        return status["systems"]![0]!["exposures"]![0]!["value"]?.GetValue<double>() ?? 0;
    }
}
