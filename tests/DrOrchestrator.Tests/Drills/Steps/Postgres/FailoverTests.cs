using System.Text;
using System.Text.Json.Nodes;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Evidence;
using DrOrchestrator.Testing.Postgres;
using Microsoft.Extensions.DependencyInjection;

namespace DrOrchestrator.Tests.Drills.Steps.Postgres;

/// <summary>The shipped plans of an unplanned failover and of the way home, carried by the real engine over two real servers, with a writer attached to each all the time.</summary>
public sealed class FailoverTests
{
    [Fact]
    public async Task Failover_PrimaryKilledUnderSynchronousReplication_LosesNothing_AndFailsBack()
    {
        await using var lab = await PostgresLab.StartAsync(synchronous: true, plans: ["postgres-failover.yaml", "postgres-failback.yaml"]);
        var run = await lab.StartRunAsync("postgres-failover");
        await lab.StepAsync(run, "detect", "running");

        await lab.Primary.KillAsync();
        var there = await lab.EndOfAsync(run);
        await lab.AtDr.WaitForAsync(20);
        var back = await lab.EndOfAsync(await lab.StartRunAsync("postgres-failback", closes: run));

        there.Outcome.Should().Be("switched-not-returned", $"the database is protected, and serves from the other site; {there.Failure}");
        there.Duties.Should().HaveCount(2).And.HaveElementAt(0, "fail back to the declared serving site by a linked run");
        there.Duties[1].Should().Contain(" the old data of ledger-primary at ");
        (await lab.Drills.ShowAsync(run, default))!.ClosedByRun.Should().Be(back.Id);
        (await lab.Drills.ShowAsync(run, default))!.Duties.Should().ContainSingle("nobody has removed the old data").Which.Should().Contain(" the old data of ");
        back.Outcome.Should().Be("passed", $"{back.Failure} {string.Join("; ", back.Gates.Where(gate => !gate.Passed))}");
        (await lab.Primary.ScalarAsync<string>("SELECT sync_state FROM pg_stat_replication WHERE application_name = 'ledger_dr'")).Should().Be("sync", "its commits wait again");
        await lab.AtPrimary.WaitForAsync(20);
        lab.AtPrimary.Acknowledged.Select(row => row.Number).Except(await lab.AtPrimary.FoundAtAsync(lab.Primary)).Should().BeEmpty();
        lab.AtDr.Acknowledged.Select(row => row.Number).Except(await lab.AtDr.FoundAtAsync(lab.Primary)).Should().BeEmpty();
        lab.ChangesOfSide().Should().Be(2, "primary, then dr, then primary again");
    }

    [Fact]
    public async Task Failover_PrimaryKilledUnderAsynchronousReplication_AccountsForEveryRowLost()
    {
        await using var lab = await PostgresLab.StartAsync();
        var run = await lab.StartRunAsync("postgres-failover");
        await lab.StepAsync(run, "detect", "running");

        await PostgresServer.SignalAsync("STOP", await lab.Primary.BackendAsync("walsender"));
        await lab.AtPrimary.WaitForAsync(30);
        await lab.Primary.KillAsync();
        var view = await lab.EndOfAsync(run);

        view.Outcome.Should().Be("switched-not-returned", view.Failure);
        await lab.AtDr.WaitForAsync(20);
        lab.ChangesOfSide().Should().Be(1);
        var found = await lab.AtPrimary.FoundAtAsync(lab.Dr);
        var lost = lab.AtPrimary.Acknowledged.Select(row => row.Number).Except(found).ToList();
        lost.Should().HaveCountGreaterThanOrEqualTo(20, "the standby was not sent them");

        // By the server's own numbers: every transaction that an audit from outside misses is listed, and none that the new primary has. What else is listed is a row nobody answered
        // for, and the probe's looks.
        var outputs = await OutputsAsync(lab, run, "divergence");
        var listed = (await ListAsync(lab, run))["transactions"]!.AsArray().Select(one => one!["xid"]!.GetValue<string>()).ToHashSet();
        listed.Should().HaveCount((int)outputs["commits"]!).And.Contain(lost.Select(number => lab.AtPrimary.Transactions[number]));
        listed.Should().NotIntersectWith(found.Where(lab.AtPrimary.Transactions.ContainsKey).Select(number => lab.AtPrimary.Transactions[number]));
        (await lab.Primary.ScalarAsync<bool>("SELECT pg_is_in_recovery()")).Should().BeTrue();
    }

