using DrOrchestrator.Testing.Postgres;

namespace DrOrchestrator.Tests.Drills.Steps.Postgres;

/// <summary>The shipped plan of an unplanned failover, carried by the real engine over two real servers, with a writer attached to each all the time.</summary>
public sealed class FailoverTests
{
    [Fact]
    public async Task Failover_PrimaryKilledUnderSynchronousReplication_LosesNothing()
    {
        await using var lab = await PostgresLab.StartAsync(synchronous: true);
        var run = await lab.StartRunAsync("postgres-failover");
        await lab.StepAsync(run, "detect", "running");

        await lab.Primary.KillAsync();
        var view = await lab.EndOfAsync(run);

        view.Outcome.Should().Be("passed", view.Failure);
        await lab.AtDr.WaitForAsync(20);
        (await LostAsync(lab)).Should().BeEmpty();
        OneWriterAtATime(lab);
    }

    [Fact]
    public async Task Failover_PrimaryKilledUnderAsynchronousReplication_LosesOnlyWhatWasNotSent()
    {
        await using var lab = await PostgresLab.StartAsync();
        var run = await lab.StartRunAsync("postgres-failover");
        await lab.StepAsync(run, "detect", "running");

        await PostgresServer.SignalAsync("STOP", await lab.Primary.BackendAsync("walsender"));
        var sent = lab.AtPrimary.Acknowledged[^1].Number;
        await lab.AtPrimary.WaitForAsync(30);
        await lab.Primary.KillAsync();
        var view = await lab.EndOfAsync(run);

        view.Outcome.Should().Be("passed", view.Failure);
        await lab.AtDr.WaitForAsync(20);
        (await LostAsync(lab)).Should().HaveCountGreaterThanOrEqualTo(20).And.OnlyContain(number => number > sent - 5);
        OneWriterAtATime(lab);
    }

    [Fact]
    public async Task Failover_PrimaryFrozenThenWokenThenStartedAgain_NeverAcceptsAWriteBesideTheNewOne()
    {
        await using var lab = await PostgresLab.StartAsync(synchronous: true);
        var run = await lab.StartRunAsync("postgres-failover");
        await lab.StepAsync(run, "detect", "running");

        await lab.Primary.StandStillAsync();
        var view = await lab.EndOfAsync(run);
        await lab.Primary.GoOnAsync();
        var start = () => PostgresServer.RunAsync("pg_ctl", "start", "-D", lab.Primary.DataFolder, "-w", "-l", lab.Primary.LogFile + ".again");

        view.Outcome.Should().Be("passed", view.Failure);
        await start.Should().ThrowAsync<InvalidOperationException>("its control file is out of the way");
        await lab.AtDr.WaitForAsync(20);
        (await LostAsync(lab)).Should().BeEmpty();
        OneWriterAtATime(lab);
    }

    [Fact]
    public async Task Failover_HostThatCannotBeAsked_PromotesNothing()
    {
        await using var lab = await PostgresLab.StartAsync();
        lab.HostAway = "primary";
        var run = await lab.StartRunAsync("postgres-failover");
        await lab.StepAsync(run, "detect", "running");

        await lab.Primary.KillAsync();
        var fence = await lab.StepAsync(run, "fence-primary", "failed");

        fence.Detail.Should().Contain("host does not say");
        (await lab.Dr.ScalarAsync<bool>("SELECT pg_is_in_recovery()")).Should().BeTrue();
        lab.AtDr.Acknowledged.Should().BeEmpty();
    }

    private static async Task<IReadOnlyList<long>> LostAsync(PostgresLab lab) =>
        [.. lab.AtPrimary.Acknowledged.Select(row => row.Number).Except(await lab.AtPrimary.FoundAtAsync(lab.Dr))];

    /// <summary>No row was accepted at the old side once one was at the new side.</summary>
    private static void OneWriterAtATime(PostgresLab lab) =>
        lab.AtPrimary.Acknowledged[^1].At.Should().BeLessThan(lab.AtDr.Acknowledged[0].At);
}
