using System.Globalization;
using DrOrchestrator.Drills;
using DrOrchestrator.EndToEnd.Harness;
using Xunit.Abstractions;

namespace DrOrchestrator.EndToEnd.Chaos;

/// <summary>
/// The orchestrator is killed at random points of real PostgreSQL failovers. A few seeds here; as many as <c>DRO_CHAOS_RUNS</c> says, from <c>DRO_CHAOS_FIRST</c> on, for those who
/// want to know more.
/// </summary>
public sealed class ChaosTests(ITestOutputHelper output)
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(Number("DRO_CHAOS_FIRST", 1), Number("DRO_CHAOS_RUNS", 2))];

    [Theory]
    [MemberData(nameof(Seeds))]
    public Task Failover_OrchestratorKilledAnywhere_EndsWithOneWritableSideAndNothingDoneTwice(int seed) => WorkFolder.UseAsync(
        async folder =>
        {
            ChaosPlan plan = ChaosPlan.Of(seed);
            output.WriteLine(plan.ToString());

            ChaosRun run = await ChaosRun.CarryAsync(folder, plan);

            output.WriteLine($"{run.View.Outcome} after {run.Killed} kills, {run.Events.Count} events; asked: {string.Join(" | ", run.Waits)}");
            run.Overlapped.Should().BeFalse("no row is accepted at the old side once one was at the new one");
            run.View.Outcome.Should().Be(RunOutcome.SwitchedNotReturned, $"{run.View.Failure}\n{string.Join('\n', run.Events.TakeLast(20).Select(told => $"{told.Kind} {told.Step} {told.Text}"))}");
            run.Timelines.Should().Be(2, "it was promoted once");
            run.Pack.Verified.Should().BeTrue(run.Pack.ToString());
            if (plan.Synchronous)
            {
                run.Lost.Should().BeEmpty("every acknowledged row had reached the standby");
            }

            foreach (var step in run.Events.Where(told => told is { Kind: JournalKinds.Outcome, Step: not null }).GroupBy(told => told.Step))
            {
                step.Count(told => told.Text.Contains("done", StringComparison.Ordinal)).Should().BeLessThanOrEqualTo(1, $"step {step.Key} is done once");
            }
        },
        $"Chaos-{seed}");

    private static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : otherwise;
}
