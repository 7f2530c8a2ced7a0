using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Carrying;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Drills.Steps.Postgres;
using DrOrchestrator.Plans;
using DrOrchestrator.Testing.Postgres;
using Microsoft.Extensions.Time.Testing;

namespace DrOrchestrator.Tests.Drills.Steps.Postgres;

/// <summary>A complaint against other tools: a <c>pg_promote</c> that timed out was tried again, or rolled back, and promoted later beside a live primary.</summary>
public sealed class PromotionThatTimesOutTests
{
    [Fact]
    public async Task APgPromoteThatTimesOut_IsNeitherRetriedNorRolledBackAndAPersonDecidesUntilItIsSeen()
    {
        await using var primary = await PostgresServer.StartNewAsync();
        var standby = await primary.AddStandbyAsync("two");
        var servers = new PairBench(primary, standby);
        await using var bench = new DrillBench();
        bench.Databases.AddRange(servers.Estate.Databases);
        bench.MoreKinds.Add(new PostgresPromoteStep(servers.Sessions, servers.Promotions, servers.Others, TimeProvider.System));
        bench.Approvals.Add(new PlanApproval("run-approval", "approver", 1, TimeSpan.FromMinutes(10)));
        bench.Step("fence")
            .Step("promote", "postgres.promote", pointOfNoReturn: true, retries: 3, promotes: new Promotion("ledger", "fence"), with: """{"database":"two"}""", timeout: TimeSpan.FromSeconds(2))
            .Step("route");
        var run = await bench.OpenAsync();
        await bench.CarryAsync(run);
        (await bench.Drills.AnswerAsync(run, "run-approval", DrillBench.Approver, true, null, default)).Accepted.Should().BeTrue();
        var startup = await standby.BackendAsync("startup");

        // The old primary is gone: beside one that answers nothing is promoted.
        await primary.KillAsync();

        // The server takes the request, and does not come out of recovery.
        await PostgresServer.SignalAsync("STOP", startup);
        await bench.CarryAsync(run);
        var waiting = await bench.ShowAsync(run);
        var meanwhile = await bench.EntriesAsync(run);
        var pending = await bench.Drills.PendingAsync(DrillBench.Colleague, default);
        await PostgresServer.SignalAsync("CONT", startup);
        for (var looks = 0; (await bench.ShowAsync(run)).ClosedAt is null && looks < 500; looks++)
        {
            await bench.CarryAsync(run);
        }

        waiting.WaitingFor.Should().Be("step-observation 'observe:promote:1' by operator");
        waiting.RolledBack.Should().BeFalse();
        bench.World.Undone.Should().BeEmpty("a fence that is lifted beside a promotion that may still act makes two writable sides");
        meanwhile.Count(line => line is { Kind: JournalKinds.Intent, Step: "promote" }).Should().Be(1, "unknown is never tried again");
        meanwhile.Single(line => line is { Kind: JournalKinds.Outcome, Step: "promote" }).Data["outcome"]!.GetValue<string>().Should().Be("unknown");
        meanwhile.Last(line => line is { Kind: JournalKinds.Observed, Step: "promote" }).Data["answer"]!.GetValue<string>().Should().Be("still-may");
        pending.Should().ContainSingle().Which.Question.Should().StartWith("Nobody can tell whether step 'promote' happened: ");
        var view = await bench.ShowAsync(run);
        view.Outcome.Should().Be("switched-not-returned", $"{view.WaitingFor} {view.Failure}");
        view.Steps.Single(step => step.Name == "promote").Attempts.Should().Be(1);
        (await bench.EntriesAsync(run)).Count(line => line is { Kind: JournalKinds.Intent, Step: "promote" }).Should().Be(1);
        (await standby.ScalarAsync<int>("SELECT timeline_id FROM pg_control_checkpoint()")).Should().Be(2, "it promoted once, late, and the run saw it");
        bench.World.Landed.Should().Equal("fence", "route");
    }

    /// <summary>A server that stands still keeps the request; when it wakes, the time of the request is over by the server's own clock, and it does nothing.</summary>
    [Fact]
    public async Task APgPromoteThatReachesAServerThatStoodStill_DoesNothingLate()
    {
        await using var primary = await PostgresServer.StartNewAsync();
        var standby = await primary.AddStandbyAsync("two");
        await primary.KillAsync();
        await using var line = new HeldLine(standby.Port, "pg_promote");
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 11, 22, 8, 0, 0, TimeSpan.Zero));
        var bench = new PairBench(primary, standby);
        var step = new PostgresPromoteStep(bench.Sessions, bench.Promotions, bench.Others, TimeProvider.System);
        var context = bench.Context("postgres.promote", """{ "database": "two" }""");
        var intent = await step.PrepareAsync(context, default);
        var permit = new SendPermit(LeaseProof.Now(time), TimeSpan.Zero, time);
        time.Advance(LeaseProof.GoodFor - TimeSpan.FromMilliseconds(300));
        context = context with
        {
            Permit = permit,
            Estate = context.Estate with { Databases = [.. context.Estate.Databases.Select(database => database.Name == "two" ? database with { Target = database.Target with { Port = line.Port } } : database)] },
        };

        var executing = step.ExecuteAsync(context, intent, default);
        await line.Held;
        var sent = await standby.ScalarAsync<DateTime>("SELECT clock_timestamp()");
        while (await standby.ScalarAsync<DateTime>("SELECT clock_timestamp()") <= sent + permit.Left)
        {
            // Until the time of the request is over by the server's clock.
        }

        line.LetGo();

        (await executing).Should().BeOfType<StepOutcome.Failed>().Which.Reason.Should().Be("the time for it was over when the server was asked");
        (await standby.ScalarAsync<bool>("SELECT pg_is_in_recovery()")).Should().BeTrue();
    }
}
