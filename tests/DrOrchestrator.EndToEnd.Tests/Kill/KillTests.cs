using DrOrchestrator.Drills;
using DrOrchestrator.EndToEnd.Harness;
using Xunit.Abstractions;

namespace DrOrchestrator.EndToEnd.Kill;

/// <summary>
/// The server is killed (SIGKILL) beside every effect of the quickstart plan, at each of the four places where a journal line and the effect can be torn apart, and
/// started again at once. Every Observe of this plan can answer, so there is no place where waiting for a person would be right: the run goes on alone and passes.
/// The judges stand outside: the lab's record of requests, a writer attached to both stores, and the verifier.
/// </summary>
public sealed class KillTests(UndisturbedRun undisturbed, ITestOutputHelper output) : IClassFixture<UndisturbedRun>
{
    [Fact]
    public void Run_Undisturbed_PassesWithEachEffectOnce()
    {
        LabRun run = undisturbed.Run;

        output.WriteLine(run.Timetable());
        run.Exits.Should().BeEmpty();
        ShouldHavePassed(run);
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
            ShouldHavePassed(run);
            run.Kills.Should().BeEquivalentTo(steps);
            run.Exits.Should().HaveCount(steps.Count).And.OnlyContain(code => code == Supervisor.Killed);
            run.View.Steps.Should().OnlyContain(step => step.Attempts == 1, "a crash is no failed step");
            Effects.Done(run.Requests).Should().Equal(Effects.Done(undisturbed.Run.Requests));
        },
        boundary);

    private static void ShouldHavePassed(LabRun run)
    {
        SplitBrain.Find(run.Direct).Should().BeNull();
        run.View.Outcome.Should().Be("passed", $"{run.View.Failure} {run.View.WaitingFor}");
        Effects.Unexpected(run.Requests).Should().BeEmpty();
        run.Direct.Select(a => (a.Site, a.Epoch)).Distinct().Should().Equal(("primary", 1), ("dr", 2), ("primary", 3));
        run.Pack.Problem.Should().BeNull();
        run.Pack.Verified.Should().BeTrue();
        run.Pack.Figures.Should().ContainSingle().Which.Outcome.Should().Be("passed");
        ShouldAddUp(run, "failover", run.View.Measurement!.Rpo);
        ShouldAddUp(run, "switchback", run.View.Measurement.PlannedRpo);
        run.View.Measurement.PlannedRpo!.Lost.Should().Be(0);
        run.View.Measurement.Rto.Should().NotBeNull();
    }

    /// <summary>No marker is forgotten: each that was sent has one fate, and those in the ledger are the acknowledged that were not lost and the survivors in doubt.</summary>
    private static void ShouldAddUp(LabRun run, string leg, RpoMeasurement? rpo)
    {
        rpo.Should().NotBeNull();
        rpo!.Sent.Should().Be(rpo.Acknowledged + rpo.InDoubt + rpo.Refused).And.BePositive();
        run.Markers[leg].Should().HaveCount((int)(rpo.Acknowledged - rpo.Lost + rpo.InDoubtSurvivors));
        run.Markers[leg].Should().BeSubsetOf(Enumerable.Range(1, (int)rpo.Sent).Select(number => $"{run.View.Mark}-{leg}-{number}"));
    }
}
