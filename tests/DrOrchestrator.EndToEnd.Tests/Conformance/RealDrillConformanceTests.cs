using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.EndToEnd.Chaos;
using DrOrchestrator.EndToEnd.Harness;
using DrOrchestrator.EndToEnd.Kill;
using DrOrchestrator.Testing.Kubernetes.Real;

namespace DrOrchestrator.EndToEnd.Conformance;

/// <summary>Whole drills against real API servers and controllers (passed on Kubernetes 1.36.2); the nodes under them are played (<see cref="PlayedNode"/>).</summary>
[Collection(nameof(OneAtATime))]
public sealed class RealDrillConformanceTests
{
    [RealClusterFact]
    public Task Failover_OfARealDeployment_GoesThereAndComesBack() => WorkFolder.UseAsync(async folder =>
    {
        await using RealPair pair = await RealPair.StartAsync(folder, WithWayBack);
        await using ServerProcess server = await ServerProcess.StartAsync(pair.Estate, Path.Combine(folder, "server"));
        (int Asked, int Ready) atDr = default;

        DrillRun run = await RunAsync(server, pair, async happened => atDr = happened is { Kind: JournalKinds.Asked, Step: "business-verification" } ? await pair.ReplicasAsync("dr") : atDr);

        run.View.Outcome.Should().Be("passed", run.View.Failure);
        SafetyGates.AllPassed(run, pair.Namespace);
        atDr.Should().Be((2, 2));
        await StandsAtHomeAsync(pair);
        using ApiClient api = server.Client(pair.People.Requester);
        await api.ExportAsync(run.View.Id, Path.Combine(folder, "pack.zip"));
        IReadOnlyList<string[]> logs = PackedMarkers.ReadObjects(Path.Combine(folder, "pack.zip"), "job.log");
        logs.Select(lines => lines[1]).Should().BeEquivalentTo(
            "{\"role\":\"primary\",\"epoch\":2}", "{\"role\":\"standby\",\"epoch\":2}", "{\"role\":\"primary\",\"epoch\":3}", "{\"role\":\"standby\",\"epoch\":3}");
        PackedMarkers.ReadPayloads(Path.Combine(folder, "pack.zip")).Count(payload => payload.Contains("job.log", StringComparison.Ordinal) && payload.Contains("\"exitCode\":0", StringComparison.Ordinal)).Should().Be(4);
    });

    [RealClusterFact]
    public Task Failover_OrchestratorKilledInTheMiddle_EndsAsIfItHadNotBeen() => WorkFolder.UseAsync(async folder =>
    {
        await using RealPair pair = await RealPair.StartAsync(folder, WithWayBack);
        await using ServerProcess server = await ServerProcess.StartAsync(pair.Estate, Path.Combine(folder, "server"));
        string[] blows = ["fence-primary", "promote-dr", "start-dr"];
        var struck = new HashSet<string>();

        DrillRun run = await RunAsync(server, pair, async happened =>
        {
            // The moment each has said what it is about to do: whether it was done is for the next process to find out.
            if (happened is { Kind: JournalKinds.Intent } && blows.Contains(happened.Step) && struck.Add(happened.Step!))
            {
                await server.KillAsync();
                await server.StartAgainAsync();
            }
        });

        struck.Should().BeEquivalentTo(blows);
        run.View.Outcome.Should().Be("passed", run.View.Failure);
        await StandsAtHomeAsync(pair);
    });

    [RealClusterFact]
    public Task Failover_PrimaryApiGone_AsksForBreakGlassAndFencesTheOldSideWhenItAnswers() => WorkFolder.UseAsync(async folder =>
    {
        BlackHole? line = null;
        await using RealPair pair = await RealPair.StartAsync(folder, plan => plan, server => (line = BlackHole.Start(server.Port)).Port);
        await using BlackHole cut = line!;
        await using ServerProcess server = await ServerProcess.StartAsync(pair.Estate, Path.Combine(folder, "server"));
        await cut.CutAsync(true);

        DrillRun run = await RunAsync(server, pair, _ => Task.CompletedTask, mode: "real");

        run.View.Outcome.Should().Be("switched-not-returned", run.View.Failure);
        run.Events.Should().ContainSingle(e => e.Kind == JournalKinds.Asked && e.Text.Contains("BREAK-GLASS: step 'promote-dr' would promote app at dr without a fence", StringComparison.Ordinal));
        run.View.Duties.Should().Contain("fence primary the moment it answers");
        (await pair.ReplicasAsync("dr")).Should().Be((2, 2));
        (await pair.ReplicasAsync("primary")).Asked.Should().Be(2, "nothing could reach it");

        await cut.CutAsync(false);

        await Patience.UntilAsync("the old side is fenced", Patience.Start, async () => await pair.ReplicasAsync("primary") == (0, 0));
        using ApiClient api = server.Client(pair.People.Requester);
        await Patience.UntilAsync("the duty is closed", Patience.Start, async () => (await api.RunAsync(run.View.Id)).Duties.All(duty => duty != "fence primary the moment it answers"));
    });

    private static string WithWayBack(string plan) => plan + MovePlan.WayBack(plan.Split("namespace: ")[1].Split(',')[0]);

    private static async Task<DrillRun> RunAsync(ServerProcess server, RealPair pair, Func<RunEvent, Task> onEvent, string mode = "live")
    {
        using ApiClient api = server.Client(pair.People.Requester);
        long run = await api.StartAsync(MovePlan.Name, mode: mode);
        await using var personas = new Personas(server, pair.People);
        return await DrillRun.FollowAsync(server, pair.People, run, onEvent);
    }

    private static async Task StandsAtHomeAsync(RealPair pair)
    {
        (await pair.ReplicasAsync("primary")).Should().Be((2, 2));
        (await pair.ReplicasAsync("dr")).Should().Be((0, 0));

        // Each Job once, whatever happened to the orchestrator.
        (await pair.JobsAsync("dr")).Select(Step).Should().BeEquivalentTo("promote-dr", "rejoin-dr");
        (await pair.JobsAsync("primary")).Select(Step).Should().BeEquivalentTo("rejoin-primary", "promote-primary");
    }

    /// <summary>A Job is called RUN-STEP-ATTEMPT.</summary>
    private static string Step(k8s.Models.V1Job job) => job.Metadata.Annotations["drorchestrator.io/step"];
}
