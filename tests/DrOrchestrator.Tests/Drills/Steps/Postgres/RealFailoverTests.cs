using DrOrchestrator.Availability;
using DrOrchestrator.Drills;
using DrOrchestrator.Plans;
using DrOrchestrator.Testing.Postgres;
using Microsoft.Extensions.DependencyInjection;

namespace DrOrchestrator.Tests.Drills.Steps.Postgres;

/// <summary>The shipped plan of an unplanned failover as it is used in a disaster: the primary is gone before anybody asks for the run.</summary>
public sealed class RealFailoverTests
{
    [Fact]
    public async Task Real_PrimaryDeadAtTheStart_GoesOverItsGatesByAWord_FencesPromotesAndMeasuresFromTheOutage()
    {
        await using var lab = await PostgresLab.StartAsync(synchronous: true);
        await lab.Primary.KillAsync();
        await lab.Engine.GetRequiredService<IServiceWatch>().WaitForAsync("ledger-posting", IntervalState.Down, DateTimeOffset.MinValue, default).WaitAsync(TimeSpan.FromSeconds(60), TimeProvider.System);

        var view = await lab.EndOfAsync(await lab.StartRunAsync("postgres-failover", mode: RunMode.Real));

        view.Mode.Should().Be("real");
        view.Overrides.Should().NotBeEmpty().And.OnlyContain(one => one.Kind == "gate-override" && one.People.Single() == "chen", "the gate cannot read a primary that is gone, and says so to an approver");
        view.Steps.Where(step => step.Name is "detect" or "fence-primary" or "promote-dr" or "confirm" or "rebuild-primary" or "re-protected").Select(step => step.State).Should().AllBe("done", view.Failure);
        await lab.AtDr.WaitForAsync(20);
        lab.AtPrimary.Acknowledged.Select(row => row.Number).Except(await lab.AtPrimary.FoundAtAsync(lab.Dr)).Should().BeEmpty("commits waited for the standby");
        lab.ChangesOfSide().Should().Be(1);
        view.Measurement!.Rto!.InterruptedEarliest.Should().BeBefore(view.OpenedAt, "the clock runs from the outage, not from the run");
        view.Measurement.Rto.Restored.Should().BeTrue();
    }
}
