using DrOrchestrator.Drills;
using DrOrchestrator.EndToEnd.Harness;
using DrOrchestrator.EndToEnd.Kill;
using DrOrchestrator.Testing.Kubernetes;
using Xunit.Abstractions;

namespace DrOrchestrator.EndToEnd.Wire;

/// <summary>
/// The whole drill over two Kubernetes APIs of which one is two releases earlier than the one that was tried (v1.36.2) and the other two later, each side once: in a bad hour (bursts of 429, 502 and
/// 503, connections that end before, within and behind a request), and in a good one.
/// </summary>
[Collection(SameEffects.Name)]
public sealed class RoughApiTests(UndisturbedRun undisturbed, ITestOutputHelper output)
{
    [Theory]
    [InlineData("v1.34.9-gke.1050000", "v1.38.0", false)]
    [InlineData("v1.38.2-eks-abc1234", "v1.34.3+k3s1", true)]
    public Task Run_OverApisOfOtherReleases_PassesWithTheEffectsOfAnUndisturbedOne(string primary, string dr, bool calm) => WorkFolder.UseAsync(
        async folder =>
        {
            var sites = new List<RoughApi>();
            var tried = "";
            try
            {
                LabRun run = await LabRun.CarryAsync(folder, order: null, async lab =>
                {
                    sites.Add(await RoughApi.StartAsync(lab, "primary", WireRelease.Of(primary), calm));
                    sites.Add(await RoughApi.StartAsync(lab, "dr", WireRelease.Of(dr), calm));
                    tried = await OldKinds.TryAsync(lab, folder);
                });

                output.WriteLine(string.Join(", ", sites.SelectMany(site => site.Made).CountBy(made => made)));
                output.WriteLine(run.Timetable());
                SameEffects.ShouldHavePassed(run);
                sites.SelectMany(site => site.Made).Distinct().Should().BeEquivalentTo(calm ? [] : Enum.GetValues<RoughApi.Trouble>(), "each kind of trouble was met");
                run.View.Steps.Should().OnlyContain(step => step.Attempts == 1, "a lost answer is no failed step");
                Effects.Done(run.Requests).Should().Equal(Effects.Done(undisturbed.Run.Requests));
                ShouldBeInOrder(run.View, run.View.Measurement!.Rto!, undisturbed.Run.View.Measurement!.Rto!, "strike", "promote-dr", "confirm");
                ShouldBeInOrder(run.View, run.View.Measurement.PlannedRto!, undisturbed.Run.View.Measurement.PlannedRto!, "demote-dr", "promote-primary", "confirm-back");

                // By the version that is served there.
                sites[0].Paths.Should().Contain($"/apis/autoscaling/{WireRelease.Of(primary).Autoscaling}/namespaces/ledger/horizontalpodautoscalers");
                run.View.Gates.Should().Contain(gate => gate.Passed && gate.Value.EndsWith("; no HorizontalPodAutoscaler", StringComparison.Ordinal));
                foreach (string site in (string[])["primary", "dr"])
                {
                    tried.Should().Contain($"is refused: horizontalpodautoscalers/api at {site} cannot be read: 404 the server could not find the requested resource: the API serves no such kind, or not in that version");
                }
            }
            finally
            {
                foreach (RoughApi site in sites)
                {
                    await site.DisposeAsync();
                }
            }
        },
        "rough");

    /// <summary>The drill's clock: the marks of the undisturbed run, forward in time, between the steps that took the service away and brought it back.</summary>
    private static void ShouldBeInOrder(RunView view, RtoMeasurement measured, RtoMeasurement undisturbed, string taking, string bringing, string confirming)
    {
        StepView Step(string name) => view.Steps.Single(step => step.Name == name);
        measured.Restored.Should().BeTrue();
        measured.Phases.Keys.Should().Equal(undisturbed.Phases.Keys);
        measured.Phases.Values.Should().OnlyContain(seconds => seconds >= 0);
        measured.Phases.Values.Sum().Should().BeApproximately(measured.Seconds, 1e-4);
        measured.InterruptedEarliest.Should().BeOnOrBefore(measured.InterruptedLatest);
        measured.InterruptedLatest.Should().BeOnOrAfter(Step(taking).StartedAt!.Value).And.BeOnOrBefore(Step(bringing).EndedAt!.Value);

        // Whoever measures and whoever confirms look by themselves: the service was back somewhere between the two moments, and between these two.
        measured.RestoredEarliest.Should().BeOnOrBefore(measured.RestoredLatest).And.BeOnOrBefore(Step(confirming).EndedAt!.Value);
        measured.RestoredLatest.Should().BeOnOrAfter(Step(bringing).StartedAt!.Value);
    }
}
