using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Duties;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Testing.Postgres;
using Microsoft.Extensions.DependencyInjection;

namespace DrOrchestrator.Tests.Drills.Steps.Postgres;

/// <summary>The shipped plan of a planned switchover and its way back, over two real servers that replicate asynchronously, with a writer attached to each all the time.</summary>
public sealed class SwitchoverTests
{
    [Fact]
    public async Task Switchover_AndBack_LosesNoAcknowledgedRow()
    {
        await using var lab = await PostgresLab.StartAsync(plans: ["postgres-switchover.yaml"]);

        var run = await lab.StartRunAsync("postgres-switchover");
        var view = await lab.EndOfAsync(run);

        view.Outcome.Should().Be("passed", $"{view.Failure} {string.Join("; ", view.Gates.Where(gate => !gate.Passed))}");
        await lab.AtPrimary.WaitForAsync(20);
        lab.AtDr.Acknowledged.Should().NotBeEmpty("it served between the two switches");
        lab.AtPrimary.Acknowledged.Select(row => row.Number).Except(await lab.AtPrimary.FoundAtAsync(lab.Primary)).Should().BeEmpty();
        lab.AtDr.Acknowledged.Select(row => row.Number).Except(await lab.AtDr.FoundAtAsync(lab.Primary)).Should().BeEmpty();
        lab.ChangesOfSide().Should().Be(2, "primary, then dr, then primary again");
        (await lab.Dr.ScalarAsync<bool>("SELECT pg_is_in_recovery()")).Should().BeTrue();
        (await lab.Primary.ScalarAsync<string>("SELECT current_setting('synchronous_standby_names')")).Should().BeEmpty("its commits waited for nobody before either");

        view.Duties.Should().HaveCount(2, "each server keeps what it was before").And.OnlyContain(duty => duty.StartsWith("remove the old data of ", StringComparison.Ordinal), "nothing was lost");
        var loop = lab.Engine.GetRequiredService<StepDutiesLoop>();
        await loop.LookAsync(default);
        (await lab.Drills.ShowAsync(run, default))!.Duties.Should().HaveCount(2, "they are there");
        Directory.Delete(Directory.GetDirectories(lab.Primary.DataFolder + ".dro").Select(kept => Path.Combine(kept, "data")).Single(Directory.Exists), recursive: true);
        await loop.LookAsync(default);
        await loop.LookAsync(default);
        (await lab.Drills.ShowAsync(run, default))!.Duties.Should().ContainSingle().Which.Should().StartWith("remove the old data of ledger-dr at ");
        (await lab.JournalAsync(run)).Count(line => line.Kind == JournalKinds.DutySettled).Should().Be(1);
    }

    [Fact]
    public async Task Switchover_OfACommitThatWaitsForItsStandby_AndBack_WaitsForItAgain()
    {
        await using var lab = await PostgresLab.StartAsync(synchronous: true, plans: ["postgres-switchover.yaml"]);

        var run = await lab.StartRunAsync("postgres-switchover");
        var view = await lab.EndOfAsync(run);

        view.Outcome.Should().Be("passed", $"{view.Failure} {string.Join("; ", view.Gates.Where(gate => !gate.Passed))}");
        (await lab.Primary.ScalarAsync<string>("SELECT sync_state FROM pg_stat_replication WHERE application_name = 'ledger_dr'")).Should().Be("sync");
        var there = (await lab.JournalAsync(run)).Last(entry => entry.Kind == JournalKinds.Outcome && entry.Step == "synchronous").Data["outputs"]!.AsObject();
        there["syncState"]!.GetValue<string>().Should().Be("sync");
        there["waitedForNobodyFrom"]!.GetValue<string>().Should().MatchRegex("^20.*Z$", "the span in which commits waited for nobody is on record");
        lab.AtPrimary.Acknowledged.Select(row => row.Number).Except(await lab.AtPrimary.FoundAtAsync(lab.Primary)).Should().BeEmpty();
        lab.AtDr.Acknowledged.Select(row => row.Number).Except(await lab.AtDr.FoundAtAsync(lab.Primary)).Should().BeEmpty();
        lab.ChangesOfSide().Should().Be(2);
    }

    [Fact]
    public async Task Switchover_PlanThatLeavesItsCommitsWaitingForNobody_HasNotPassed_AndOwesIt()
    {
        await using var lab = await PostgresLab.StartAsync(synchronous: true, plans: ["forgets.yaml"], write: estate => File.WriteAllText(Path.Combine(estate, "forgets.yaml"), Without("synchronous-back")));

        var run = await lab.StartRunAsync("postgres-switchover");
        var view = await lab.EndOfAsync(run);
        var settled = await lab.SettleAsync(run, "promote-primary", "ALTER SYSTEM by hand, seen as sync");

        (await lab.Primary.ScalarAsync<string>("SELECT current_setting('synchronous_standby_names')")).Should().BeEmpty();
        view.Outcome.Should().Be("switched-not-returned", "it serves where it is declared, and its commits wait for nobody; {0}", view.Failure);
        view.Duties.Where(duty => duty.StartsWith("let ", StringComparison.Ordinal)).Should().Equal(
            "let commits of ledger-primary wait for a standby again: its synchronous_standby_names was 'ledger_dr' before the promotion, and is empty");
        settled.Code.Should().Be("accepted");
        (await lab.Drills.ShowAsync(run, default))!.Duties.Should().NotContain(duty => duty.StartsWith("let ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Switchover_UncleanEndOnTheWayBack_SomebodyServes()
    {
        await using var lab = await PostgresLab.StartAsync(plans: ["postgres-switchover.yaml"]);

        var run = await lab.StartRunAsync("postgres-switchover");
        await lab.StepAsync(run, "rebuild-primary", "running", "done");
        PostgresLab.CrashAtItsFence(lab.Dr);
        var fence = await lab.StepAsync(run, "fence-dr", "failed");

        fence.Detail.Should().Contain("did not end cleanly").And.Contain("the server runs again");
        (await lab.Dr.ScalarAsync<bool>("SELECT pg_is_in_recovery()")).Should().BeFalse("it serves on");
        (await lab.Primary.ScalarAsync<bool>("SELECT pg_is_in_recovery()")).Should().BeTrue();
        lab.AtDr.Acknowledged.Select(row => row.Number).Except(await lab.AtDr.FoundAtAsync(lab.Dr)).Should().BeEmpty();
    }

    /// <summary>The shipped plan as somebody has copied it who left its last step out.</summary>
    private static string Without(string lastStep)
    {
        var plan = File.ReadAllText(Path.Combine(PostgresLab.Runbooks, "postgres-switchover.yaml"));
        return plan[..plan.IndexOf($"  - name: {lastStep}", StringComparison.Ordinal)];
    }
}
