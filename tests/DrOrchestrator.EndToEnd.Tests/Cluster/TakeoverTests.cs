using System.Net;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.EndToEnd.Harness;
using DrOrchestrator.EndToEnd.Kill;
using Xunit.Abstractions;

namespace DrOrchestrator.EndToEnd.Cluster;

/// <summary>
/// Two orchestrators on one PostgreSQL: one carries the run, the other takes over when that one dies or stands still, and whoever wakes up behind another sends and records
/// nothing more. The judges stand outside: the lab's record of requests, the database's own lines, a writer attached to both stores, and <c>dro verify</c>.
/// </summary>
[Waits]
public sealed class TakeoverTests(ITestOutputHelper output)
{
    [Fact]
    public Task Serve_OwnerKilledThenTheNextOneStandsStill_TheOtherTakesOverBothTimesAndTheRunEnds() => WorkFolder.UseAsync(async folder =>
    {
        await using TwoOrchestrators two = await TwoOrchestrators.StartAsync(folder);
        (await TwoOrchestrators.ReadinessAsync(two.Second)).Should().Be("standing by", "one at a time carries runs");
        (HttpStatusCode status, string body) = await TwoOrchestrators.AskAsync(two.Second);
        status.Should().Be(HttpStatusCode.ServiceUnavailable);
        body.Should().Contain("standing-by").And.Contain("another one watches and carries");
        await using var writer = new DirectWriter(two.Lab);
        long run = await two.RunAsync();

        // Killed in the middle of a step.
        await two.LineAsync(run, "the run detects", line => line is { Kind: JournalKinds.Intent, Step: "detect" });
        await two.First.KillAsync();
        await TwoOrchestrators.HasTurnAsync(two.Second);
        JournalLine second = await two.LineAsync(run, "the second carries", line => line is { Kind: JournalKinds.Leased, Epoch: > 1 });
        await two.First.StartAgainAsync();
        (await TwoOrchestrators.ReadinessAsync(two.First)).Should().Be("standing by");

        // Stands still in the middle of another one.
        await two.LineAsync(run, "the second fences", line => line is { Kind: JournalKinds.Intent, Step: "fence-primary" });
        two.Second.StandStill();
        await TwoOrchestrators.HasTurnAsync(two.First);
        JournalLine third = await two.LineAsync(run, "the first carries again", line => line.Kind == JournalKinds.Leased && line.Epoch > second.Epoch);
        two.Second.GoOn();
        await TwoOrchestrators.StandsByAsync(two.Second);

        JournalLine closed = await two.LineAsync(run, "the run is closed", line => line.Kind == JournalKinds.Closed);
        closed.Data["outcome"]!.GetValue<string>().Should().Be("switched-not-returned", closed.Data.ToJsonString());
        await ShouldHaveHadOneOwnerAtATimeAsync(two, run);
        third.Epoch.Should().BeGreaterThan(second.Epoch);
        ShouldHaveHappenedOnce(await two.Lab.RequestsAsync());
        SplitBrain.Find(writer.Acknowledged).Should().BeNull();
        writer.Acknowledged.Select(a => (a.Site, a.Epoch)).Distinct().Should().Equal(("primary", 1), ("dr", 2));
        (int code, string said) = await TwoOrchestrators.VerifyAsync(folder, two.First, run);
        code.Should().Be(0, said);
    });