    [Fact]
    public async Task Failover_PrimaryFrozenThenWokenThenStartedAgain_NeverAcceptsAWriteBesideTheNewOne()
    {
        await using var lab = await PostgresLab.StartAsync(synchronous: true);
        var run = await lab.StartRunAsync("postgres-failover");
        await lab.StepAsync(run, "detect", "running");

        lab.Unanswered = "reconcile";
        await lab.Primary.StandStillAsync();
        await lab.StepAsync(run, "reconcile", "running");
        await lab.Primary.GoOnAsync();
        var start = () => PostgresServer.RunAsync("pg_ctl", "start", "-D", lab.Primary.DataFolder, "-w", "-l", lab.Primary.LogFile + ".again");

        await start.Should().ThrowAsync<InvalidOperationException>("its control file is out of the way");
        await lab.AtDr.WaitForAsync(20);
        lab.AtPrimary.Acknowledged.Select(row => row.Number).Except(await lab.AtPrimary.FoundAtAsync(lab.Dr)).Should().BeEmpty();
        lab.ChangesOfSide().Should().Be(1);
    }

    [Theory]
    [InlineData("fence-primary", JournalKinds.Intent, true)]
    [InlineData("fence-primary", JournalKinds.Outcome, false)]
    [InlineData("promote-dr", JournalKinds.Intent, true)]
    [InlineData("promote-dr", JournalKinds.Outcome, false)]
    [InlineData("rebuild-primary", JournalKinds.Outcome, false)]
    public async Task Failover_EngineKilledAtAStep_GoesOnWithNoEffectTwice(string step, string kind, bool isDurable)
    {
        var dead = new TaskCompletionSource();
        await using var lab = await PostgresLab.StartAsync(synchronous: true, crash: (draft, durable) =>
        {
            var dies = draft.Step == step && draft.Kind == kind && durable == isDurable;
            if (dies)
            {
                dead.TrySetResult();
            }

            return dies;
        });
        var run = await lab.StartRunAsync("postgres-failover");
        await lab.StepAsync(run, "detect", "running");

        await lab.Primary.KillAsync();
        await dead.Task.WaitAsync(TimeSpan.FromSeconds(60), TimeProvider.System);
        await lab.RestartEngineAsync();
        var view = await lab.EndOfAsync(run);

        view.Outcome.Should().Be("switched-not-returned", view.Failure);
        (await OutputsAsync(lab, run, "promote-dr"))["timeline"]!.GetValue<long>().Should().Be(2, "it was promoted once");
        lab.AtPrimary.Acknowledged.Select(row => row.Number).Except(await lab.AtPrimary.FoundAtAsync(lab.Dr)).Should().BeEmpty();
        lab.ChangesOfSide().Should().BeLessThanOrEqualTo(1);
    }

    [Fact]
    public async Task Failover_StandbyWithTheDefaultRetryInterval_IsHeldByAGateThatSaysSo()
    {
        await using var lab = await PostgresLab.StartAsync(standbySettings: ["wal_retrieve_retry_interval = 5s"]);

        var view = await lab.EndOfAsync(await lab.StartRunAsync("postgres-failover"));

        var gate = view.Gates.Should().ContainSingle(gate => !gate.Passed).Subject;
        gate.Check.Should().Contain("wal_retrieve_retry_interval");
        (gate.Value, gate.Limit).Should().Be(("5s", "at most 500ms"));
        gate.Remedy.Should().Be("Set wal_retrieve_retry_interval of the standby to 200ms and reload it: it may sit that long before it promotes.");
        view.Steps.Should().OnlyContain(step => step.State == "pending", "the plan does not go on to such a standby");
    }

    [Fact]
    public async Task Failover_HostThatCannotBeAsked_PromotesNothing()
    {
        await using var lab = await PostgresLab.StartAsync();
        var run = await lab.StartRunAsync("postgres-failover");
        await lab.StepAsync(run, "detect", "running");

        lab.HostAway = "primary";
        await lab.Primary.KillAsync();
        var fence = await lab.StepAsync(run, "fence-primary", "failed");

        fence.Detail.Should().Contain("host does not say");
        (await lab.Dr.ScalarAsync<bool>("SELECT pg_is_in_recovery()")).Should().BeTrue();
        lab.AtDr.Acknowledged.Should().BeEmpty();
    }

    private static async Task<JsonObject> OutputsAsync(PostgresLab lab, long run, string step) =>
        (await lab.JournalAsync(run)).Last(entry => entry.Kind == JournalKinds.Outcome && entry.Step == step).Data["outputs"]!.AsObject();

    private static async Task<JsonObject> ListAsync(PostgresLab lab, long run)
    {
        var entry = (await lab.JournalAsync(run)).Last(entry => entry.Kind == JournalKinds.Outcome && entry.Step == "divergence");
        var hash = entry.Data["objects"]!.AsArray()[0]!["object"]!.GetValue<string>();
        var bytes = await lab.Engine.GetRequiredService<IEvidenceArchive>().ReadObjectAsync(hash, default);
        return JsonNode.Parse(Encoding.UTF8.GetString(bytes!))!.AsObject();
    }
}
