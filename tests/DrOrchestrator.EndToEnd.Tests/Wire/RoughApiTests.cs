using DrOrchestrator.EndToEnd.Harness;
using DrOrchestrator.EndToEnd.Kill;
using Xunit.Abstractions;

namespace DrOrchestrator.EndToEnd.Wire;

/// <summary>The whole drill over two Kubernetes APIs in a bad hour: bursts of 429, 502 and 503, connections that end before, within and behind a request, fields of a newer server.</summary>
[Collection(SameEffects.Name)]
public sealed class RoughApiTests(UndisturbedRun undisturbed, ITestOutputHelper output)
{
    [Fact]
    public Task Run_OverRoughApis_PassesWithTheEffectsOfAnUndisturbedOne() => WorkFolder.UseAsync(
        async folder =>
        {
            var sites = new List<RoughApi>();
            try
            {
                LabRun run = await LabRun.CarryAsync(folder, order: null, async lab =>
                {
                    sites.Add(await RoughApi.StartAsync(lab, "primary"));
                    sites.Add(await RoughApi.StartAsync(lab, "dr"));
                });

                output.WriteLine(string.Join(", ", sites.SelectMany(site => site.Made).CountBy(made => made)));
                output.WriteLine(run.Timetable());
                SameEffects.ShouldHavePassed(run);
                sites.SelectMany(site => site.Made).Distinct().Should().BeEquivalentTo(Enum.GetValues<RoughApi.Trouble>(), "each kind of trouble was met");
                run.View.Steps.Should().OnlyContain(step => step.Attempts == 1, "a lost answer is no failed step");
                Effects.Done(run.Requests).Should().Equal(Effects.Done(undisturbed.Run.Requests));
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
}
