using System.Text.Json.Nodes;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Drills.Results;
using DrOrchestrator.RecoveryPoints;
using DrOrchestrator.Testing.Plans;
using Microsoft.Extensions.Time.Testing;

namespace DrOrchestrator.Tests.Drills.Results;

public sealed class RunMeasurerTests : IInterruptions, IExposureHistory
{
    private static readonly DateTimeOffset Opened = new(2026, 11, 22, 8, 0, 0, TimeSpan.Zero);
    private readonly Dictionary<string, Interruption> _seen = [];
    private DateTimeOffset? _from;

    [Fact]
    public async Task Measure_LongApproval_LooksForInterruptionsFromTheFirstStepOn()
    {
        using var folder = new EstateFolderBuilder();
        var (estate, plans) = folder.LoadGood();
        var state = new DrillRun(
            1,
            [
                new JournalEntry(1, Opened, 0, "li-wei", JournalKinds.Opened, null, 0, []),
                new JournalEntry(2, Opened.AddHours(5), 1, "system", JournalKinds.Phase, null, 0, new JsonObject { ["phase"] = DrillPhase.Steps }),
            ]);
        await using var canaries = new Canaries(null!, new(TimeProvider.System), Microsoft.Extensions.Logging.Abstractions.NullLogger<Canaries>.Instance);

        var measured = await new RunMeasurer(this, this, canaries, new FakeTimeProvider(Opened.AddHours(6))).MeasureAsync(plans["failover"], estate, state, default);

        _from.Should().Be(Opened.AddHours(5));
        measured.Rto.Should().BeNull();
    }

    [Fact]
    public async Task Measure_SeveralSystems_GivesEachItsOwnClockByItsOwnMarks_AndOneOverall()
    {
        using var folder = TwoSystems.NewFolder();
        var (estate, plans) = folder.LoadGood();
        _seen["ledger"] = new(At(0), At(1), At(39), At(40));
        _seen["cards"] = new(At(2), At(3), At(69), At(70));
        var state = new DrillRun(
            1,
            [
                new JournalEntry(1, Opened, 0, "li-wei", JournalKinds.Opened, null, 0, []),
                new JournalEntry(2, Opened, 1, "system", JournalKinds.Phase, null, 0, new JsonObject { ["phase"] = DrillPhase.Steps }),
                .. Done(3, ("fence-ledger", 10), ("fence-cards", 12), ("promote-ledger", 20), ("promote-cards", 25), ("healthy-ledger", 35), ("healthy-cards", 65), ("verify", 90)),
            ]);
        await using var canaries = new Canaries(null!, new(TimeProvider.System), Microsoft.Extensions.Logging.Abstractions.NullLogger<Canaries>.Instance);

        var measured = await new RunMeasurer(this, this, canaries, new FakeTimeProvider(Opened.AddHours(1))).MeasureAsync(plans["both"], estate, state, default);

        measured.Rto.Should().BeNull("none of the two is the run's");
        measured.Systems.Select(one => one.System).Should().Equal("cards", "ledger");
        measured.For("ledger").Rto!.Phases.Should().Equal(new Dictionary<string, double> { ["fenced"] = 10, ["promoted"] = 10, ["applicationHealthy"] = 15, ["technicallyConfirmed"] = 5, ["businessVerified"] = 50 });
        measured.For("cards").Rto!.Phases.Should().Equal(new Dictionary<string, double> { ["fenced"] = 10, ["promoted"] = 13, ["applicationHealthy"] = 40, ["technicallyConfirmed"] = 5, ["businessVerified"] = 20 });
        measured.Overall.Should().BeEquivalentTo(new { Seconds = 90.0, InterruptedEarliest = At(0), RestoredLatest = At(90), Met = true });
        RunViews.Measurement(RunViews.ToJson(measured)).Should().BeEquivalentTo(measured, "the record keeps all of it");
    }

    private static DateTimeOffset At(int seconds) => Opened.AddSeconds(seconds);

    private static IEnumerable<JournalEntry> Done(long sequence, params (string Step, int At)[] steps) => steps.Select((step, index) =>
        new JournalEntry(sequence + index, At(step.At), 1, "system", JournalKinds.Outcome, step.Step, 1, new JsonObject { ["outcome"] = "done" }));

    Task<IReadOnlyList<Interruption>> IInterruptions.ReadAsync(string system, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        _from = from;
        return Task.FromResult<IReadOnlyList<Interruption>>(_seen.TryGetValue(system, out var seen) ? [seen] : []);
    }

    ExposureWorst IExposureHistory.Worst(string system, string standby, DateTimeOffset from, DateTimeOffset to) => throw new NotSupportedException();

    ExposureWorst IExposureHistory.Worst(string system, string standby, DateTimeOffset from, DateTimeOffset to, TimeSpan validity) => throw new NotSupportedException();
}
