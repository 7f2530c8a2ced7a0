using DrOrchestrator.EndToEnd.Harness;
using Xunit.Abstractions;

namespace DrOrchestrator.EndToEnd.Chaos;

/// <summary>
/// The orchestrator is killed at random points of real PostgreSQL switches whose primary is killed, frozen, woken, restarted or cut off, whose host goes away: what the seed says. A
/// few seeds here; <c>dotnet run --project tests/DrOrchestrator.EndToEnd.Tests -- chaos --seeds 50</c> for those who want to know more.
/// </summary>
[Collection(nameof(OneAtATime))]
public sealed class ChaosTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(1, false)]
    [InlineData(4, false)]
    [InlineData(7, true)]
    public Task Switch_OrchestratorKilledAnywhere_EndsWithOneWritableSideAndNothingDoneTwice(int seed, bool byProxy) => WorkFolder.UseAsync(
        async folder =>
        {
            ChaosReport report = await ChaosChild.RunAsync(seed, folder, byProxy);

            output.WriteLine(report.Text);
            report.IsWell.Should().BeTrue(report.Text);
        },
        $"Chaos-{seed}");
}