    /// <summary>Each of these steps stands on record as meant when its process stands still, and nothing of it was sent. It is woken while the other one waits for its lease to run out.</summary>
    [Fact]
    public Task Serve_OwnerStandsStillBetweenIntentAndEffect_WokenUpSendsNothingSaysSoAndStandsBy() => WorkFolder.UseAsync(async folder =>
    {
        var environment = new Dictionary<string, string?>
        {
            ["DRO_KILL_BOUNDARY"] = "after-intent",
            ["DRO_KILL_SIGNAL"] = "STOP",
            ["DRO_KILL_STEPS"] = "promote-dr,move-traffic",
            ["DRO_KILLS_FILE"] = Path.Combine(folder, "stops"),
        };
        await using TwoOrchestrators two = await TwoOrchestrators.StartAsync(folder, Path.Combine(AppContext.BaseDirectory, "DrOrchestrator.TestHost"), environment);
        await using var writer = new DirectWriter(two.Lab);
        long run = await two.RunAsync();
        long epoch = 1;
        foreach ((string step, ServerProcess owner, ServerProcess other) in (IEnumerable<(string, ServerProcess, ServerProcess)>)[("promote-dr", two.First, two.Second), ("move-traffic", two.Second, two.First)])
        {
            await two.LineAsync(run, $"{step} is meant", line => line.Kind == JournalKinds.Intent && line.Step == step);
            await Patience.UntilAsync("its owner stands still", Patience.Run, () => owner.IsStandingStill);
            await TwoOrchestrators.HasTurnAsync(other);
            owner.GoOn();

            await TwoOrchestrators.StandsByAsync(owner);
            (HttpStatusCode status, string body) = await TwoOrchestrators.AskAsync(owner);
            status.Should().Be(HttpStatusCode.ServiceUnavailable);
            body.Should().Contain("another one took its place while it stood still or was cut off. It writes and sends nothing.");
            await Patience.UntilAsync("it says so in its log", Patience.Start, async () => (await owner.ReadLogAsync()) is { } log && log.Contains("another has taken its place") && log.Contains("stands by and writes and sends nothing"));
            JournalLine taken = await two.LineAsync(run, "the other carries", line => line.Kind == JournalKinds.Leased && line.Epoch > epoch);
            JournalLine done = await two.LineAsync(run, $"{step} is done", line => line.Kind == JournalKinds.Outcome && line.Step == step);
            done.Epoch.Should().BeGreaterThanOrEqualTo(taken.Epoch);
            (await two.Lab.RequestsAsync()).Where(request => IsOf(step, request)).Should().ContainSingle("the one that was woken sent nothing")
                .Which.At.Should().BeAfter(taken.At, "nothing was sent under the lease that was lost");
            epoch = taken.Epoch;
        }

        JournalLine closed = await two.LineAsync(run, "the run is closed", line => line.Kind == JournalKinds.Closed);
        closed.Data["outcome"]!.GetValue<string>().Should().Be("switched-not-returned", closed.Data.ToJsonString());
        await ShouldHaveHadOneOwnerAtATimeAsync(two, run);
        ShouldHaveHappenedOnce(await two.Lab.RequestsAsync());
        SplitBrain.Find(writer.Acknowledged).Should().BeNull();
        (int code, string said) = await TwoOrchestrators.VerifyAsync(folder, two.First, run);
        code.Should().Be(0, said);
    });

    private static bool IsOf(string step, LabRequest request) => step switch
    {
        "promote-dr" => request is { Site: "dr", Method: "POST" } && request.Path.Split('?')[0].EndsWith("/jobs", StringComparison.Ordinal),
        "move-traffic" => request is { Site: "front-door", Method: "PUT" },
        _ => throw new ArgumentOutOfRangeException(nameof(step)),
    };

    /// <summary>Whoever was taken over has written nothing after that: epochs never go back. (People have none.)</summary>
    private async Task ShouldHaveHadOneOwnerAtATimeAsync(TwoOrchestrators two, long run)
    {
        IReadOnlyList<JournalLine> lines = await two.LinesAsync(run);
        output.WriteLine(string.Join('\n', lines.Select(line => $"{line.At:HH:mm:ss.fff} {line.Epoch} {line.Kind} {line.Step}")));
        lines.Select(line => line.Epoch).Where(epoch => epoch > 0).Should().BeInAscendingOrder();
    }

    private static void ShouldHaveHappenedOnce(IReadOnlyList<LabRequest> requests)
    {
        Effects.Unexpected(requests).Should().BeEmpty();
        Effects.Done(requests).Where(effect => !effect.EndsWith("-*", StringComparison.Ordinal)).Should().OnlyHaveUniqueItems();
    }
}
