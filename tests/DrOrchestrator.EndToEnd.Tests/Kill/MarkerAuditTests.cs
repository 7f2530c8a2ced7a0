using DrOrchestrator.Drills;
using DrOrchestrator.EndToEnd.Audit;
using DrOrchestrator.EndToEnd.Harness;
using DrOrchestrator.RecoveryPoints;
using Xunit.Abstractions;

namespace DrOrchestrator.EndToEnd.Kill;

/// <summary>
/// The server is killed while its canaries write, and a proxy that it knows nothing of keeps its own record of every marker. A kill may cost the fate of the one
/// marker that was on its way, which is then in doubt for the product; nothing else may differ.
/// </summary>
[Collection(nameof(OneAtATime))]
public sealed class MarkerAuditTests(ITestOutputHelper output)
{
    // Markers are acknowledged beside all of these but the last, which is reached by refused ones.
    private static readonly Dictionary<string, string[]> Kills = new()
    {
        ["failover"] = ["canary-start", "canary-settles"],
        ["switchback"] = ["canary-start-back", "application-healthy-back", "demote-dr"],
    };

    [Fact]
    public Task Markers_OfLegsKilledOnTheWay_DifferFromAProxysOnlyByOneInDoubtPerKill() => WorkFolder.UseAsync(async folder =>
    {
        MarkerProxy? proxy = null;
        try
        {
            string[] steps = [.. Kills.Values.SelectMany(leg => leg)];
            LabRun run = await LabRun.CarryAsync(folder, new KillOrder("after-outcome", steps), async lab => proxy = await MarkerProxy.StartAsync(lab));

            run.View.Outcome.Should().Be("passed", $"{run.View.Failure} {run.View.WaitingFor}");
            run.Kills.Should().BeEquivalentTo(steps);
            run.Pack.Verified.Should().BeTrue(run.Pack.Problem?.ToString());
            output.WriteLine($"{run.Kills.Count} kills, {run.Took.TotalSeconds:0.0} s");
            ShouldAgree(run, folder, proxy!, "failover", run.View.Measurement!.Rpo!);
            ShouldAgree(run, folder, proxy!, "switchback", run.View.Measurement.PlannedRpo!);
        }
        finally
        {
            if (proxy is not null)
            {
                await proxy.DisposeAsync();
            }
        }
    });

    private void ShouldAgree(LabRun run, string folder, MarkerProxy proxy, string leg, RpoMeasurement rpo)
    {
        string prefix = $"{run.View.Mark}-{leg}-";
        Dictionary<string, MarkerFate> recorded = PackedMarkers.Read(LabRun.PackIn(folder), leg).ToDictionary(marker => prefix + marker.Key, marker => marker.Value);
        Dictionary<string, WriteFate> passed = proxy.Of(prefix).ToDictionary(marker => marker.Id, marker => marker.Fate);
        string[] unsettled = Of(recorded, MarkerFate.Sent);
        string[] inDoubt = [.. unsettled, .. Of(recorded, MarkerFate.InDoubt)];
        string[] acknowledged = Of(recorded, MarkerFate.Acknowledged);
        string[] answered = Of(passed, WriteFate.Acknowledged);
        output.WriteLine($"{leg}: {recorded.Count} markers, {acknowledged.Length} acknowledged, in doubt by a kill: {string.Join(", ", unsettled.Select(id => $"{id} ({(passed.TryGetValue(id, out WriteFate fate) ? fate : "never sent")})"))}");

        // One that was put on record and not sent before the kill is the only one that the proxy cannot know.
        passed.Keys.Should().BeSubsetOf(recorded.Keys, "no marker is on the wire that is not on record");
        recorded.Keys.Except(passed.Keys).Should().BeSubsetOf(unsettled);
        recorded.Keys.Should().BeEquivalentTo(Enumerable.Range(1, recorded.Count).Select(number => $"{prefix}{number}"), "the numbering goes on over a kill");

        unsettled.Length.Should().BeLessThanOrEqualTo(Kills[leg].Length, "a kill costs the fate of one marker at most");
        acknowledged.Should().NotBeEmpty().And.BeSubsetOf(answered);
        answered.Except(acknowledged).Should().BeSubsetOf(unsettled, "an acknowledgement is only ever missed by a kill, and then in doubt");
        Of(recorded, MarkerFate.Refused).Should().BeEquivalentTo(Of(passed, WriteFate.Refused).Except(unsettled));

        (rpo.Sent, rpo.Acknowledged, rpo.InDoubt, rpo.Lost).Should().Be(
            (recorded.Count, acknowledged.Length, inDoubt.Length, acknowledged.Count(id => !run.Markers[leg].Contains(id))));
    }

    private static string[] Of<TFate>(Dictionary<string, TFate> markers, TFate fate)
        where TFate : struct => [.. markers.Where(marker => marker.Value.Equals(fate)).Select(marker => marker.Key)];
}
