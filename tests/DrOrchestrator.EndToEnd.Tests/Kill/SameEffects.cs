using DrOrchestrator.Drills;
using DrOrchestrator.EndToEnd.Harness;

namespace DrOrchestrator.EndToEnd.Kill;

/// <summary>Tests that hold a run against one that nothing disturbed.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class SameEffects : ICollectionFixture<UndisturbedRun>
{
    public const string Name = "same effects as undisturbed";

    /// <summary>It went all the way, no site served beside another, and its record adds up.</summary>
    internal static void ShouldHavePassed(LabRun run)
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
