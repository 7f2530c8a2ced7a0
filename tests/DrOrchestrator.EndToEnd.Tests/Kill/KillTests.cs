using DrOrchestrator.Drills;
using DrOrchestrator.EndToEnd.Harness;
using Xunit.Abstractions;

namespace DrOrchestrator.EndToEnd.Kill;

/// <summary>
/// The server is killed (SIGKILL) beside every effect of the quickstart plan, at each of the four places where a journal line and the effect can be torn apart, and
/// started again at once. Every Observe of this plan can answer, so there is no place where waiting for a person would be right: the run goes on alone and passes.
/// The judges stand outside: the lab's record of requests, a writer attached to both stores, and the verifier.
/// </summary>
[Collection(SameEffects.Name)]
public sealed class KillTests(UndisturbedRun undisturbed, ITestOutputHelper output)
{
    [Fact]
    public void Run_Undisturbed_PassesWithEachEffectOnce()
    {
        LabRun run = undisturbed.Run;

        output.WriteLine(run.Timetable());
        run.Exits.Should().BeEmpty();
        SameEffects.ShouldHavePassed(run);
        RunMeasurement measured = run.View.Measurement!;
        measured.Rto!.Met.Should().BeTrue($"{measured.Rto}");
        measured.Rpo!.Met.Should().BeTrue($"{measured.Rpo}");
        measured.PlannedRpo!.Met.Should().BeTrue($"{measured.PlannedRpo}");
        Effects.Done(run.Requests).Where(effect => !effect.EndsWith("-*", StringComparison.Ordinal)).Should().OnlyHaveUniqueItems();
    }

    // Beside the effects, the waits, probes and tasks are torn too, once with an open intent and once between two steps.
    [Theory]
    [InlineData("before-intent", false)]
    [InlineData("after-intent", true)]
    [InlineData("after-effect", false)]
    [InlineData("after-outcome", true)]
    public Task Run_KilledAtEveryStep_PassesWithEachEffectOnce(string boundary, bool everyStep) => WorkFolder.UseAsync(
        async folder =>
        {
            IReadOnlyList<string> steps = everyStep ? undisturbed.AllSteps : undisturbed.StepsWithEffect;

            LabRun run = await LabRun.CarryAsync(folder, new KillOrder(boundary, steps));

            output.WriteLine(
                $"{boundary}: {run.Kills.Count} kills, {run.Took.TotalSeconds:0.0} s (undisturbed {undisturbed.Run.Took.TotalSeconds:0.0} s); "
                + $"{Effects.Done(run.Requests).Count} effects, {Effects.Excluded(run.Requests).Count} excluded by a precondition");
            SameEffects.ShouldHavePassed(run);
            run.Kills.Should().BeEquivalentTo(steps);
            run.Exits.Should().HaveCount(steps.Count).And.OnlyContain(code => code == Supervisor.Killed);
            run.View.Steps.Should().OnlyContain(step => step.Attempts == 1, "a crash is no failed step");
            Effects.Done(run.Requests).Should().Equal(Effects.Done(undisturbed.Run.Requests));
        },
        boundary);
}
